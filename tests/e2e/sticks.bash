# SPDX-License-Identifier: Apache-2.0
# Sticks of every kind, mounted for one test and gone afterwards: `load sticks`.

mounted=()
loops=()

# Skips, and says why where a person sees it, where this machine cannot do what the test needs.
cannot() {
	echo "# SKIPPED $BATS_TEST_DESCRIPTION: $1" >&3
	skip "$1"
}

need_mounts() {
	[ "$(id -u)" -eq 0 ] || cannot "only root can mount"
	mkdir -p "$BATS_TEST_TMPDIR/probe"
	mount -t tmpfs none "$BATS_TEST_TMPDIR/probe" 2>/dev/null || cannot "this machine lets nobody mount"
	umount "$BATS_TEST_TMPDIR/probe"
}

mount_at() { # DIR WORD...: those words of mount
	mkdir -p "$1"
	mount "${@:2}" "$1"
	mounted+=("$1")
}

# The same directory again, for reading only.
mount_read_only() { # DIR
	mount --bind "$1" "$1"
	mounted+=("$1")
	mount -o remount,ro,bind "$1"
}

mount_fat() { # DIR MEGABYTES
	command -v fusefat >/dev/null || cannot "no fusefat"
	command -v mkfs.vfat >/dev/null || test -x /usr/sbin/mkfs.vfat || cannot "no mkfs.vfat"
	test -c /dev/fuse || cannot "no /dev/fuse"
	mkdir -p "$1"
	truncate -s "$2M" "$1.img"
	PATH=$PATH:/usr/sbin mkfs.vfat -F 32 "$1.img" >/dev/null
	fusefat -o rw+ "$1.img" "$1" >/dev/null 2>&1 3>&- || cannot "fusefat cannot mount here"
	mounted+=("$1")
}

mount_exfat() { # DIR MEGABYTES
	local loop
	command -v mount.exfat-fuse >/dev/null || test -x /usr/sbin/mount.exfat-fuse || cannot "no exfat-fuse"
	command -v mkfs.exfat >/dev/null || test -x /usr/sbin/mkfs.exfat || cannot "no mkfs.exfat"
	test -c /dev/fuse || cannot "no /dev/fuse"
	mkdir -p "$1"
	truncate -s "$2M" "$1.img"
	PATH=$PATH:/usr/sbin mkfs.exfat "$1.img" >/dev/null
	loop=$(PATH=$PATH:/usr/sbin losetup -f --show "$1.img" 2>/dev/null) || cannot "no loop devices"
	loops+=("$loop")
	PATH=$PATH:/usr/sbin mount.exfat-fuse "$loop" "$1" >/dev/null 2>&1 3>&- || cannot "exfat-fuse cannot mount here"
	mounted+=("$1")
}

unmount() { # DIR
	local kept=() dir
	umount "$1"
	for dir in "${mounted[@]}"; do
		[ "$dir" = "$1" ] || kept+=("$dir")
	done
	mounted=("${kept[@]}")
}

teardown() {
	local dir loop
	for dir in "${mounted[@]}"; do
		umount "$dir" 2>/dev/null || umount -l "$dir" || true
	done
	for loop in "${loops[@]}"; do
		PATH=$PATH:/usr/sbin losetup -d "$loop" || true
	done
}
