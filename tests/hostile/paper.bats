#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Paper letters by somebody who lies: a seal of paper that has a body, names that are tied to offices by those who may not.
load forging

# Evil's paper letter to Oslo and to a name; its seal is `seal`, its id in $letter.
evil_paper() {
	evil=$(id_of_office evil)
	forge sign evil-all >seal <<-END
		valise/seal@v1
		nonce $(printf '%064d' 7)
		from $evil $evil
		to $(office_id oslo) $(office_head oslo)
		addressee The harbour master
		date 2026-11-21T09:00:00Z
		$(printf '%s\n' "$@")
	END
	letter=$(forge id <seal)
}

# Harbour gets these notes of the letter that it sealed.
hear() {
	forge bag heard.bag $(printf 'note:%s ' "$@")
	lay heard heard.bag
	runs 0 harbour sync heard
}

identified() { # OFFICE:HEAD KEY TO NAME
	statement "$letter" identified "$1" principal 1 2026-11-24T09:00:00Z "$2" "to $3" "text $4"
}

# Who is a recipient, with the names that it is known by.
recipients() { track harbour "$letter" '[.parties[] | select(.is_recipient) | [.office, .addressee, .identified_as]] | tojson'; }

seal_paper() {
	letter=$(harbour seal -t Oslo -t "The harbour master" --no-card --paper "envelope 17" 2>/dev/null)
	harbour_id=$(office_id harbour)
	evil=$(id_of_office evil)
	before=$(recipients)
}

@test "a paper seal with a body or a cover is no seal" {
	hash=$(printf x | sha256sum | cut -c1-64)
	for more in "body $hash 10" "cover $hash 10" "contents $hash 2"; do
		evil_paper "paper envelope 17" "$more"
		forge bag bad.bag note:evil.0 note:seal
		rm -rf stick
		lay stick bad.bag
		runs 4 oslo sync stick
		says "its seal is not sound"
		runs 1 oslo track "$letter"
	done
	evil_paper "paper envelope 17"
	forge bag good.bag note:evil.0 note:seal
	lay good good.bag
	runs 0 oslo sync good
	is "bytes" paper "$(track oslo "$letter" .bytes)"
	runs 0 oslo say received "$letter" --yes
	is "state" received "$(state oslo "$letter")"
}

@test "an office that claims to be an addressee claims it in vain" {
	seal_paper
	identified "$evil:$evil" evil-all "$evil" "The harbour master" >claim
	statement "$letter" received "$evil:$evil" clerk 2 2026-11-24T10:00:00Z evil-all >received
	hear evil.0 claim received
	is "recipients" "$before" "$(recipients)"
	is "counted" 0 "$(track harbour "$letter" '[.said[] | select(.counts)] | length')"
	is "apart" 2 "$(track harbour "$letter" '[.said[] | select(.bystander)] | length')"
	# Nor is a bag wrapped for it.
	put_out harbour stick "$letter"
	fails grep -q "$evil" "$bag"
	harbour dossier "$letter" -o d
	runs 3 valise-verify d --require received --know harbour.card --know oslo.card --know evil.card
}

@test "a sender that makes itself an addressee, by another program, confirms nothing" {
	seal_paper
	key=$(officer_key harbour)
	head=$(office_head harbour)
	identified "$harbour_id:$head" "$key" "$harbour_id" "The harbour master" >claim
	statement "$letter" received "$harbour_id:$head" clerk 2 2026-11-24T10:00:00Z "$key" >received
	hear claim received
	is "recipients" "$before" "$(recipients)"
	is "bystander" true "$(track harbour "$letter" '.said[] | select(.says == "received") | .bystander')"
	runs 1 harbour say received "$letter" --yes
	harbour dossier "$letter" -o d
	runs 3 valise-verify d --require received --know harbour.card --know oslo.card
}

@test "in the sender's name, with a key that is not its: no standing, nothing moved" {
	seal_paper
	identified "$harbour_id:$(office_head harbour)" evil-all "$evil" "The harbour master" >claim
	statement "$letter" received "$evil:$evil" clerk 1 2026-11-24T10:00:00Z evil-all >received
	hear evil.0 claim received
	is "recipients" "$before" "$(recipients)"
	is "standing" not-appointed "$(track harbour "$letter" '.said[] | select(.says == "identified") | .standing')"
	is "counted" 0 "$(track harbour "$letter" '[.said[] | select(.counts)] | length')"
}

@test "a recipient ties no name, and the sender none that is no addressee" {
	seal_paper
	oslo=$(office_id oslo)
	identified "$oslo:$(office_head oslo)" "$(officer_key oslo)" "$evil" "The harbour master" >claim
	key=$(officer_key harbour)
	statement "$letter" identified "$harbour_id:$(office_head harbour)" principal 1 2026-11-24T09:00:00Z "$key" \
		"to $evil" "text The harbour master" "text The harbour master's cook" >mixed
	statement "$letter" received "$evil:$evil" clerk 1 2026-11-24T10:00:00Z evil-all >received
	hear evil.0 claim mixed received
	is "recipients" "$before" "$(recipients)"
	is "state of Oslo" nothing "$(state harbour "$letter")"
	is "bystander" true "$(track harbour "$letter" '.said[] | select(.says == "received") | .bystander')"
}

@test "opened and defect of paper, by another program: shown, counted for nothing" {
	seal_paper
	oslo=$(office_id oslo)
	statement "$letter" opened "$oslo:$(office_head oslo)" reader 1 2026-11-24T09:00:00Z "$(officer_key oslo)" >opened
	statement "$letter" defect "$oslo:$(office_head oslo)" reader 2 2026-11-24T09:01:00Z "$(officer_key oslo)" "reason bytes" >defect
	hear opened defect
	is "state" nothing "$(state harbour "$letter")"
	is "counted" 0 "$(track harbour "$letter" '[.said[] | select(.counts)] | length')"
	harbour dossier "$letter" -o d
	runs 3 valise-verify d --require opened --know harbour.card --know oslo.card
}

@test "a sheet that was changed on disk discloses nothing" {
	printf 'a scan' >scan.pdf
	letter=$(harbour seal -t Oslo --paper "envelope 17" --scan scan.pdf 2>/dev/null)
	other=$(harbour seal -t Oslo --paper "envelope 18" --scan scan.pdf 2>/dev/null)
	runs 0 harbour dossier "$letter" --disclose scan.pdf -o d
	/usr/bin/env python3 - "$letter" "$other" <<-END
		import sqlite3, sys
		spool = sqlite3.connect("harbour/valise.db")
		letter, other = map(bytes.fromhex, sys.argv[1:])
		(bytes,) = spool.execute("SELECT bytes FROM sheet WHERE letter = ?", (other,)).fetchone()
		spool.execute("UPDATE sheet SET bytes = ? WHERE letter = ?", (bytes, letter))
		spool.commit()
	END
	runs 4 harbour dossier "$letter" --disclose scan.pdf
	says "belongs to another seal"
}
