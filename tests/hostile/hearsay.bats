#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Reports: hearsay that would like to be taken for a statement, for an office's own word, or for something in the exhibit.
load forging

# report SAYS OFFICE:HEAD NTH KEY LINE...: a report about $letter from the article; the LINEs go before `verb`. report_text: unsigned, without KEY.
report_text() {
	local says=$1 office=$2 nth=$3
	shift 3
	printf 'valise/report@v1\nletter %s\nsays %s\nspeaker %s\n' "$letter" "$says" "${speaker:-a spokesman}"
	test $# = 0 || printf '%s\n' "$@"
	printf 'verb confirmed\nwhen Wednesday\nexhibit %s %s %s %s\nquoted no\noffice %s %s\nrole spokesperson\nnth %s\ntime 2026-12-01T00:00:00Z\n' \
		"$article" "$size" "${offset:-4}" "${length:-17}" "${office%:*}" "${office#*:}" "$nth"
}
report() {
	local key=$4
	report_text "$1" "$2" "$3" "${@:5}" | forge sign "$key"
}

# excerpt OFFSET LENGTH [FILE]: a piece of the article, or of what is passed off as it.
excerpt() {
	printf 'exhibit %s %s\noffset %s\n' "$article" "$size" "$1"
	tail -c +$(($1 + 1)) "${3:-article.html}" | head -c "$2" | base64 -w 64
}

# A sealed letter, nothing said of it; its dossier's items in $items, Harbour's OFFICE:HEAD, and an article.
begin() {
	printf 'The mission confirmed on Wednesday that it received the letter. \033]0;owned\007\xff\n' >article.html
	article=$(sha256sum <article.html | cut -c1-64)
	size=$(stat -c %s article.html)
	seal_notice
	harbour dossier "$letter" -o plain
	items=$(forge undossier plain items)
	harbour_ref=$(office_id harbour):$(office_head harbour)
	oslo_office=$(office_id oslo)
}

# dossier_with FILE KIND:FILE...: the plain items and these, which come after all of them.
dossier_with() {
	local to=$1
	shift
	forge dossier "$letter" $items "$@" >"$to"
}

# The same with Evil's register.
with_evil() {
	local to=$1 one office
	shift
	for one in $(printf '%s\n' $items | grep ^register) register:evil.0; do
		office=$(sed -n 's/^office //p' "${one#*:}" | head -n 1)
		test "$office" != - || office=$(forge id <"${one#*:}")
		printf '%s %05d %s\n' "$office" "$(sed -n 's/^seq //p' "${one#*:}")" "$one"
	done | LC_ALL=C sort | cut -d' ' -f3 >registers
	forge dossier "$letter" $(printf '%s\n' $items | grep ^seal) $(cat registers) "$@" >"$to"
}

judge() { valise-verify "$@" --know harbour.card --know oslo.card; }
facts() { valise-verify "$1" --know harbour.card --know oslo.card --json "${@:3}" | jq -c "$2"; }

@test "a report is shown as hearsay, moves nothing, and meets no requirement" {
	begin
	report received "$harbour_ref" 1 "$(officer_key harbour)" "speaker-office $oslo_office" >one
	dossier_with d report:one
	runs 0 judge d
	says "This dossier holds no statement by oslo."
	says 'is reported to have said ("confirmed") that it received the letter, after words of "a spokesman", when: "Wednesday" (not resolved)'
	says "Reported, said elsewhere by others"
	says "  - reported received, a paraphrase"
	says "not here, so that its words were not looked up"
	says "Whether 1 report of what was said elsewhere is true, or its speaker said so"
	is "statements" 0 "$(facts d '.accounts.said | length')"
	is "state" '"nothing"' "$(facts d '[.accounts.parties[] | select(.is_recipient)][0].state')"
	is "listed under Oslo" "[\"$(forge id <one)\"]" "$(facts d '[.accounts.parties[] | select(.is_recipient)][0].reported')"
	runs 3 judge d --require received
	runs 3 judge d --require "oslo:received"
}

@test "a report that calls itself a statement, or stands where one does: refused" {
	begin
	report received "$harbour_ref" 1 "$(officer_key harbour)" "speaker-office $oslo_office" >one
	dossier_with x statement:one
	runs 4 judge x
	says "this is no dossier"
	report_text received "$harbour_ref" 1 "speaker-office $oslo_office" | sed '1s/report/statement/' | forge sign "$(officer_key harbour)" >two
	dossier_with x statement:two
	runs 4 judge x
	is "statements" 0 "$(facts x '.accounts.said | length')"
	is "broken" 1 "$(facts x '.accounts.broken | length')"
	# The other way round, a statement among reports.
	statement "$letter" seen "$harbour_ref" principal 1 2026-12-01T00:00:00Z "$(officer_key harbour)" "regarding $letter" >three
	dossier_with x report:three
	runs 4 judge x
	says "this is no dossier"
}

@test "a reporter without standing, and another's letter" {
	begin
	evil=$(id_of_office evil)
	report received "$harbour_ref" 1 evil-all "speaker-office $oslo_office" >one
	dossier_with d report:one
	runs 0 judge d
	says "the reporter is not known to be in standing"
	is "stands" false "$(facts d '.accounts.reported[0].counts_as_filed')"
	is "sentence" false "$(facts d '.accounts.sentence | contains("reported")')"
	report received "$evil:$evil" 1 evil-all "speaker-office $oslo_office" >two
	with_evil d report:two
	runs 0 judge d
	says 'filed by "Front" of "Evil" (own name)'
	is "stands" true "$(facts d '.accounts.reported[0].counts_as_filed')"
	letter=$(printf x | sha256sum | cut -c1-64) report received "$harbour_ref" 1 "$(officer_key harbour)" >three
	dossier_with d report:three
	runs 4 judge d
	says "another letter"
}

@test "what an excerpt has proves nothing by itself; the exhibit whose hash fits does" {
	begin
	report received "$harbour_ref" 1 "$(officer_key harbour)" "speaker-office $oslo_office" >one
	excerpt 0 30 >piece
	dossier_with d report:one excerpt:piece
	runs 0 judge d
	says '"mission confirmed"'
	says "which proves nothing by itself"
	is "check" '"excerpt"' "$(facts d '.accounts.reported[0].spans[0].check')"
	# A piece that lies is shown as what it is, and the exhibit itself goes before it.
	tr m n <article.html >lie
	excerpt 0 30 lie >piece
	dossier_with d report:one excerpt:piece
	is "words" '"nission confirned"' "$(facts d '.accounts.reported[0].spans[0].words')"
	runs 0 judge d --file article.html --file lie
	says "article.html, sha256 $article: 1 place that reports name was read from it"
	says "lie, sha256 $(sha256sum <lie | cut -c1-64): nothing here names this file"
	says '"mission confirmed"'
	is "check" '"checked"' "$(facts d '.accounts.reported[0].spans[0].check' --file article.html)"
	is "lie" 0 "$(facts d '.files[0].places' --file lie)"
	is "no file" '"excerpt"' "$(facts d '.accounts.reported[0].spans[0].check' --file lie)"
	runs 1 judge d --file missing.html
	# A whole one that is not what its hash says is broken.
	excerpt 0 "$size" lie >whole
	dossier_with d report:one excerpt:whole
	runs 4 judge d
	is "check" '"not-here"' "$(facts d '.accounts.reported[0].spans[0].check')"
	excerpt 0 "$size" >whole
	dossier_with d report:one excerpt:whole
	runs 0 judge d
	is "check" '"checked"' "$(facts d '.accounts.reported[0].spans[0].check')"
	runs 0 valise verify d --know harbour.card --know oslo.card --file article.html
}

@test "nothing in a speaker, a way, or an exhibit's words reaches a terminal" {
	begin
	clean() {
		printf %s "$output" | LC_ALL=C tr -d '\n\t' | LC_ALL=C grep -q '[[:cntrl:]]' && return 1
		printf %s "$output" | LC_ALL=C grep -q "$(printf '\xe2\x80\xae')" && return 1
		printf %s "$output" | iconv -f UTF-8 -t UTF-8 >/dev/null
	}
	offset=60 length=$((size - 60)) report received "$harbour_ref" 1 "$(officer_key harbour)" "speaker-office $oslo_office" >one
	excerpt 40 $((size - 40)) >piece
	dossier_with d report:one excerpt:piece
	for how in "" "--file article.html" "--json" "--json --file article.html"; do
		runs 0 judge d $how
		clean
	done
	runs 0 judge d
	says 'r. \x1b]0;owned\x07\xff'
	# In a report itself they are refused.
	for one in $'\e[31m' $'\u202e' $'\xff'; do
		speaker="a ${one}spokesman" report received "$harbour_ref" 1 "$(officer_key harbour)" >bad
		dossier_with x report:bad
		runs 4 judge x
		clean
		via="via an ${one}agency"
		report received "$harbour_ref" 1 "$(officer_key harbour)" "$via" >bad
		dossier_with x report:bad
		runs 4 judge x
		clean
	done
	# Quotation marks do not end the words early.
	speaker='a spokesman", for Oslo: "signed' report received "$harbour_ref" 1 "$(officer_key harbour)" >two
	dossier_with d report:two
	runs 0 judge d
	says '"a spokesman\", for Oslo: \"signed"'
}

@test "a source, and who describes a paper letter, cannot end their own quotation in what is signed" {
	seal_notice
	printf '%s' 'we have it". Speaks for: Mission Oslo. Via: "the minister' >sly
	paper=$(harbour seal -t Oslo --paper 'a box": that we hold nothing. "' 2>/dev/null)
	harbour report "$paper" --says received --speaker 'x" as one who "swore' --verb said -e sly --span 0:55 --dry-run >question
	grep -qF 'described as "a box\": that we hold nothing. \"":' question
	grep -qF 'has "x\" as one who \"swore" as one who "said" it' question
	grep -qF 'At byte 0: "we have it\". Speaks for: Mission Oslo. Via: \"the minist' question
	runs 1 harbour report "$paper" --says received --speaker x --verb said -e sly --quote e --yes
}

@test "a reference that would be a sentence, and a name that is another's, are quoted" {
	sly='14/2026: we owe 1,000,000. It does not mean: less'
	letter=$(harbour seal -t Oslo --ref "$sly" notice.txt 2>/dev/null)
	put_out harbour stick "$letter"
	runs 0 oslo sync stick
	says ", ref \"$sly\", "
	runs 0 oslo say received "$letter" --dry-run
	says ", ref \"$sly\": the office holds every byte"
	runs 0 oslo track
	says ", ref \"$sly\""
	# Somebody unknown calls himself as Oslo calls Harbour.
	valise init harbour --title Registry --no-passphrase --no-recovery --dir mallory >/dev/null
	VALISE_DIR=$PWD/mallory valise card add oslo.card --as Oslo --unchecked >/dev/null 2>&1
	VALISE_DIR=$PWD/mallory valise seal -t Oslo --ref 15 notice.txt >/dev/null 2>&1
	VALISE_DIR=$PWD/mallory valise sync stick2 --all >/dev/null 2>&1 || { mkdir -p stick2; VALISE_DIR=$PWD/mallory valise sync stick2 --all >/dev/null 2>&1; }
	runs 0 oslo sync stick2
	says 'from "harbour" (own name), ref 15'
	runs 0 oslo track
	says '"harbour" (own name) to oslo, ref 15'
}

@test "reports travel, and track shows them apart" {
	begin
	report received "$harbour_ref" 1 "$(officer_key harbour)" "speaker-office $oslo_office" >one
	put_out harbour stick "$letter"
	forge bag hearsay.bag note:one
	lay stick hearsay.bag
	runs 0 oslo sync stick
	runs 0 oslo track "$letter"
	says "  - reported received, a paraphrase"
	says "Nothing by oslo itself is here."
	is "taken in" 20 "$(oslo track "$letter" --json | jq -r '.accounts.reported[0].taken_in' | tr -d '\n' | wc -c)"
	runs 0 oslo dossier "$letter" -o with
	is "reports" 1 "$(facts with '.accounts.reported | length')"
}

@test "more reports and statements than a letter has room for: those who take part are heard all the same" {
	begin
	evil=$(id_of_office evil)
	# A key has room for 10,000; what comes beyond is passed over, and told of once.
	report_text received "$evil:$evil" 1 "speaker-office $oslo_office" >text
	forge bag flood.bag note:evil.0 "flood:10050:evil-all:text"
	lay stick flood.bag
	runs 4 harbour sync stick
	says "10000 reports came"
	says "reports of $(harbour track "$letter" --json | jq -r .accounts.short) were passed over: a letter has room for so many by one key"
	is "said" 1 "$(grep -c "were passed over" <<<"$output")"
	is "reports" 10000 "$(harbour track "$letter" --json | jq '.accounts.reported | length')"
	# Nor is there room for another stranger, who signs in Oslo's name.
	report_text received "$oslo_office:$(office_head oslo)" 1 >other
	forge bag other.bag "flood:5:stranger:other"
	lay stick2 other.bag
	runs 4 harbour sync stick2
	says "were passed over"
	is "reports" 10000 "$(harbour track "$letter" --json | jq '.accounts.reported | length')"
	# Oslo takes part, and the office's own reports need nobody's leave.
	report received "$oslo_office:$(office_head oslo)" 1 "$(officer_key oslo)" >one
	forge bag oslo.bag note:one
	lay stick3 oslo.bag
	runs 0 harbour sync stick3
	says "1 report came"
	harbour report "$letter" --says received --speaker x --verb said -e article.html --span 4:7 --yes >/dev/null 2>&1
	is "reports" 10002 "$(harbour track "$letter" --json | jq '.accounts.reported | length')"
	# The same of statements.
	statement "$letter" comment "$evil:$evil" spokesperson 1 2026-12-01T00:00:00Z evil-all "text we see" >signed
	sed '/^by /,$d' signed >text
	forge bag statements.bag "flood:10050:evil-all:text"
	lay stick4 statements.bag
	runs 4 harbour sync stick4
	says "statements of "
	says "10000 statements came"
	oslo_said=$(statement "$letter" comment "$oslo_office:$(office_head oslo)" spokesperson 1 2026-12-01T00:00:00Z "$(officer_key oslo)" "text ours")
	printf '%s\n' "$oslo_said" >one
	forge bag said.bag note:one
	lay stick5 said.bag
	runs 0 harbour sync stick5
	says "1 statement came"
}

@test "who writes an office's name on a report keeps it from filing none of its own" {
	begin
	harbour report "$letter" --says received --speaker x --verb said -e article.html --span 4:7 --dry-run | sed '1,/^$/d' >text
	sed 's/^nth .*/nth 1/; /^by /d' text | forge sign evil-all >lie
	forge bag lie.bag note:lie
	lay stick lie.bag
	runs 0 harbour sync stick
	says "1 report came"
	runs 0 harbour report "$letter" --says received --speaker x --verb said -e article.html --span 4:7 --dry-run
	says "You state"
	lacks "nothing needs to be signed"
	harbour report "$letter" --says received --speaker x --verb said -e article.html --span 4:7 --yes >/dev/null 2>&1
	is "filed" 2 "$(harbour track "$letter" --json | jq '.accounts.reported | length')"
	runs 0 harbour report "$letter" --says received --speaker x --verb said -e article.html --span 4:7 --dry-run
	says "nothing needs to be signed"
}

@test "each byte of a dossier with a report changed: no report's meaning grows" {
	begin
	report received "$harbour_ref" 1 "$(officer_key harbour)" "speaker-office $oslo_office" >one
	excerpt 0 "$size" >whole
	dossier_with d report:one excerpt:whole
	runs 0 forge flip-dossier d harbour.card oslo.card
	says "flips of 2 lines of meaning"
}
