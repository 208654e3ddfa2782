#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A recipient, or somebody who says that he is one: what is said is shown as just that, and counts only from whom it may.
load forging

later() { printf '2026-11-%02dT09:00:00Z' "$1"; }

# Harbour gets these notes; the letter's accounts are then in $accounts.
hear() {
	forge bag heard.bag $(printf 'note:%s ' "$@")
	lay heard heard.bag
	runs 0 harbour sync heard
	accounts=$(VALISE_DIR=$PWD/harbour valise track "$letter" --json | jq .accounts)
}
said() { jq -r "[.said[] | select(.says == \"$1\")][0] | $2" <<<"$accounts"; }

# Evil is known to Harbour, and the letter is sealed to it as well.
seal_to_evil() {
	harbour card add evil.card --as Evil --unchecked >/dev/null
	letter=$(harbour seal -t Evil notice.txt 2>/dev/null)
	evil=$(id_of_office evil)
}

@test "received of a letter that it lacks is its claim: shown as said by it, on its own clock" {
	seal_to_evil
	statement "$letter" received "$evil:$evil" clerk 1 "$(later 21)" evil-all "medium by hand" >r
	hear r
	is "state" received "$(jq -r '[.parties[] | select(.is_recipient)][0].state' <<<"$accounts")"
	jq -r .sentence <<<"$accounts" | grep -q "Evil's clerk says that it received"
	jq -r .sentence <<<"$accounts" | grep -q "own clock"
	# It says so of a time when there was no letter yet.
	is "older than the seal" 1 "$(jq '[.disagreements[] | select(.kind == "older-than-seal")] | length' <<<"$accounts")"
}

@test "a clerk of a stranger's who says received moves nothing, and is shown apart" {
	seal_notice
	evil=$(id_of_office evil)
	statement "$letter" received "$evil:$evil" clerk 1 "$(later 24)" evil-all >r
	hear evil.0 r
	is "counts" false "$(said received .counts)"
	is "bystander" true "$(said received .bystander)"
	is "state" nothing "$(jq -r '[.parties[] | select(.is_recipient)][0].state' <<<"$accounts")"
	runs 0 harbour track "$letter"
	says "not for it to say"
	harbour dossier "$letter" -o d
	runs 3 valise-verify d --require received --know harbour.card --know oslo.card --know evil.card
}

@test "a stranger who speaks for the recipient's office has no standing there" {
	seal_notice
	oslo=$(office_id oslo)
	statement "$letter" received "$oslo:$(office_head oslo)" clerk 1 "$(later 24)" evil-all >r
	hear r
	is "standing" not-appointed "$(said received .standing)"
	is "counts" false "$(said received .counts)"
	is "state" nothing "$(state harbour "$letter")"
	runs 0 harbour track "$letter"
	says "does not count"
}

@test "a clerk who says reviewed, a reader who says received: the wrong role, in the form and in the register" {
	found other Other "$(appoint other-clerk clerk - Desk)
$(appoint other-reader reader - Reading)"
	sort_appointments other
	harbour card add other.card --as Other --unchecked >/dev/null
	letter=$(harbour seal -t Other notice.txt 2>/dev/null)
	other=$(id_of_office other)
	# The form itself refuses a role that may not say it.
	statement "$letter" reviewed "$other:$other" clerk 1 "$(later 24)" other-clerk >wrong
	forge bag form.bag note:wrong
	lay form form.bag
	runs 4 harbour sync form
	# Who claims the role is held against the register.
	statement "$letter" reviewed "$other:$other" reader 1 "$(later 24)" other-clerk >a
	statement "$letter" received "$other:$other" clerk 1 "$(later 24)" other-reader >b
	hear a b
	is "standing" wrong-role "$(said reviewed .standing)"
	is "standing" wrong-role "$(said received .standing)"
	is "state" nothing "$(state harbour "$letter")"
}

# Entry 0 of `found` with its appoint lines in order.
sort_appointments() {
	local head tail
	head=$(sed '/^appoint/,$d' "$1.0") tail=$(sed -n '/^appoint/p' "$1.0" | LC_ALL=C sort)
	printf '%s\n%s\n' "$head" "$tail" | forge sign "$1-keeper" >"$1.new"
	mv "$1.new" "$1.0"
	forge card "$1.0" >"$1.card"
}

# Office `small`: a clerk appointed until UNTIL, dismissed on 23 November by entry 1, when there is one.
small_office() {
	found small Small "$(appoint small-clerk clerk,reader "$1" Desk)"
	small=$(id_of_office small)
	follows "$small" 1 small.0 "$(later 23)" small-keeper "dismiss $(forge key small-clerk) gone" >small.1
	head1=$(forge id small.1)
	harbour card add small.card --as Small --unchecked >/dev/null
	letter=$(harbour seal -t Small notice.txt 2>/dev/null)
}

@test "a dismissed officer who signs later, at the head that dismissed him" {
	small_office -
	statement "$letter" received "$small:$head1" clerk 1 "$(later 24)" small-clerk >r
	hear small.1 r
	is "standing" dismissed "$(said received .standing)"
	is "counts" false "$(said received .counts)"
	is "state" nothing "$(state harbour "$letter")"
}

@test "a dismissed officer who signs later and cites the old head" {
	small_office -
	statement "$letter" received "$small:$small" clerk 1 "$(later 24)" small-clerk >r
	hear small.1 r
	is "standing" dismissed "$(said received .standing)"
	is "state" nothing "$(state harbour "$letter")"
}

@test "a dismissed officer who backdates is shown as dismissed since, whatever it counts for" {
	small_office -
	statement "$letter" received "$small:$small" clerk 1 "$(later 22)" small-clerk >r
	hear small.1 r
	is "standing" dismissed-since "$(said received .standing)"
	runs 0 harbour track "$letter"
	says "dismissed"
	jq -r '.disagreements[].kind' <<<"$accounts" | grep -q no-standing || says "own clock"
}

@test "his dismissal arrives after his word: the account follows" {
	small_office -
	statement "$letter" received "$small:$small" clerk 1 "$(later 24)" small-clerk >r
	hear r
	is "state" received "$(state harbour "$letter")"
	forge bag late.bag note:small.1
	lay late late.bag
	runs 0 harbour sync late
	is "state" nothing "$(state harbour "$letter")"
}

@test "an expired officer" {
	small_office 2098-11-23T09:00:00Z # of the letter itself it is a reader
	statement "$letter" received "$small:$small" clerk 1 2098-11-24T09:00:00Z small-clerk >r
	hear r
	is "standing" expired "$(said received .standing)"
	is "state" nothing "$(state harbour "$letter")"
}

@test "a head that nobody has: incomplete, and it counts for nothing" {
	small_office -
	statement "$letter" received "$small:$head1" clerk 1 "$(later 22)" small-clerk >r
	hear r
	is "standing" incomplete "$(said received .standing)"
	is "state" nothing "$(state harbour "$letter")"
}

@test "an office of the same name is told apart, and -t takes neither by guess" {
	found oslo2 oslo "$(appoint oslo2-all principal,clerk,reader,courier,spokesperson - Registry)"
	runs 1 harbour card add oslo2.card --as Oslo --unchecked
	says "another office by that name"
	harbour card add oslo2.card --as "Oslo 2" --unchecked >/dev/null
	runs 0 harbour card list
	says "$(valise card show --dir oslo --digits)"
	is "whole petnames win" 1 "$(harbour seal -t Oslo notice.txt --json 2>/dev/null | jq '.readers | length')"
	runs 1 harbour seal -t Osl notice.txt
	says '"Oslo"'
	says '"Oslo 2"'
	runs 1 harbour seal -t oslo notice.txt
	# Its statement is shown under the petname of its own.
	seal_notice
	two=$(id_of_office oslo2)
	statement "$letter" received "$two:$two" clerk 1 "$(later 24)" oslo2-all >r
	hear r
	runs 0 harbour track "$letter"
	says "Oslo 2"
	is "state" nothing "$(state harbour "$letter")"
	# To whom knows neither, two offices of one name are two.
	harbour dossier "$letter" -o d
	runs 5 valise-verify d
	says "$(valise card show --dir oslo --digits)"
	says "$(valise-verify d --json | jq -r ".accounts.offices[] | select(.id == \"$two\") | .fingerprint")"
	# Nor to whom both are known only by what their cards say.
	runs 0 valise-verify d --know harbour.card --know oslo.card --know oslo2.card
	says "$(valise card show --dir oslo --digits)"
}

@test "numbers that skip and numbers that double are named" {
	seal_to_evil
	statement "$letter" received "$evil:$evil" clerk 1 "$(later 24)" evil-all >one
	statement "$letter" opened "$evil:$evil" reader 3 "$(later 25)" evil-all >three
	hear one three
	is "gap" 1 "$(jq '[.disagreements[] | select(.kind == "gap")] | length' <<<"$accounts")"
	statement "$letter" refused "$evil:$evil" clerk 1 "$(later 24)" evil-all "reason policy" >again
	hear again
	jq -r '.disagreements[].kind' <<<"$accounts" | grep -q 'double\|twice\|same'
}

@test "both received and refused, withdrawn after received, agreed to nothing" {
	seal_to_evil
	statement "$letter" refused "$evil:$evil" clerk 1 "$(later 25)" evil-all "reason policy" >no
	statement "$letter" received "$evil:$evil" clerk 2 "$(later 24)" evil-all >yes
	statement "$letter" agreed "$evil:$evil" clerk 3 "$(later 26)" evil-all "regarding $letter" >agreed
	hear no yes agreed
	is "state" received "$(jq -r '[.parties[] | select(.is_recipient)][0].state' <<<"$accounts")"
	test "$(jq '.disagreements | length' <<<"$accounts")" -ge 1
	runs 0 harbour say withdrawn "$letter" --yes
	is "state" received "$(state harbour "$letter")"
	is "withdrawn late" 1 "$(track harbour "$letter" '[.disagreements[] | select(.kind == "withdrawn-late")] | length')"
}

@test "statements that no program writes are refused" {
	seal_to_evil
	statement "$letter" received "$evil:$evil" clerk 1 "$(later 24)" evil-all >good
	sed '/^$/q' good | sed '$d;/^by /d' >text
	refused() {
		forge sign evil-all <changed >changed.note
		forge bag changed.bag note:changed.note
		rm -rf wrong
		lay wrong changed.bag
		runs 4 harbour sync wrong
		is "statements after $1" 0 "$(track harbour "$letter" '.said | length')"
	}
	sed 's/^nth 1/nth 0/' text >changed; refused "nth 0"
	sed 's/^nth 1/nth 1000001/' text >changed; refused "nth too large"
	sed 's/^role clerk/role machine/' text >changed; refused "role machine"
	sed 's/^says received/says obeyed/' text >changed; refused "a word that is none"
	{ cat text; echo "text I received it"; echo "medium by hand"; } >changed; refused "lines out of order"
	{ cat text; echo "reason full"; } >changed; refused "a reason that it has not"
	{ cat text; printf 'medium by \033[2Jhand\n'; } >changed; refused "an escape"
	{ cat text; printf 'medium %01001d\n' 7; } >changed; refused "too long a line"
	{ cat text; for i in $(seq 21); do echo "text $i"; done; } >changed; refused "too many lines"
	sed 's/$/\r/' text >changed; refused "carriage returns"
}

@test "a key that signs unattended is shown so wherever it speaks" {
	found robot Robot "$(appoint robot-key clerk,reader,machine - Gateway)"
	harbour card add robot.card --as Robot --unchecked >/dev/null
	letter=$(harbour seal -t Robot notice.txt 2>/dev/null)
	robot=$(id_of_office robot)
	statement "$letter" received "$robot:$robot" clerk 1 "$(later 24)" robot-key >r
	hear r
	is "unattended" true "$(said received .unattended)"
	runs 0 harbour track "$letter"
	says "unattended"
}

@test "a part claimed under the sender's signature: a disclosure that does not match is broken, exit 4" {
	seal_notice
	harbour dossier "$letter" --disclose notice.txt -o d
	runs 0 valise-verify d --know harbour.card --know oslo.card
	forge undossier d items >list
	leaf=$(sed -n 's/^leaf://p' list)
	sed "s/^part file \([0-9]*\) \([0-9]*\) [0-9a-f]*/part file \1 \2 $(printf other | sha256sum | cut -c1-64)/" "$leaf" >altered
	forge dossier "$letter" $(grep -v ^leaf: list) leaf:altered >claimed
	runs 4 valise-verify claimed --know harbour.card --know oslo.card
	says "broken"
	lacks "$(printf other | sha256sum | cut -c1-64)"
	# The cover's plaintext, altered and not.
	harbour dossier "$letter" --disclose cover -o whole
	runs 0 valise-verify whole --know harbour.card --know oslo.card
	forge undossier whole items2 >list2
	sed 's/^subject Notice/subject Threat/' "$(sed -n 's/^cover://p' list2)" >altered
	forge dossier "$letter" $(grep -v ^cover: list2) cover:altered >claimed
	runs 4 valise-verify claimed --know harbour.card --know oslo.card
	lacks Threat
}

@test "a stranger's received in the office's name stops nothing: it is sent again, and said by those who may" {
	seal_notice
	oslo=$(office_id oslo)
	statement "$letter" received "$oslo:$oslo" clerk 1 "$(later 24)" evil-all >r
	hear r
	# The sender still sends it.
	mkdir again
	runs 0 harbour sync again --all --json
	is "letters out" 1 "$(jq '.out | length' <<<"$output")"
	# The recipient, whom the same forgery reached, is not told that it has said so.
	runs 0 oslo sync again
	forge bag forged.bag note:r
	lay forged forged.bag
	runs 0 oslo sync forged
	runs 0 oslo say received --all --yes
	is "state" received "$(state oslo "$letter")"
}

@test "a stranger cannot make himself a party: bags are not wrapped for him" {
	seal_notice
	evil=$(id_of_office evil)
	harbour card add evil.card --as Evil --unchecked >/dev/null
	statement "$letter" handed "$evil:$evil" courier 1 "$(later 24)" evil-all "to $evil" >own
	oslo=$(office_id oslo)
	statement "$letter" handed "$oslo:$oslo" clerk 1 "$(later 24)" evil-all "to $evil" >theirs
	hear own theirs
	put_out harbour out "$letter"
	fails forge unbag "$bag" seen evil-all
	forge unbag "$bag" seen "$(officer_key oslo)"
	# Whom the sender handed it to is one.
	runs 0 harbour say handed "$letter" --to Evil --yes
	rm -r out
	put_out harbour out "$letter"
	forge unbag "$bag" seen2 evil-all
}

@test "--require goes by what you call an office, not by what it calls itself" {
	found liar Oslo "$(appoint liar-all principal,clerk,reader,courier,spokesperson - Desk)"
	harbour card add liar.card --as Liar --unchecked >/dev/null
	letter=$(harbour seal -t Oslo -t Liar notice.txt 2>/dev/null)
	liar=$(id_of_office liar)
	statement "$letter" received "$liar:$liar" clerk 1 "$(later 24)" liar-all >r
	hear r
	harbour dossier "$letter" -o d
	runs 0 harbour verify d --require Liar:received
	runs 3 harbour verify d --require Oslo:received
	runs 3 valise-verify d --require Oslo:received
	runs 5 valise-verify d --require "${liar:0:8}:received"
}

@test "who was only handed it says carrying; who was not is a bystander; a hand-over names its giver" {
	seal_notice
	harbour card add evil.card --as Evil --unchecked >/dev/null
	evil=$(id_of_office evil)
	statement "$letter" carrying "$evil:$evil" courier 1 "$(later 24)" evil-all >c
	hear c
	is "counts before it was handed" false "$(said carrying .counts)"
	runs 0 harbour say handed "$letter" --to Evil --yes
	is "counts" true "$(track harbour "$letter" '[.said[] | select(.says == "carrying")][0].counts')"
	statement "$letter" delivered "$evil:$evil" courier 2 "$(later 25)" evil-all "to $(office_id oslo)" >d
	hear d
	is "unconfirmed" 1 "$(jq '[.disagreements[] | select(.kind == "delivered-unconfirmed")] | length' <<<"$accounts")"
	is "state" nothing "$(state harbour "$letter")"
}
