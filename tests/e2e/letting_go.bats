#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Letting go: what goes, what stays, what is kept all the same, and bags that nobody waits for any more.

load offices
load clock
load sticks

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir stick
	found_two
	head -c 300000 /dev/urandom >plan
	echo "A short one." >small
}

bags() { # of all writers
	find stick/valise -mindepth 2 -type f | wc -l
}

bytes_of() { # OFFICE: what its spool holds in files of bodies
	find "offices/$1/bodies" "offices/$1/partial" -type f | wc -l
}

arrive() { # NAME...: sealed by harbour, received by oslo, whose word came back
	local name
	ids=()
	for name; do
		ids+=("$(as harbour seal -t Oslo "$name")")
	done
	as harbour sync stick "${ids[@]}" >/dev/null
	as oslo sync stick >/dev/null
	as oslo say received --all --yes >/dev/null
	as oslo sync stick >/dev/null
	as harbour sync stick >/dev/null
}

@test "bytes go once everybody has received, and everything that was said stays" {
	arrive plan small
	[ "$(bytes_of harbour)" -eq 1 ]
	as harbour forget "${ids[@]}" --dry-run >out
	grep -q "its body goes, 303.* kB; what stays: its seal, its cover, 1 statement" out
	[ "$(bytes_of harbour)" -eq 1 ]
	[ "$(as harbour forget "${ids[@]}" --yes)" = "$(printf '%s\n' "${ids[@]}")" ]
	[ "$(bytes_of harbour)" -eq 0 ]
	[ "$(as harbour track "${ids[0]}" --json | json_at 'd["accounts"]["bytes"], [s["says"] for s in d["accounts"]["said"]]')" = "('partial', ['received'])" ]
	as harbour track "${ids[0]}" | grep -q "let go of here at"
	as harbour dossier "${ids[0]}" -o proof --disclose plan
	valise-verify proof --require received || [ $? -eq 5 ]
	[ "$(status_of as harbour sync stick "${ids[0]}")" -eq 1 ]
	as harbour sync stick "${ids[0]}" 2>err || true
	grep -q "forget --undo" err
	as harbour doctor
	[ -z "$(as harbour forget "${ids[@]}" --yes)" ]
}

@test "with the cover nothing can be disclosed any more, and the seal stands" {
	arrive plan
	as harbour forget "$ids" --cover --yes
	[ "$(status_of as harbour dossier "$ids" --disclose plan)" -eq 1 ]
	as harbour dossier "$ids" | grep -q "^says received"
	[ "$(as harbour track "$ids" --json | json_at 'd["accounts"]["bytes"]')" = not-here ]
	as harbour doctor
}

@test "a letter is kept until all have received it, or its keep-until is past" {
	found bern "Bern Chancery"
	introduce harbour bern Bern
	introduce bern harbour Harbour
	letter=$(as harbour seal -t Oslo -t Bern plan)
	[ "$(status_of as harbour forget "$letter" --yes)" -eq 1 ]
	as harbour forget "$letter" --yes 2>err || true
	grep -q "and 1 more have not said received" err
	as harbour sync stick "$letter"
	as oslo sync stick
	as oslo say received "$letter" --yes
	as oslo sync stick
	as harbour sync stick
	as harbour forget "$letter" --yes 2>err || true
	grep -q "Bern has not said received" err
	[ -z "$(as harbour forget --all --yes)" ]
	[ "$(bytes_of harbour)" -eq 1 ]
	as harbour forget "$letter" --anyway --yes
	[ "$(bytes_of harbour)" -eq 0 ]
	# By when carriers may drop it is nothing to the sender; who carries it may let go of it then.
	[ "$(status_of as harbour seal -t Oslo --keep-until 2020-01-01 plan)" -eq 2 ]
	until=$(date -u -d "+2 seconds" +%Y-%m-%dT%H:%M:%SZ)
	old=$(as harbour seal -t Oslo --keep-until "$until" plan)
	as harbour sync stick "$old" --via Bern
	as bern sync stick
	sleep 3
	[ -z "$(as harbour forget --all --yes)" ]
	as bern forget --all --yes | grep -qx "$old"
}

@test "a letter of which somebody says defect is kept: its bytes prove it or not" {
	arrive small
	as oslo say defect "$ids" --reason contents --yes
	as oslo sync stick
	as harbour sync stick
	as harbour forget "$ids" --yes 2>err || true
	grep -q "Oslo says defect of it" err
	[ -z "$(as harbour forget --all --yes)" ]
}

@test "a bag with reports stays: nothing tells whether they arrived" {
	arrive plan
	mkdir other
	echo "The porter says that it came." >slip
	second=$(as harbour seal -t Oslo plan)
	as harbour report "$second" --says received -s "the porter" --verb says -e slip -q "it came" --yes
	as harbour sync other "$second" --reports
	as harbour sync stick "$second"
	as oslo sync stick
	as oslo say received "$second" --yes
	as oslo sync stick
	as harbour sync stick
	as harbour sync other
	as oslo sync other
	as oslo track "$second" --json | json_at 'len(d["accounts"]["reported"])' | grep -qx 1
}

@test "who has a letter unread keeps it; once opened and said so it may go, and no stick brings it again" {
	arrive plan
	[ "$(status_of as oslo forget "$ids" --yes)" -eq 1 ]
	as oslo open "$ids" -o opened --say opened >/dev/null
	as oslo forget "$ids" --yes
	[ "$(bytes_of oslo)" -eq 0 ]
	# Another bag with all of it, which was never seen.
	mkdir other
	as harbour sync other "$ids"
	as oslo sync other
	[ "$(bytes_of oslo)" -eq 0 ]
	[ "$(status_of as oslo open "$ids" -o again)" -eq 1 ]
	as oslo forget --undo "$ids" --dry-run
	# A wrong name among several: none of them is undone.
	[ "$(status_of as oslo forget --undo "$ids" nosuch)" -eq 1 ]
	as oslo forget --undo "$ids" --dry-run
	as oslo sync other
	[ "$(bytes_of oslo)" -eq 0 ]
	[ "$(as oslo forget --undo "$ids" --json | json_at 'd["undone"]')" = "['$ids']" ]
	as oslo sync other | grep -q "whole and checked"
	as oslo open "$ids" -o again
	cmp plan again/plan
	[ "$(status_of as oslo forget --undo "$ids")" -eq 1 ]
}

@test "a letter in part may go, with what came of it" {
	head -c 14000000 /dev/urandom >large
	letter=$(as harbour seal -t Oslo large)
	as harbour sync stick "$letter"
	bag=$(find stick/valise -mindepth 2 -type f)
	truncate -s 12000000 "$bag"
	as oslo sync stick || true
	[ "$(bytes_of oslo)" -eq 1 ]
	as oslo forget "$letter" --anyway --yes
	[ "$(bytes_of oslo)" -eq 0 ]
	as oslo doctor
}

@test "--all takes what nothing speaks for keeping, --before what is older; paper has no bytes" {
	arrive plan small
	paper=$(as harbour seal --paper "An envelope." -t Oslo)
	kept=$(as harbour seal -t Oslo small)
	[ -z "$(as harbour forget --all --before 2020-01-01 --yes)" ]
	[ "$(as harbour forget --all --yes | sort)" = "$(printf '%s\n' "${ids[@]}" | sort)" ]
	as harbour sync stick "$kept"
	[ "$(status_of as harbour forget --all "$kept" --yes)" -eq 2 ]
	[ "$(status_of as harbour forget "$kept")" -eq 2 ]
	[ "$(status_of as harbour forget)" -eq 2 ]
	[ "$(status_of as harbour forget "$paper" --yes)" -eq 2 ]
	as harbour forget "${ids[0]}" --json --yes | is_json
}

@test "a bag whose letters have all arrived is taken away by who wrote it, and by nobody else" {
	letter=$(as harbour seal -t Oslo plan)
	as harbour say handed "$letter" --to Oslo --yes
	as harbour sync stick "$letter"
	as oslo sync stick
	as oslo say received "$letter" --yes
	as oslo sync stick
	[ "$(bags)" -eq 2 ]
	as oslo sync stick
	[ "$(bags)" -eq 2 ]
	big=$(find stick/valise -size +200k)
	as harbour sync stick --look
	[ -e "$big" ]
	[ "$(as harbour sync stick --json | json_at 'd["bags_removed"]')" -eq 1 ]
	[ ! -e "$big" ]
	# What was news in it lies there still: who never saw it learns that the letter was handed.
	[ "$(bags)" -eq 2 ]
	[ "$(as harbour sync stick --json | json_at 'd["bags_removed"], d["bags_out"]')" = "(0, 0)" ]
	as oslo sync stick
	as oslo track "$letter" --json | json_at '[s["says"] for s in d["accounts"]["said"]]' | grep -q handed
	# Put there again on purpose, it stays: whatever the clock says.
	as harbour sync stick "$letter"
	as harbour sync stick
	[ -n "$(find stick/valise -size +200k)" ]
}

@test "what is put there again stays, when the clock was set back too" {
	needs_clock
	letter=$(as harbour seal -t Oslo plan)
	as harbour sync stick "$letter"
	as oslo sync stick
	as oslo say received "$letter" --yes
	as oslo sync stick
	as harbour sync stick
	[ -z "$(find stick/valise -size +200k)" ]
	off -7200 harbour sync stick "$letter"
	as harbour sync stick
	[ -n "$(find stick/valise -size +200k)" ]
}

@test "a spent bag is found beside whatever else goes in the same sync" {
	letter=$(as harbour seal -t Oslo plan)
	as harbour sync stick --all
	as oslo sync stick
	as oslo say received "$letter" --yes
	as harbour sync stick --all
	for i in 1 2 3 4 5; do # before the receipt in the log
		as harbour seal -t Oslo small >/dev/null
	done
	as oslo sync stick
	[ "$(as harbour sync stick --all --json | json_at 'd["bags_removed"], len(d["out"])')" = "(1, 5)" ]
	[ -z "$(find stick/valise -size +200k)" ]
	[ "$(as harbour sync stick --all --json | json_at 'd["bags_removed"], d["bags_out"]')" = "(0, 0)" ]
}

@test "what goes between the machines of an office takes away no bag for another" {
	told=$(as harbour seal -t Oslo small)
	letter=$(as harbour seal -t Oslo plan)
	mkdir before between
	as harbour sync before "$told" "$letter"
	as oslo sync before
	as harbour say comment "$told" --text "Urgent." --yes
	as harbour sync stick "$letter"
	as oslo say received "$letter" --yes
	as oslo sync between
	as harbour sync between
	[ "$(as harbour sync --inside stick --json | json_at 'd["bags_removed"]')" -eq 0 ]
	as oslo sync stick
	as oslo track "$told" --json | json_at '[s["says"] for s in d["accounts"]["said"]]' | grep -q comment
}

@test "a bag stays while one of its letters, or one of their recipients, is still waited for" {
	found bern "Bern Chancery"
	introduce harbour bern Bern
	introduce bern harbour Harbour
	first=$(as harbour seal -t Oslo plan)
	second=$(as harbour seal -t Oslo small)
	as harbour sync stick "$first" "$second"
	as oslo sync stick
	as oslo say received "$first" --yes
	as oslo sync stick
	as harbour sync stick
	[ -n "$(find stick/valise -size +200k)" ]
	as oslo say received "$second" --yes
	as oslo sync stick
	as harbour sync stick
	[ -z "$(find stick/valise -size +200k)" ]
	both=$(as harbour seal -t Oslo -t Bern plan)
	as harbour sync stick "$both"
	as oslo sync stick
	as oslo say received "$both" --yes
	as oslo sync stick
	as harbour sync stick
	[ -n "$(find stick/valise -size +200k)" ]
	as bern sync stick
	as bern say received "$both" --yes
	as bern sync stick
	as harbour sync stick
	[ -z "$(find stick/valise -size +200k)" ]
	as bern open "$both" -o at-bern
	cmp plan at-bern/plan
}

@test "on a full disk nothing can be sealed or taken in, and one can say so and let go" {
	need_mounts
	mount_at full -t tmpfs -o size=96m none
	arrive plan small
	cp -a offices/harbour full/spool
	full() { valise "$@" --dir "$BATS_TEST_TMPDIR/full/spool" </dev/null; }
	full track >/dev/null
	full sync stick >/dev/null
	[ -s full/spool/reserve ]
	head -c 200m /dev/zero >full/filler || true
	[ "$(status_of full seal -t Oslo plan)" -eq 1 ]
	full seal -t Oslo plan 2>err || true
	grep -qi "no space\|room\|full" err
	other=$(as oslo seal -t Harbour plan)
	as oslo sync stick "$other"
	full sync stick 2>err || true
	full doctor
	full say comment "${ids[0]}" --text "Our disk is full." --yes
	full forget "${ids[@]}" --yes
	[ -z "$(find full/spool/bodies -type f)" ]
	rm full/filler
	full sync stick
	full doctor
	[ "$(stat -c %s full/spool/reserve)" -eq 2097152 ]
}

@test "a letter larger than what is free keeps no other one out, and it can be said that there is no room" {
	need_mounts
	mount_at full -t tmpfs -o size=40m none
	cp -a offices/oslo full/spool
	full() { valise "$@" --dir "$BATS_TEST_TMPDIR/full/spool" </dev/null; }
	head -c 60000000 /dev/zero >huge
	huge=$(as harbour seal -t Oslo huge)
	small=$(as harbour seal -t Oslo small)
	as harbour sync stick "$huge" >/dev/null
	as harbour sync stick "$small" >/dev/null
	status=0
	full sync stick >out 2>err || status=$?
	[ "$status" -eq 1 ]
	grep -q "lacks .* here, and .* are free, the last of which stay so: it is left where it lies" err
	grep -q "make some, and sync again" err
	full say received "$small" --yes
	full say refused "$huge" --reason full --yes
	full sync stick >/dev/null 2>&1 || [ $? -eq 1 ]
	as harbour sync stick
	[ "$(as harbour track "$huge" --json | json_at '[s["reason"] for s in d["accounts"]["said"]]')" = "['full']" ]
	[ "$(as harbour track "$small" --json | json_at '[s["says"] for s in d["accounts"]["said"]]')" = "['received']" ]
	full doctor
	mount -o remount,size=300m full
	full sync stick | grep -q "whole and checked"
	full open "$huge" -o huge-opened
	cmp huge huge-opened/huge
}

@test "a stick that our own spent bags fill has room for what is new" {
	need_mounts
	mount_at little -t tmpfs -o size=12m none
	head -c 7000000 /dev/urandom >first
	head -c 7000000 /dev/urandom >second
	as harbour seal -t Oslo --ref 1 first >/dev/null
	as harbour sync little --all >/dev/null
	as oslo sync little >/dev/null
	as oslo say received 1 --yes >/dev/null
	as oslo sync little >/dev/null
	as harbour seal -t Oslo --ref 2 second >/dev/null
	as harbour sync little --all --json >out
	[ "$(json_at 'len(d["out"]), d["bags_removed"], d["out_error"]' <out)" = "(1, 1, None)" ]
	as oslo sync little | grep -q "whole and checked"
	# What nobody has taken yet does not go for the sake of anything.
	head -c 7000000 /dev/urandom >third
	as harbour seal -t Oslo --ref 3 third >/dev/null
	[ "$(status_of as harbour sync little --all)" -eq 1 ]
	[ "$(find little/valise -size +6M | wc -l)" -eq 1 ]
}

@test "what came while a person was asked keeps a letter, and so does an export its bytes" {
	arrive plan
	as oslo say defect "${ids[0]}" --reason contents --yes >/dev/null
	as oslo sync stick >/dev/null
	/usr/bin/env python3 - "${ids[0]}" >asked <<-'PYTHON'
	import os, pty, subprocess, sys
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp("valise", ["valise", "forget", sys.argv[1], "--dir", "offices/harbour"])
	said = b""
	while b"[y/N]" not in said:
	    said += os.read(fd, 1000)
	subprocess.run(["valise", "sync", "stick", "--dir", "offices/harbour"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
	os.write(fd, b"y\n")
	try:
	    while more := os.read(fd, 1000):
	        said += more
	except OSError: # the terminal's other end is gone
	    pass
	print(said.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	PYTHON
	cat asked
	grep -q "says defect of it.*came while you were asked" <(tr -d '\r\n' <asked)
	[ "$(bytes_of harbour)" -eq 1 ]
	# All that the export's database names goes with it, however long somebody takes to read it.
	mkfifo pipe
	as harbour export - >pipe 3>&- &
	exec 7<pipe
	head -c 1000 <&7 >spool.tar
	run as harbour forget "${ids[0]}" --anyway --yes
	[ "$status" -eq 1 ]
	[[ $output == *"is being exported"*"try again when it is done"* ]]
	cat <&7 >>spool.tar
	exec 7<&-
	wait
	as harbour forget "${ids[0]}" --anyway --yes
	valise import spool.tar --dir offices/again
	[ "$(bytes_of again)" -eq 1 ]
	as again doctor
}
