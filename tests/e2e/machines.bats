#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An office of several machines: requests and appointments, joining, what its machines exchange, machines that sign by themselves, and
# spools that are copies.

load offices
load mission

# ---- Requests ----

@test "a request is one for a spool: given again, never doubled, until it is taken back" {
	first=$(request desk "Front desk" clerk)
	[[ $first =~ ^[0-9]{5}(\ [0-9]{5}){5}$ ]]
	[ "$(as desk officer request -o again)" = "$first" ]
	cmp desk.request again
	as desk officer request >piped
	cmp desk.request piped
	[ "$(as desk officer request --title "Front desk" --roles clerk --no-passphrase -o again --force)" = "$first" ]
	[ "$(ls offices/desk/keys | wc -l)" -eq 1 ]
	fails 1 "a request waits here already" as desk officer request --title "Back desk" --roles clerk --no-passphrase
	fails 1 "a request waits here already" as desk officer request --title "Front desk" --roles clerk,reader --no-passphrase
	as desk officer request -o f --json | json_at 'd["request"]["is_new"], d["request"]["title"], d["request"]["roles"]' |
		grep -qx "(False, 'Front desk', 'clerk')"
	# It is a note: title, roles and key stand in it, and nothing of the secret.
	grep -qx "title Front desk" desk.request
	grep -qx "roles clerk" desk.request
	refute grep -qi "$(sed -n 's/^signing //p' offices/desk/keys/*)" desk.request
	# Nothing else can be done there, and nobody founds an office over it.
	for words in track "seal -t x f" "sync stick" "officer list" doctor; do
		fails 10 'the key of Front desk waits there' as desk $words
	done
	fails 1 "waits the key of Front desk" as desk init Other --title t --no-passphrase --no-recovery
	fails 1 "waits the key of Front desk" as desk init Other --title t --dry-run
	as desk officer request --withdraw --dry-run
	[ "$(ls offices/desk/keys | wc -l)" -eq 1 ]
	as desk officer request --withdraw
	[ -z "$(ls offices/desk/keys)" ]
	fails 1 "no request waits" as desk officer request --withdraw
	fails 2 "no request waits" as desk officer request
	# Then another can be made, or an office.
	[ "$(request desk Other clerk --force)" != "$first" ]
	as desk officer request --withdraw
	as desk init Other --title t --no-passphrase --no-recovery
	[ "$(as desk officer list --json | json_at 'len(d["office"]["officers"])')" -eq 1 ]
	[ "$(status_of as desk doctor)" -eq 0 ]
}

@test "a request needs words that go together, and a dry run of one makes nothing" {
	fails 2 "--roles" as desk officer request --title x --no-passphrase
	fails 2 "--title" as desk officer request --roles clerk --no-passphrase
	fails 2 "no list of roles" as desk officer request --title x --roles ambassador --no-passphrase
	fails 2 "signs unattended" as desk officer request --title x --roles machine --no-passphrase
	fails 2 "passphrase" as desk officer request --title x --roles clerk
	fails 2 "share standard output" as desk officer request --title x --roles clerk --no-passphrase --json
	fails 2 "no other option" as desk officer request --withdraw --title x
	age_key=AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SQGFJ5P
	echo "$age_key" >identity
	run as desk officer request --title x --roles principal --no-passphrase --reading-identity identity
	[ "$status" -ne 0 ]
	as desk officer request --title x --roles clerk --dry-run --json | json_at 'd["request"], d["dry_run"]' | grep -qx "(None, True)"
	[ ! -e offices/desk ] || [ -z "$(ls offices/desk/keys)" ]
	# Roles may come in any order.
	as oslo officer add --title Both --roles reader,clerk --no-passphrase >/dev/null
	as oslo officer list --json | json_at '[o["roles"] for o in d["office"]["officers"] if o["title"] == "Both"]' | grep -q "clerk.*reader"
}

@test "an appointment by request: digits are typed, and what is not sound appoints nobody" {
	digits=$(request desk "Front desk" clerk)
	fails 2 "--digits" as oslo officer add desk.request
	fails 2 "exclude each other" as oslo officer add desk.request --digits 1 --unchecked
	fails 2 "go with a request" as oslo officer add --title x --roles clerk --no-passphrase --unchecked
	fails 2 "officer's machine" as oslo officer add desk.request --unchecked --no-passphrase
	fails 2 "are 30" as oslo officer add desk.request --digits 12345
	fails 4 "not the digits of this request" as oslo officer add desk.request --digits "00000 00000 00000 00000 00000 00000"
	fails 4 "not the digits" as oslo officer add desk.request --digits "$(digits oslo)"
	# Every byte is under the signature, or decides whether there is one.
	/usr/bin/env python3 - <<-'END'
		import subprocess
		good = open("desk.request", "rb").read()
		for at in range(0, len(good), 7):
		    bad = good[:at] + bytes([good[at] ^ 1]) + good[at + 1:]
		    open("bad.request", "wb").write(bad)
		    p = subprocess.run(["valise", "officer", "add", "bad.request", "--unchecked", "--dir", "offices/oslo"], capture_output=True, stdin=subprocess.DEVNULL)
		    assert p.returncode == 4, (at, p)
	END
	head -c 100 desk.request >cut.request
	fails 4 "no request" as oslo officer add cut.request --unchecked
	fails 4 "no request" as oslo officer add notice.txt --unchecked
	new_card
	fails 4 "no request" as oslo officer add oslo.card --unchecked
	[ "$(entries oslo)" -eq 1 ]
	# As it asks, after a dry run that signs nothing.
	as oslo officer add desk.request --digits "$digits" --dry-run --json | json_at 'd["key"], d["title"], d["roles"], d["checked"]' |
		grep -qx "(None, 'Front desk', 'clerk', True)"
	[ "$(entries oslo)" -eq 1 ]
	key=$(as oslo officer add desk.request --digits "${digits// /}")
	[ "$key" = "$(sed -n 's/^by //p' desk.request)" ]
	as oslo officer list --json | json_at '[(o["title"], o["roles"], o["is_here"]) for o in d["office"]["officers"]][1]' |
		grep -qx "('Front desk', 'clerk', False)"
	# Once, ever.
	fails 1 "in your register already, as Front desk" as oslo officer add desk.request --digits "$digits"
	as oslo officer dismiss "Front desk" --reason left
	fails 1 "in your register already, as Front desk, dismissed" as oslo officer add desk.request --digits "$digits"
	[ "$(entries oslo)" -eq 3 ]
}

@test "the keeper decides: another title, other roles, an end; but nobody reads without a reading key" {
	request desk "Boss" principal,clerk,reader >/dev/null
	as oslo officer add desk.request --unchecked --title "Front desk" --roles principal --until 2030-01-01T00:00:00Z --json |
		json_at 'd["title"], d["roles"], d["requested"], d["checked"]' | grep -qx "('Front desk', 'principal', True, False)"
	as oslo officer list --json | json_at '[(o["title"], o["roles"], o["recipient"], o["until"] is not None) for o in d["office"]["officers"]][1]' |
		grep -qx "('Front desk', 'principal', None, True)"
	request speaker Speaker spokesperson >/dev/null
	fails 1 "a reader needs a reading key" as oslo officer add speaker.request --unchecked --roles reader
	as oslo officer add speaker.request --unchecked --roles clerk >/dev/null
	# What opens a reader's letters must not lie on a clerk's machine as well.
	age_identity=$(sed -n 's/^reading //p' offices/oslo/keys/* | head -n 1)
	echo "$age_identity" >identity
	request thief "Second desk" clerk --reading-identity identity >/dev/null
	fails 1 "is that of Registry already" as oslo officer add thief.request --unchecked
	# Nor those of one who has left, nor by the keeper's own hand; a reader may go on with his own.
	fails 1 "is that of Registry already" as oslo officer add --title Own --roles clerk --reading-identity identity --no-passphrase
	as oslo officer add --title Second --roles reader --reading-identity identity --no-passphrase >/dev/null
	as oslo officer dismiss Registry --reason left
	as oslo officer dismiss Second --reason left
	fails 1 "is that of Registry, dismissed, already" as oslo officer add thief.request --unchecked
	request again Again reader --reading-identity identity >/dev/null
	as oslo officer add again.request --unchecked >/dev/null
}

at_a_terminal() { # [EXPECTED ANSWER]... -- COMMAND...
	/usr/bin/env python3 "$BATS_TEST_DIRNAME/terminal.py" "$@"
}

@test "on a terminal the keeper sees who asks for what, types the digits, and is asked" {
	digits=$(request desk "Front desk" clerk)
	run at_a_terminal "Type the 30 digits" "11111 11111 11111 11111 11111 11111" -- valise officer add desk.request --dir offices/oslo
	[ "$status" -eq 4 ]
	[[ $output == *'A key asks to be appointed as "Front desk", clerk.'* ]]
	[[ $output == *"not the digits of this request"* ]]
	[[ $output != *"[y/N]"* ]]
	run at_a_terminal "Type the 30 digits" "$digits" 'Appoint it as "Post", clerk?' n -- valise officer add desk.request --title Post --dir offices/oslo
	[ "$status" -eq 1 ]
	[[ $output == *"nobody was appointed"* ]]
	[ "$(entries oslo)" -eq 1 ]
	at_a_terminal "Type the 30 digits" "$digits" 'Appoint it as "Front desk", clerk?' y -- valise officer add desk.request --dir offices/oslo
	[ "$(entries oslo)" -eq 2 ]
	new_card
	run at_a_terminal "Type the 30 digits" "" "unchecked?" n -- valise card add oslo.card --dir offices/desk
	[ "$status" -eq 1 ]
	fails 10 "waits there" as desk track
	run at_a_terminal "Type the 30 digits" "$(digits oslo)" -- valise card add oslo.card --dir offices/desk
	[ "$status" -eq 0 ]
	[[ $output == *'This machine is one of the office "Mission Oslo" now.'* ]]
}

# ---- Joining ----

@test "a spool becomes one of the office whose card appoints its key, and of no other" {
	new_card
	request desk "Front desk" clerk >/dev/null
	fails 1 "does not appoint the key of your request" as desk card add oslo.card --unchecked
	fails 2 "--digits" as desk card add oslo.card
	as oslo officer add desk.request --unchecked >/dev/null
	new_card
	fails 4 "not this card's digits" as desk card add oslo.card --digits "$(digits harbour)"
	fails 2 "leave --as out" as desk card add oslo.card --unchecked --as Oslo
	fails 10 "waits there" as desk track
	# Somebody else's office can appoint the key as well, having seen the request: digits tell them apart.
	as harbour officer add desk.request --unchecked >/dev/null
	as harbour card export -o harbour.card
	fails 4 "not this card's digits" as desk card add harbour.card --digits "$(digits oslo)"
	as desk card add oslo.card --digits "$(digits oslo)" --json | json_at 'd["office"]["name"], d["office"]["is_self"]' |
		grep -qx "('Mission Oslo', True)"
	# Once: after that, the other's card is another office's.
	as desk card add harbour.card --as Harbour --unchecked >/dev/null
	[ "$(as desk card show --json | json_at 'd["office"]["name"]')" = "Mission Oslo" ]
	as desk officer list | grep -q "Front desk: clerk; key here"
	fails 1 "no request waits" as desk officer request --withdraw
	[ "$(ls offices/desk/keys | wc -l)" -eq 1 ]
	run as desk doctor
	[ "$status" -eq 0 ]
	[ "$output" = "Everything is in order." ]
	# The keeper's machine misses no key that it never had.
	[ "$(as oslo doctor)" = "Everything is in order." ]
	# Nobody compared the digits: it is said.
	request other "Other desk" clerk >/dev/null
	as oslo officer add other.request --unchecked >/dev/null
	new_card
	run as other card add oslo.card --unchecked
	[[ $output == *"any office could have appointed the key"* ]]
}

@test "a key that was dismissed, has run out, or is lost joins nothing" {
	request gone Gone clerk >/dev/null
	as oslo officer add gone.request --unchecked >/dev/null
	as oslo officer dismiss Gone --reason left
	new_card
	fails 1 "dismissed" as gone card add oslo.card --unchecked
	request past Past clerk >/dev/null
	as oslo officer add past.request --unchecked --until 2026-01-01T00:00:00Z >/dev/null
	request lost Lost clerk >/dev/null
	as oslo officer add lost.request --unchecked >/dev/null
	new_card
	fails 1 "ended on 2026-01-01" as past card add oslo.card --unchecked
	rm offices/lost/keys/*
	fails 1 "not in this spool any more" as lost card add oslo.card --unchecked
	fails 10 "waits there" as lost track
}

@test "newer cards of the office are followed on its machines, and only the keeper's writes entries" {
	join desk "Front desk" clerk
	request second "Second desk" clerk >/dev/null
	fails 1 "the keeper's key is not in this spool" as desk officer add second.request --unchecked
	fails 1 "the keeper's key is not in this spool" as desk officer dismiss "Front desk" --reason x
	as oslo officer add second.request --unchecked >/dev/null
	new_card
	[ "$(entries desk)" -eq 2 ]
	as desk card add oslo.card >/dev/null
	[ "$(entries desk)" -eq 3 ]
	as desk card add oslo.card --json | json_at 'd["office"]["entries"]' | grep -qx 3
	fails 2 "leave --as out" as desk card add oslo.card --as us
	# Another key for the same machine: of other roles.
	request desk "Post" courier --force >/dev/null
	as oslo officer add desk.request --unchecked >/dev/null
	new_card
	as desk card add oslo.card >/dev/null
	[ "$(as desk officer list | grep -c "key here")" -eq 2 ]
	fails 2 "no request waits" as desk officer request
}

# ---- Inside ----

@test "a letter from the stick to the front desk to the reader's room, and the words back" {
	mission
	head -c 2500000 /dev/urandom >annex
	send notice.txt annex
	as desk sync stick >/dev/null
	fails 1 "open the letter where a reader's key is: Reading room" as desk open "$letter"
	as desk say received "$letter" --yes >/dev/null
	# Nothing is stated, and nothing is handed, by moving it inside.
	as desk sync --inside inside >out
	grep -q "Put out 1 letter and 1 statement" out
	grep -q "your own officers alone: a finder learns sizes only" out
	[ "$(as desk track "$letter" --json | json_at 'len(d["accounts"]["said"])')" -eq 1 ]
	as room sync --inside inside >out
	grep -q "whole and checked" out
	fails 1 "who could, on the machine that has the key: Front desk, Second desk" as room say received "$letter" --yes
	as room open "$letter" -o opened >/dev/null
	cmp opened/annex annex
	as room say reviewed "$letter" --yes >/dev/null
	as room sync --inside inside >out
	grep -q "Put out 1 statement" out
	# The second desk, which has never seen the stick, carries the words out.
	as second sync --inside inside >/dev/null
	as second sync stick >/dev/null
	as harbour sync stick >/dev/null
	as harbour track "$letter" >accounts
	grep -q "^Oslo's reader says that it reviewed this exact letter" accounts
	grep -q "received  *Oslo .*Front desk; appointed without a reading key" accounts
	grep -q "reviewed  *Oslo .*Reading room" accounts
	# A letter that is sealed inside goes out from the machine that has the sticks.
	as oslo officer add --title Principal --roles principal --no-passphrase >/dev/null
	as oslo card add harbour.card --as Harbour --unchecked >/dev/null
	answer=$(as oslo seal -t Harbour notice.txt 2>/dev/null)
	as oslo sync --inside inside >/dev/null
	as desk sync --inside inside >/dev/null
	as desk sync stick >/dev/null
	as harbour sync stick >/dev/null
	fails 1 "no letter here" as harbour track "$answer"
	as desk sync stick "$answer" >/dev/null
	as harbour sync stick >/dev/null
	as harbour track "$answer" >/dev/null
}

@test "what lies there is not put there again, by whomever; a new machine is given everything" {
	mission
	send notice.txt
	as desk sync stick >/dev/null
	as desk say received "$letter" --yes >/dev/null
	as desk sync --inside inside >/dev/null
	n=$(bags inside)
	for machine in second room desk second room; do
		as "$machine" sync --inside inside >out
		refute grep -q "Put out" out
		[ "$(bags inside)" -eq "$n" ]
	done
	# Harbour, on the same folder, can read none of it, and puts nothing of it out.
	as harbour sync inside --json | json_at 'd["bags_not_for_us"], d["statements_in"], d["entries_in"]' | grep -qx "($n, 0, 0)"
	# A bag from outside that holds the same is none for the reader, and so counts for nothing.
	rm -r inside/valise
	cp -r stick/valise inside/
	as second sync --inside inside >out
	grep -q "Put out 1 letter" out
	as room sync --inside inside --json | json_at 'd["bags_not_for_us"] > 0' | grep -qx True
	# Who is appointed later has another key: all goes once more, from one of them.
	join third "Third desk" clerk
	as oslo sync --inside inside >out
	grep -q "register" out
	as desk sync --inside inside >out
	grep -q "Put out 1 letter" out
	[ "$(entries desk)" -eq "$(entries oslo)" ]
	n=$(bags inside)
	as second sync --inside inside >out
	refute grep -q "letter" out
	[ "$(bags inside)" -lt "$n" ] # what it had put there is of no more use
	n=$(bags inside)
	as third sync --inside inside | grep -q "whole and checked"
	[ "$(bags inside)" -eq "$n" ]
	as third track "$letter" --json >/dev/null
	# Through a pipe as well.
	as desk sync - --out --inside >bag 2>/dev/null
	join fourth "Fourth desk" clerk
	as desk card add oslo.card >/dev/null
	as desk sync - --out --inside >bag 2>/dev/null
	valise sync - --in --dir offices/fourth <bag >/dev/null
	as fourth track "$letter" --json >/dev/null
	fails 2 "have nothing to do there" as desk sync inside --inside --bare
	fails 2 "have nothing to do there" as desk sync inside --inside --all
	run as desk sync inside --inside --look
	[ "$status" -eq 0 ]
}

@test "reports and exhibits stay in the office, and go to all of its machines" {
	mission
	as oslo officer add --title Speaker --roles spokesperson --no-passphrase >/dev/null
	send notice.txt
	as desk sync stick >/dev/null
	echo 'A spokesman said: "We got it on Wednesday."' >article.txt
	head -c 1500000 /dev/zero | tr '\0' 'x' >>article.txt
	as desk report "$letter" --speaker "a spokesman" --verb said --says received --exhibit article.txt --quote "We got it on Wednesday." --yes >/dev/null
	as desk sync --inside inside >/dev/null
	as room sync --inside inside --json | json_at 'd["reports_in"], d["exhibits_in"]' | grep -qx "(1, 1)"
	as room track "$letter" | grep -q "We got it on Wednesday"
	as room exhibit list | grep -q .
	n=$(bags inside)
	as room sync --inside inside >/dev/null
	[ "$(bags inside)" -eq "$n" ]
	as room sync stick >/dev/null
	as harbour sync stick --json | json_at 'd["reports_in"]' | grep -qx 0
}

@test "a clerk's machine never holds what opens the letters" {
	mission
	send notice.txt
	as desk sync stick >/dev/null
	as desk say received "$letter" --yes >/dev/null
	as desk sync --inside inside >/dev/null
	as room sync --inside inside >/dev/null
	as room open "$letter" -o opened >/dev/null
	as room say reviewed "$letter" --yes >/dev/null
	as room sync --inside inside >/dev/null
	as desk sync --inside inside >/dev/null
	as second sync --inside inside >/dev/null
	cat >search.py <<-'END'
		import os, re, sys
		digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
		def secrets(machine):
		    found = []
		    for name in os.listdir(f"offices/{machine}/keys"):
		        text = open(f"offices/{machine}/keys/{name}").read()
		        found += re.findall(r"^reading (\S+)$", text, re.M)
		    return found
		def raw(identity):
		    bits = 0
		    values = [digits.index(c) for c in identity.lower().split("1", 1)[1][:-6]]
		    for v in values:
		        bits = bits << 5 | v
		    return (bits >> (5 * len(values) - 256)).to_bytes(32, "big")
		def holds(machine, identity):
		    data = raw(identity)
		    forms = [identity.encode(), identity.lower().encode(), data, data[::-1], data.hex().encode(), data.hex().upper().encode()]
		    for where, _, names in os.walk(f"offices/{machine}"):
		        for name in names:
		            path = os.path.join(where, name)
		            content = open(path, "rb").read()
		            if any(form in content for form in forms) or identity in path:
		                return path
		readers = secrets("room") + secrets("oslo")
		assert len(readers) == 2, readers
		# The search finds what is there.
		assert holds("room", readers[0]) and holds("oslo", readers[1])
		for machine in ("desk", "second"):
		    for identity in readers:
		        assert not holds(machine, identity), (machine, holds(machine, identity))
		    # Nor does the plaintext lie there.
		    for where, _, names in os.walk(f"offices/{machine}"):
		        for name in names:
		            assert b"The notice." not in open(os.path.join(where, name), "rb").read()
		    # Its own key opens only what bags are wrapped in.
		    assert len(secrets(machine)) == 1
	END
	/usr/bin/env python3 search.py
	# And it opens nothing: not with its own key either.
	fails 1 "no reading key of your office is in this spool" as desk open "$letter"
	fails 1 "no reading key of your office is in this spool" as second dossier "$letter" --disclose subject
}

@test "two clerks who both say received are one event, and nobody disagrees" {
	mission
	send notice.txt
	as desk sync stick >/dev/null
	as second sync stick >/dev/null
	as desk say received "$letter" --yes >/dev/null
	as second say received "$letter" --yes --medium "by hand" >/dev/null
	as desk sync stick >/dev/null
	as second sync stick >/dev/null
	as harbour sync stick >/dev/null
	as harbour track "$letter" >accounts
	[ "$(grep -c "^  received  *Oslo" accounts)" -ge 1 ]
	grep -q "Front desk" accounts
	grep -q "Second desk" accounts
	refute grep -qi "disagree" accounts
	as harbour track "$letter" --json | json_at 'len(d["accounts"]["disagreements"])' | grep -qx 0
	# Once each knows the other's word, it is not said a third time.
	as desk sync --inside inside >/dev/null
	as second sync --inside inside >/dev/null
	as desk sync --inside inside >/dev/null
	run as desk say received "$letter" --yes
	[ "$status" -eq 0 ]
	[ "$(as desk track "$letter" --json | json_at 'sorted(s["title"] for s in d["accounts"]["said"])')" = "['Front desk', 'Second desk']" ]
}

# ---- Machines ----

@test "a machine says received by itself, by name only, and every account says so" {
	join desk "Front desk" clerk
	join night "Night desk" clerk,courier,machine
	acquaint desk night
	send notice.txt
	fails 2 "--say and --as go together" as night sync stick --say received
	fails 2 "--say and --as go together" as night sync stick --as "Night desk"
	fails 2 "only received and carrying" as night sync stick --say reviewed --as "Night desk"
	fails 2 "--look states nothing" as night sync stick --say received --as "Night desk" --look
	fails 1 "no officer of your office" as night sync stick --say received --as Nobody
	fails 1 "the key of Front desk is not in this spool" as night sync stick --say received --as "Front desk"
	fails 1 "is no machine by your register" as desk sync stick --say received --as "Front desk"
	[ "$(as desk track --json | json_at 'len(d["letters"])')" -eq 0 ]
	# In, said, and out again in one go.
	as night sync stick --say received --as "Night desk" >out
	grep -q "Night desk said received, unattended" out
	grep -q "Put out 1 statement" out
	as night sync stick --say received --as "Night desk" --json | json_at 'd["said"]["statements"]' | grep -qx "\[\]"
	as harbour sync stick >/dev/null
	as harbour track "$letter" >accounts
	grep -q "received  *Oslo .*Night desk (unattended)" accounts
	as harbour track --heard Oslo | grep -q '"Night desk" (unattended)'
	as harbour track --heard Oslo --json | json_at 'd["heard"][0]["unattended"]' | grep -qx True
	as harbour track --thread "$letter" | grep -q "Oslo (unattended)"
	as harbour track "$letter" --json | json_at '"\"unattended\": true" in __import__("json").dumps(d)' | grep -qx True
	as harbour dossier "$letter" -o dossier
	[ "$(valise verify dossier --know oslo.card --know harbour.card 2>/dev/null | grep -c "(unattended)")" -ge 1 ]
	valise-verify dossier | grep -q "(unattended)"
	# By a person it takes the name.
	echo x >annex.txt
	send annex.txt
	as night sync stick >/dev/null
	fails 1 "the only such key here is of a machine, Night desk" as night say received "$letter" --yes
	[[ $output == *"as could: Registry, Front desk"* ]]
	as night say received "$letter" --yes --as "Night desk" >/dev/null
	# A second officer on the machine is chosen by name; without, it is the person.
	request night "Day desk" clerk --force >/dev/null
	as oslo officer add night.request --unchecked >/dev/null
	new_card
	as night card add oslo.card >/dev/null
	as harbour card add oslo.card --as Oslo --unchecked >/dev/null
	echo y >annex.txt
	send annex.txt
	as night sync stick >/dev/null
	as night say received "$letter" --yes --dry-run | grep -q "as Day desk"
	as night say received "$letter" --yes --dry-run --as "Night desk" | grep -q "as Night desk"
	key=$(as night officer list --json | json_at '[o["key"] for o in d["office"]["officers"] if o["title"] == "Day desk"][0]')
	as night say received "$letter" --yes --dry-run --as "${key:7:8}" | grep -q "as Day desk"
	fails 1 "and Day desk is none" as night say carrying "$letter" --yes --as "Day desk"
	fails 1 "no officer of your office" as night say received "$letter" --yes --as Nobody
	# A copy might contradict what the other has said: nothing is, until a person says that there is no other.
	cp -a offices/night offices/again
	fails 1 "is a copy of another" as again sync stick --say received --as "Night desk"
	as again doctor | grep -q "no machine says anything here until"
	as again doctor --only-copy >/dev/null
	as again sync stick --say received --as "Night desk" >/dev/null
}

@test "a machine's key under a passphrase: without it nothing is taken in, and no question is asked" {
	VALISE_PASSPHRASE_COMMAND="echo secret" as night officer request --title "Night desk" --roles clerk,machine -o night.request >/dev/null
	grep -q ^age-encryption offices/night/keys/*
	as oslo officer add night.request --unchecked >/dev/null
	new_card
	as night card add oslo.card --unchecked 2>/dev/null
	acquaint night
	send notice.txt
	[ "$(status_of as night sync stick --say received --as "Night desk")" -eq 11 ]
	[ "$(VALISE_PASSPHRASE_COMMAND="echo wrong" status_of as night sync stick --say received --as "Night desk")" -eq 11 ]
	[ "$(as night track --json | json_at 'len(d["letters"])')" -eq 0 ]
	valise sync stick --say received --as "Night desk" --passphrase-fd 3 --dir offices/night 3< <(echo secret) </dev/null | grep -q unattended
}

@test "a machine that carries says so of what it was handed, and of nothing else" {
	found danube "Danube Couriers"
	as harbour card add <(as oslo card export) --as Oslo --unchecked >/dev/null
	digits=$(as truck officer request --title Truck --roles courier,machine --no-passphrase -o truck.request)
	as danube officer add truck.request --digits "$digits" >/dev/null
	as danube card export -o danube.card
	as truck card add danube.card --digits "$(digits danube)" >/dev/null
	as harbour card add danube.card --as Danube --unchecked >/dev/null
	handed=$(as harbour seal -t Oslo --ref 1 notice.txt)
	kept=$(as harbour seal -t Oslo --ref 2 notice.txt)
	as harbour say handed "$handed" --to Danube --yes >/dev/null
	as harbour sync stick "$handed" "$kept" --via Danube >/dev/null
	as truck sync stick --say carrying --as Truck --json >out
	json_at '[s["letter"] for s in d["said"]["statements"]]' <out | grep -qx "\['$handed'\]"
	as truck track "$kept" >/dev/null
	as harbour sync stick >/dev/null
	as harbour track "$handed" | grep -q "Truck (unattended)"
}

@test "what is damaged here is not said, and keeps nobody else's word back" {
	join night "Night desk" clerk,machine
	acquaint night
	head -c 300000 /dev/urandom >annex
	send annex
	broken=$letter
	as night sync stick >/dev/null
	body=$(find offices/night/bodies -type f)
	chmod 600 "$body"
	printf X | dd of="$body" bs=1 seek=1000 conv=notrunc 2>/dev/null
	send notice.txt
	run as night sync stick --say received --as "Night desk"
	[ "$status" -eq 4 ]
	[[ $output == *"received was not said"*"damaged"* ]]
	[[ $output == *"Night desk said received, unattended"* ]]
	[ "$(as night track "$broken" --json | json_at '"Night desk" in str(d)')" = False ]
}

# ---- Copies ----

@test "a copy of the keeper's spool writes no entries until somebody says that it is the only one" {
	request one One clerk >/dev/null
	request two Two clerk >/dev/null
	request three Three clerk >/dev/null
	cp -a offices/oslo offices/copy
	cp -a offices/oslo offices/backup
	fails 1 "is a copy of another, or was restored from a backup" as copy officer add one.request --unchecked
	fails 1 "valise doctor --only-copy" as copy officer add one.request --unchecked --dry-run
	fails 1 "is a copy of another" as copy officer dismiss Registry --reason x
	fails 1 "is a copy of another" as copy officer add --title x --roles clerk --no-passphrase
	[ "$(ls offices/copy/keys | wc -l)" -eq "$(ls offices/oslo/keys | wc -l)" ]
	# Everything else it can do, and doctor says what it may not.
	as copy card show >/dev/null
	run as copy doctor
	[ "$status" -eq 0 ]
	[[ $output == *"is a copy of another, or was restored"* ]]
	# The first goes on, as often as it likes; moving it is no copy.
	as oslo officer add one.request --unchecked >/dev/null
	mv offices/oslo offices/moved
	as moved officer add two.request --unchecked >/dev/null
	as moved card export -o newest.card
	rm -r offices/moved
	# Its disk is lost: the backup follows the newest card, and goes on from there. Nobody sees a fork.
	as backup card add newest.card >/dev/null
	fails 1 "is a copy of another" as backup officer add three.request --unchecked
	as backup doctor --only-copy | grep -q "goes on from entry 2 of"
	as backup officer add three.request --unchecked >/dev/null
	as backup officer dismiss Three --reason left
	as backup card export -o after.card
	as harbour card add newest.card --as Oslo --unchecked >/dev/null
	as harbour card add after.card --as Oslo --unchecked --json | json_at 'd["office"]["forked"], d["office"]["entries"]' | grep -qx "(False, 5)"
	run as backup doctor
	[ "$status" -eq 0 ]
	[[ $output != *"is a copy"* ]]
	# Who keeps no register has none to write.
	request four Four clerk >/dev/null
	as backup officer add four.request --unchecked >/dev/null
	as backup card export -o four.card
	as four card add four.card --unchecked 2>/dev/null
	as four doctor --only-copy | grep -q "the only one with its officers' keys, by your word"
	# Whoever says so in two places forks it all the same; then nothing more is written, and doctor will not help.
	as copy doctor --only-copy >/dev/null
	as copy officer add three.request --unchecked >/dev/null
	as copy card add after.card >/dev/null || true
	fails 4 "forked" as copy officer dismiss Registry --reason x
	fails 4 "forked already" as copy doctor --only-copy
	as harbour card add <(as copy card export) --as Oslo --unchecked --json | json_at 'd["office"]["forked"]' | grep -qx True
	# Nobody can tell any more who reads for it.
	fails 4 "is forked" as harbour seal -t Oslo notice.txt
}

@test "an older database in the place of the newer one is known as well" {
	request one One clerk >/dev/null
	request two Two clerk >/dev/null
	mkdir old
	/usr/bin/env python3 -c 'import sqlite3; a = sqlite3.connect("offices/oslo/valise.db"); b = sqlite3.connect("old/valise.db"); a.backup(b)'
	as oslo officer add one.request --unchecked >/dev/null
	rm -f offices/oslo/valise.db-wal offices/oslo/valise.db-shm
	cp old/valise.db offices/oslo/valise.db
	fails 1 "restored from a backup" as oslo officer add two.request --unchecked
	# A spool of before there were marks gets one when it is first written to.
	/usr/bin/env python3 -c 'import sqlite3; d = sqlite3.connect("offices/oslo/valise.db"); d.execute("DELETE FROM setting WHERE name = ?", ("copy-mark",)); d.commit()'
	rm offices/oslo/only-copy.*
	as oslo officer add two.request --unchecked >/dev/null
	[ "$(ls offices/oslo/only-copy.* | wc -l)" -eq 1 ]
	cp -a offices/oslo offices/copy
	fails 1 "is a copy of another" as copy officer dismiss Registry --reason x
}

@test "a machine says received of nothing that was refused, or that its sender withdrew" {
	as oslo officer add --title Bot --roles clerk,machine --no-passphrase >/dev/null
	new_card
	acquaint oslo
	send notice.txt
	refused=$letter
	send notice.txt
	withdrawn=$letter
	send notice.txt
	as oslo sync stick >/dev/null
	as oslo say refused "$refused" --reason not-ours --yes
	as harbour say withdrawn "$withdrawn" --yes
	as harbour sync stick >/dev/null
	as oslo sync stick --say received --as Bot --json | json_at '[s["letter"] for s in d["said"]["statements"]]' >said
	[ "$(cat said)" = "['$letter']" ]
	[ -z "$(as oslo say received --all --yes)" ]
	# Who names it takes it all the same.
	[ -n "$(as oslo say received "$refused" --yes)" ]
}
