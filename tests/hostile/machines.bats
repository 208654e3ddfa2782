#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An office of several machines, and who lies to them: in the folder between them, in requests, in cards.

load forging

# joins MACHINE TITLE ROLES: a machine of Oslo's, which the keeper's spool (a copy, like all of this world) appoints.
joins() {
	valise officer request -t "$2" -r "$3" --no-passphrase -o "$1.request" --dir "$1" >"$1.digits"
	oslo officer add "$1.request" --digits "$(cat "$1.digits")" >/dev/null
	oslo card export -o oslo.card --force
	valise card add oslo.card --digits "$(oslo card show --digits)" --dir "$1" >/dev/null
}

oslo_office() {
	oslo doctor --only-copy >/dev/null
	joins desk "Front desk" clerk
	joins room "Reading room" reader
	valise card add oslo.card --dir desk >/dev/null
	mkdir inside
}

# To Oslo's officers of today, taken in by the desk alone; its id is in $letter.
desk_has_letter() {
	oslo_office
	harbour card add oslo.card --as Oslo --unchecked >/dev/null
	letter=$(harbour seal -t Oslo notice.txt 2>/dev/null)
	mkdir stick
	harbour sync stick "$letter" >/dev/null 2>&1
	runs 0 valise sync stick --dir desk
}

entries_at() { valise card show --json --dir "$1" | jq .office.entries; }
head_at() { valise card show --json --dir "$1" | jq -r .office.head; }

@test "a folder that claims register entries by anybody but the keeper: none is kept, in whatever wrapping" {
	oslo_office
	oslo_id=$(office_id oslo)
	for f in oslo/keys/*; do head -n 2 "$f" | sed -n 's/^key //p'; done >keys
	mkdir entries
	oslo sync inside --inside >/dev/null
	forge unbag "$(find inside/valise -type f)" entries "$(officer_key desk)"
	last=$(grep -l '^seq 2$' entries/*.note.* | head -n 1)
	thief="appoint $(forge key thief) $(forge recipient thief) clerk,reader - Thief"
	# By the clerk, by the reader, by a stranger; one more after it.
	follows "$oslo_id" 3 "$last" 2026-12-01T00:00:00Z "$(officer_key desk)" "$thief" >clerk.3
	follows "$oslo_id" 3 "$last" 2026-12-01T00:00:00Z "$(officer_key room)" "$thief" >reader.3
	follows "$oslo_id" 3 "$last" 2026-12-01T00:00:00Z stranger "$thief" >stranger.3
	follows "$oslo_id" 4 clerk.3 2026-12-02T00:00:00Z "$(officer_key desk)" "name Oslo and Sons" >clerk.4
	printf 'valise/inside@v1\naudience %064d\n' 0 >mark
	forge bag lies.bag note:mark note:clerk.3 note:reader.3 note:stranger.3 note:clerk.4
	forge wrap "$(forge recipient "$(officer_key room)")" "$(forge recipient "$(officer_key desk)")" <lies.bag >wrapped.bag
	lay inside lies.bag wrapped.bag
	for machine in desk room; do
		runs 0 valise sync inside --inside --dir "$machine"
		is "entries of $machine" 3 "$(entries_at "$machine")"
		is "head of $machine" "$(office_head oslo)" "$(head_at "$machine")"
		is "own name" oslo "$(valise card show --json --dir "$machine" | jq -r .office.name)"
	done
	# Nor in a card.
	forge card $(grep -l '^valise/register' entries/*.note.* | xargs grep -l '^seq 0$' | head -n 1) >/dev/null
	{
		valise card export --dir desk | sed '$d'
		printf 'register %s\n' "$(stat -c %s clerk.3)"
		cat clerk.3
		echo end
	} >lying.card
	runs 4 valise card add lying.card --dir desk
	says "did not properly sign"
	is "entries" 3 "$(entries_at desk)"
}

# The mark of a bag for the keys that Oslo's officers have today, as the desk's register has it.
mark_of_today() {
	valise officer list --json --dir desk >officers.json
	python3 - <<-'END'
		import hashlib, json
		digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
		def point(recipient):
		    bits = 0
		    for c in recipient[4:-6]:
		        bits = bits << 5 | digits.index(c)
		    return (bits >> 4).to_bytes(32, "big")
		officers = json.load(open("officers.json"))["office"]["officers"]
		points = sorted(point(o["recipient"]) for o in officers if o["recipient"] and not o["dismissed"])
		print(f"valise/inside@v1\naudience {hashlib.sha256(b''.join(points)).hexdigest()}")
	END
}

recipient_of() { valise officer list --json --dir desk | jq -r ".office.officers[] | select(.title == \"$1\").recipient"; }

@test "a mark is nothing by itself: a bag that claims to hold a letter keeps it from nobody who has it whole" {
	desk_has_letter
	# In the open a mark says nothing, be it that of these very keys; nor does one of others.
	mark_of_today >mark
	printf 'valise/inside@v1\naudience %064d\n' 0 >other
	mkdir records
	forge unbag "$(find stick/valise -type f)" records "$(officer_key desk)"
	forge bag open.bag note:mark $(ls records/* | sed 's/^/taken:/')
	forge bag other.bag note:other $(ls records/* | sed 's/^/taken:/')
	forge wrap "$(forge recipient "$(officer_key desk)")" <other.bag >other.wrapped
	# Nor does the right one, in a bag that only this machine can read: whoever knows the card can write it, but not vouch for it.
	forge bag mine.bag note:mark $(ls records/* | sed 's/^/taken:/')
	forge wrap "$(forge recipient "$(officer_key desk)")" <mine.bag >mine.wrapped
	rm other.bag mine.bag
	lay inside open.bag other.wrapped mine.wrapped
	runs 0 valise sync inside --inside --dir desk
	says "Put out 1 letter"
	# It is the mark that our own bags have: nothing in one for these keys goes there again.
	mkdir again && cp -r inside/valise again/
	rm -r again/valise/aaaaaaaa
	mkdir own && forge unbag "$(find again/valise -type f | head -n 1)" own "$(officer_key desk)"
	grep -lq "$(tail -n 1 mark)" own/*.note.*
	rm -r inside/valise/aaaaaaaa
	runs 0 valise sync inside --inside --dir room
	says "whole and checked"
	runs 0 valise open "$letter" -o opened --dir room
	cmp notice.txt opened/notice.txt
}

@test "a bag from outside that claims to hold everything for everybody lets none of ours go" {
	desk_has_letter
	runs 0 valise sync inside --inside --dir desk
	runs 0 valise sync inside --inside --dir room
	cp -a inside old
	# A third machine is appointed: the desk's bags are not for it.
	joins third "Third desk" clerk
	valise card add oslo.card --dir desk >/dev/null
	valise card add oslo.card --dir room >/dev/null
	# Somebody who knows all that lies there says that he has put it there for all three, and wraps it for the desk alone. In the open, too.
	mkdir records
	n=0
	for bag in $(find inside/valise -type f); do
		mkdir "bag$n"
		forge unbag "$bag" "bag$n" "$(officer_key desk)"
		for record in "bag$n"/*; do
			grep -q "^valise/inside" "$record" || cp "$record" "records/$(basename "$record")"
		done
		n=$((n + 1))
	done
	mark_of_today >mark
	desk=$(recipient_of "Front desk")
	printf 'valise/inside-by@v1\nby %s\nfor %s %032d\n' "$(recipient_of "Reading room")" "$desk" 0 >voucher
	printf 'valise/inside-by@v1\nby %s\nfor %s %032d\n' "$(recipient_of "Reading room")" "$desk" x >garbled 2>/dev/null || true
	for end in voucher garbled $(grep -l "^valise/inside-by" bag*/* | head -n 3) ""; do
		rm -rf lie.bag inside copy
		forge bag lie.bag note:mark $(ls records/* | sed 's/^/taken:/') ${end:+note:$end}
		forge wrap "$desk" <lie.bag >lie.wrapped
		cp -a old inside
		lay inside lie.wrapped
		cp -a desk copy
		runs 0 valise sync inside --inside --dir copy --json
		is "letters put out, and bags taken away" "1 true" "$(jq -r '"\(.out | length) \(.bags_removed > 0)"' <<<"$output")"
		rm -rf inside/valise/aaaaaaaa
		cp -a third fresh
		runs 0 valise sync inside --inside --dir fresh
		says "whole and checked"
		rm -rf fresh
	done
}

@test "a request that another key signs, or that asks for what it may not, appoints nobody" {
	oslo_office
	before=$(entries_at oslo)
	text() { # KEY ROLES RECIPIENT
		printf 'valise/request@v1\ntime 2026-11-20T08:00:00Z\ntitle Front desk\nroles %s\nrecipient %s\nby %s\n' "$2" "$3" "$(forge key "$1")"
	}
	to=$(forge recipient thief)
	text thief clerk "$to" | forge sign thief >good.request
	runs 0 oslo officer add good.request --unchecked --dry-run
	# Somebody else's key, which he does not hold: the signature is another's.
	text victim clerk "$to" | forge missign victim >missigned.request
	runs 4 oslo officer add missigned.request --unchecked
	text thief machine "$to" | forge sign thief >machine.request 2>/dev/null || true
	runs 4 oslo officer add machine.request --unchecked
	for recipient in - age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqy4hp47 "${to^^}"; do
		text thief reader "$recipient" | forge sign thief >bad.request 2>/dev/null || true
		runs 4 oslo officer add bad.request --unchecked
	done
	# The keeper's own key, and those of officers: a key is one thing, once.
	text "$(keeper_key oslo)" clerk "$to" | forge sign "$(keeper_key oslo)" >keeper.request
	fails oslo officer add keeper.request --unchecked
	text "$(officer_key desk)" reader "$to" | forge sign "$(officer_key desk)" >again.request
	runs 1 oslo officer add again.request --unchecked
	says "in your register already, as Front desk"
	# The public half of a reader's key, as a clerk's.
	text thief clerk "$(oslo officer list --json | jq -r '.office.officers[] | select(.title == "Reading room").recipient')" | forge sign thief >copied.request
	runs 1 oslo officer add copied.request --unchecked
	says "is that of Reading room already"
	is "entries" "$before" "$(entries_at oslo)"
	# A request on a stick is nothing.
	forge bag request.bag note:good.request
	lay inside request.bag
	runs 0 oslo sync inside
	is "entries" "$before" "$(entries_at oslo)"
}

@test "a card that appoints the key in somebody else's office: the digits tell, and nothing is kept" {
	valise officer request -t "Front desk" -r clerk --no-passphrase -o desk.request --dir desk >/dev/null
	key=$(sed -n 's/^by //p' desk.request)
	to=$(sed -n 's/^recipient //p' desk.request)
	found lure "oslo" "appoint $key $to clerk - Front desk"
	runs 4 valise card add lure.card --digits "$(oslo card show --digits)" --dir desk
	says "not this card's digits"
	runs 10 valise track --dir desk
	# Appointed and dismissed in one register; and with a fork in it.
	follows "$(id_of_office lure)" 1 lure.0 2026-11-21T00:00:00Z lure-keeper "dismiss $key gone" >lure.1
	forge card lure.0 lure.1 >gone.card
	runs 1 valise card add gone.card --unchecked --dir desk
	says "dismissed"
	follows "$(id_of_office lure)" 1 lure.0 2026-11-21T00:00:00Z lure-keeper "name Lure B" >lure.b
	printf '%s %s\n' "$(forge id lure.1)" lure.1 "$(forge id lure.b)" lure.b | sort | cut -d' ' -f2 | xargs forge card lure.0 >forked.card
	runs 4 valise card add forked.card --unchecked --dir desk
	says "forked"
	# An appointment that nobody of the office's keepers signed.
	follows "$(id_of_office evil)" 1 evil.0 2026-11-21T00:00:00Z evil-all "appoint $key $to clerk - Front desk" >evil.1
	forge card evil.0 evil.1 >unsigned.card
	runs 4 valise card add unsigned.card --unchecked --dir desk
	runs 10 valise track --dir desk
	runs 0 valise officer request --dir desk
}
