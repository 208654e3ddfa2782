# SPDX-License-Identifier: Apache-2.0
# An office of several machines, and another that writes to it, for the tests beside this file: `load mission`, after `load offices`.

# The keeper's desk of Mission Oslo is oslo; its other machines are made by join.
setup() {
	cd "$BATS_TEST_TMPDIR"
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	mkdir stick inside
	echo "The notice." >notice.txt
}

request() { # MACHINE TITLE ROLES [OPTION...]: its digits
	local machine=$1 title=$2 roles=$3
	shift 3
	as "$machine" officer request --title "$title" --roles "$roles" --no-passphrase -o "$machine.request" "$@"
}

new_card() {
	as oslo card export -o oslo.card --force
}

join() { # MACHINE TITLE ROLES [OPTION...]: a machine of Mission Oslo's, from the request to the card
	as oslo officer add "$1.request" --digits "$(request "$@")" >/dev/null
	new_card
	as "$1" card add oslo.card --digits "$(digits oslo)" >/dev/null
}

# Harbour knows Oslo as it is now, and the other way round.
acquaint() {
	as harbour card add oslo.card --as Oslo --digits "$(digits oslo)" >/dev/null
	as harbour card export -o harbour.card --force
	local machine
	for machine in "$@"; do
		as "$machine" card add harbour.card --as Harbour --digits "$(digits harbour)" >/dev/null
	done
}

# Harbour seals to Oslo, and the stick holds it; its id is in $letter.
send() { # FILE...
	letter=$(as harbour seal -t Oslo --ref 14/2026 "$@")
	as harbour sync stick "$letter" >/dev/null
}

entries() { # MACHINE: of its own register
	as "$1" card show --json | json_at 'd["office"]["entries"]'
}

fails() { # STATUS TEXT COMMAND...: as it must
	local expected=$1 text=$2
	shift 2
	run "$@"
	echo "$*: $status: $output"
	[ "$status" -eq "$expected" ]
	[[ $output == *"$text"* ]]
}

bags() { # FOLDER
	find "$1/valise" -type f | wc -l
}

# The keeper's desk, two front desks, the reader's room; the keeper opens nothing and receives nothing.
mission() {
	join desk "Front desk" clerk
	join second "Second desk" clerk,courier
	join room "Reading room" reader
	as oslo officer dismiss Registry --reason "three machines have its duties"
	new_card
	acquaint desk second room
	local machine
	for machine in desk second room; do
		as "$machine" card add oslo.card >/dev/null
	done
}

inside() { # MACHINE...: each syncs with the folder between them
	local machine
	for machine in "$@"; do
		as "$machine" sync --inside inside >>"$machine.log"
	done
}
