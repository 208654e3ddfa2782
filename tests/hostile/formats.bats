#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Letters against the real age and tar, both ways: what Valise seals opens without it, and what they make opens here.
load forging

# Oslo's reading key as a file of age's; cover and body of the one letter in $bag as ./out/cover.age and ./out/body.age.
take_out() {
	sed -n 's/^reading //p' "$(officer_key oslo)" >oslo.key
	"$python" "$BATS_TEST_DIRNAME/open_bag.py" "$bag" out
}

# As a reader without Valise does it.
open_by_hand() {
	age -d -i oslo.key out/cover.age >out/cover.txt &&
		sed -n 's/^key //p' out/cover.txt >out/letterkey &&
		mkdir -p by-hand &&
		(set -o pipefail && age -d -i out/letterkey out/body.age | tar xi -C by-hand)
}

python=/usr/bin/python3
test -x "$python" || python=python3

many_files() {
	mkdir -p annex/deep/er
	printf 'one\n' >annex/one
	printf 'x' >"annex/deep/er/$(printf %0180d 4)"
	printf 'odd' >"$(printf 'annex/new\nline \377')"
	: >annex/empty
	chmod +x annex/one
	ln -s deep/er annex/link
}

@test "age and tar open a letter that Valise sealed, out of a bare bag" {
	many_files
	letter=$(harbour seal -t Oslo notice.txt annex 2>/dev/null)
	put_out harbour stick "$letter" --bare
	take_out
	open_by_hand
	diff -r --no-dereference annex by-hand/annex
	cmp notice.txt by-hand/notice.txt
	test -x by-hand/annex/one
	# Each part's digest is what sha256sum prints.
	is "digest" "$(sha256sum <notice.txt | cut -c1-64)" "$(sed -n 's/^part file [0-9]* [0-9]* \([0-9a-f]*\) notice.txt$/\1/p' out/cover.txt)"
}

@test "and a large one, whose body lies as a file in the spool" {
	head -c 5000000 /dev/urandom >big
	letter=$(harbour seal -t Oslo big 2>/dev/null)
	put_out harbour stick "$letter" --bare
	take_out
	open_by_hand
	cmp big by-hand/big
	cmp "$(find harbour/bodies -type f)" out/body.age
}

@test "a flipped byte in the zero fill fails there and here" {
	head -c 100000 /dev/urandom >part
	letter=$(harbour seal -t Oslo part 2>/dev/null)
	put_out harbour stick "$letter" --bare
	take_out
	open_by_hand
	size=$(stat -c %s out/body.age)
	byte=$(od -An -tu1 -j $((size - 100)) -N 1 out/body.age)
	printf "\\$(printf %o $((byte ^ 1)))" | dd of=out/body.age bs=1 seek=$((size - 100)) conv=notrunc status=none
	rm -r by-hand
	fails open_by_hand
	says "failed to decrypt"
	# Sealed as it is, by somebody whose seal is valid.
	key=$(sed -n 's/^key //p' out/cover.txt)
	evil_letter flipped body-file=out/body.age body-key="$key" \
		"$(sed -n 's/^part file \([0-9]*\) \([0-9]*\) [0-9a-f]* part$/part=file:\1:\2:part/p' out/cover.txt)" \
		digest="$(sha256sum <part | cut -c1-64)"
	runs 0 oslo sync stick
	runs 4 oslo open "$letter" -o opened
	says "altered or cut off"
	nothing_written opened
}

# A letter all of whose files but the seal are made by tar and age.
by_real_tools() {
	local name=$1 key parts
	shift
	tar "$@" --sort=name -cf "$name.tar" annex notice.txt
	parts=$("$python" "$BATS_TEST_DIRNAME/tar_parts.py" "$name.tar")
	age-keygen -o "$name.key" 2>/dev/null
	key=$(grep -v '^#' "$name.key")
	age -r "$(age-keygen -y "$name.key")" -o "$name.body" "$name.tar"
	args=(key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" plain="$name.tar" $parts
		body-file="$name.body" body-key="$key" salt="$name")
	forge letter "$name" "${args[@]}" cover-file=notice.txt >/dev/null
	age -r "$(forge recipient "$(officer_key oslo)")" -o "$name.cover" "$name/cover.txt"
	letter=$(forge letter "$name" "${args[@]}" cover-file="$name.cover")
	forge bag "$name.bag" note:evil.0 letter:"$name"
	lay stick "$name.bag"
	runs 0 oslo sync stick
	runs 0 oslo open "$letter" -o "opened-$name"
	diff -r --no-dereference annex "opened-$name/annex"
	cmp notice.txt "opened-$name/notice.txt"
	runs 0 oslo say opened "$letter" --yes
}

@test "what age and GNU tar made opens here: its own format, and pax" {
	many_files
	by_real_tools gnu --format=gnu
	by_real_tools pax --format=pax
	by_real_tools plain
	# Hard links are told of, and are no part of a letter unless tar makes files of them.
	ln annex/one annex/two
	fails by_real_tools linked
	says "hard link"
	rm -rf stick
	by_real_tools dereferenced --hard-dereference
}

@test "age-keygen's keys serve as reading keys" {
	age-keygen -o keygen.key 2>/dev/null
	valise init keyed --title Desk --no-passphrase --no-recovery --reading-identity keygen.key --dir keyed >/dev/null
	valise card export --dir keyed -o keyed.card
	harbour card add keyed.card --as Keyed --unchecked >/dev/null
	letter=$(harbour seal -t Keyed notice.txt 2>/dev/null)
	put_out harbour stick "$letter" --bare
	take_out
	cp keygen.key oslo.key
	open_by_hand
	cmp notice.txt by-hand/notice.txt
	runs 0 valise sync stick --dir keyed
	runs 0 valise open "$letter" -o opened --dir keyed
	cmp notice.txt opened/notice.txt
	# A later reader's as well.
	age-keygen -o second.key 2>/dev/null
	valise officer add -t Second -r reader --no-passphrase --reading-identity second.key --dir keyed >/dev/null
	valise card export --dir keyed -o keyed.card --force
	harbour card add keyed.card --as Keyed --unchecked >/dev/null
	letter=$(harbour seal -t Keyed notice.txt 2>/dev/null)
	rm -r stick by-hand
	put_out harbour stick "$letter" --bare
	take_out
	cp second.key oslo.key
	open_by_hand
	cmp notice.txt by-hand/notice.txt
}

@test "a wrapped bag is an age file that age opens" {
	seal_notice
	put_out harbour stick "$letter"
	sed -n 's/^reading //p' "$(officer_key oslo)" >oslo.key
	age -d -i oslo.key "$bag" >bare
	bag=bare
	take_out
	open_by_hand
	cmp notice.txt by-hand/notice.txt
}
