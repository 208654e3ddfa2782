#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Many letters: lists page by page, what they come to, finding one, when somebody was last heard of; and the whole spool in one file.

load offices
load clock
load sticks

setup() {
	cd "$BATS_TEST_TMPDIR"
	found_two
	echo text >file
}

# Letters to Oslo, ref N/2026, subject "Notice N".
seal_some() { # FROM TO
	for ((n = $1; n <= $2; n++)); do
		as harbour seal -t Oslo --ref "$n/2026" -s "Notice $n: Zürich" file >/dev/null
	done
}

to_oslo() {
	mkdir -p stick
	as harbour sync stick --all >/dev/null
	as oslo sync stick >/dev/null
}

ids() { # WORD...: of harbour's list, one a line
	as harbour track --json "$@" | json_at '"\n".join(l["letter"] for l in d["letters"])'
}

next_of() {
	as harbour track --json "$@" | json_at 'd["next"] or ""'
}

@test "pages have every letter once, also while letters come in" {
	seal_some 1 7
	ids --all >all
	[ "$(wc -l <all)" -eq 7 ]
	ids --limit 3 >pages
	next=$(next_of --limit 3)
	seal_some 8 9
	while [ -n "$next" ]; do
		ids --limit 3 --before "$next" >>pages
		next=$(next_of --limit 3 --before "$next")
	done
	cmp all pages
	as harbour track --limit 3 >shown
	grep -q "^There are more: the same with --before $(as harbour track --json --limit 3 | json_at 'd["letters"][2]["short"]')\.$" shown
	grep -q "^9 letters, " shown
	refute grep -q "There are more" <(as harbour track --all)
	[ "$(status_of as harbour track --limit 0)" -eq 2 ]
	[ "$(status_of as harbour track --limit 3 --all)" -eq 2 ]
	[ "$(status_of as harbour track --limit 3 1/2026)" -eq 2 ]
}

@test "fifty are shown unless more are asked for" {
	seal_some 1 52
	[ "$(ids | wc -l)" -eq 50 ]
	[ "$(ids --all | wc -l)" -eq 52 ]
	[ "$(as harbour track | grep -c ' Harbour Legal to Oslo')" -eq 50 ]
}

@test "filters, and what is counted" {
	seal_some 1 3
	as harbour seal -t Oslo --paper "one sheet, red wax" --ref 20/2026 >/dev/null
	to_oslo
	as oslo say received --all --yes >/dev/null
	as oslo say reviewed 2/2026 --yes >/dev/null
	as oslo seal -t Harbour --ref 1/oslo file >/dev/null
	as oslo sync stick --all >/dev/null
	as harbour sync stick >/dev/null
	refs() {
		as harbour track --json "$@" | json_at 'sorted(l["ref"] for l in d["letters"])'
	}
	[ "$(refs --from self)" = "['1/2026', '2/2026', '20/2026', '3/2026']" ]
	[ "$(refs --from Oslo)" = "['1/oslo']" ]
	[ "$(refs --to self)" = "['1/oslo']" ]
	[ "$(refs --to Oslo --unanswered)" = "['1/2026', '20/2026', '3/2026']" ]
	[ "$(refs --ref 2)" = "['2/2026', '20/2026']" ]
	[ "$(refs --ref 2 --unanswered)" = "['20/2026']" ]
	[ "$(refs --ref 2/2026)" = "['2/2026']" ]
	[ "$(refs --since 2100-01-01)" = "[]" ]
	[ "$(refs --until 2100-01-01 --from Oslo)" = "['1/oslo']" ]
	[ "$(refs --search wax)" = "['20/2026']" ]
	# The second that is named belongs to it, at either end.
	sealed=$(as harbour track 2/2026 --json | json_at 'd["accounts"]["date"]')
	around=$(refs --since "$sealed" --until "$sealed")
	[[ $around == *"'2/2026'"* ]]
	second() { date -u -d "$sealed $1" +%FT%TZ; }
	[[ $(refs --since "$(second "1 second")") != *"'2/2026'"* ]]
	[[ $(refs --until "$(second "1 second ago")") != *"'2/2026'"* ]]
	[[ $(refs --since "$(second "1 second ago")" --until "$(second "1 second")" --ref 2/) == *"'2/2026'"* ]]
	as harbour track --json >list
	[ "$(json_at '[d["totals"][k] for k in ("letters", "own", "own_unreceived", "own_unanswered", "own_past", "for_us", "for_us_unopened", "for_us_unanswered", "others")]' <list)" = "[5, 4, 1, 3, 0, 1, 1, 1, 0]" ]
	[ "$(as harbour track --json --from Oslo | json_at 'd["totals"]')" = None ]
	as harbour track | grep -qx "5 letters, as far as is known here. Yours: 4 (1 not received by all, 3 unanswered). For you: 1 (1 unopened, 1 unanswered)."
	# The same by the log: every account made anew.
	as harbour track --json --as-of "$(date -u +%FT%TZ)" >anew
	shown='[[l[k] for k in ("letter", "state", "is_unanswered", "to")] for l in d["letters"]], d["totals"]'
	[ "$(json_at "$shown" <list)" = "$(json_at "$shown" <anew)" ]
}

@test "unanswered: by anybody, and among the letters to us by us" {
	found bergen "Mission Bergen"
	introduce harbour bergen Bergen
	introduce oslo bergen Bergen
	as harbour seal -t Oslo -t Bergen --ref both file >/dev/null
	as harbour seal -t Oslo --ref ours file >/dev/null
	to_oslo
	as oslo say received --all --yes >/dev/null
	as oslo say reviewed both --yes >/dev/null
	refs() { as oslo track --json "$@" | json_at 'sorted(l["ref"] for l in d["letters"])'; }
	[ "$(refs --unanswered)" = "['both', 'ours']" ]
	for as_of in "" "--as-of $(date -u +%FT%TZ)"; do
		[ "$(refs --unanswered --to self $as_of)" = "['ours']" ]
		[ "$(refs --unanswered --to self --from Harbour $as_of)" = "['ours']" ]
		[ "$(refs --unanswered --to Bergen $as_of)" = "['both']" ]
	done
}

@test "an answer is past when it is, and not when it was counted" {
	needs_clock
	as harbour seal -t Oslo --ref late --answer-by "$(date -u -d '+1 hour' +%FT%TZ)" file >/dev/null
	[ "$(as harbour track --json | json_at 'd["totals"]["own_past"], d["letters"][0]["is_past"]')" = "(0, False)" ]
	later=$(off 7200 harbour track --json | json_at 'd["totals"]["own_past"], d["letters"][0]["is_past"]')
	[ "$later" = "(1, True)" ]
	off 7200 harbour track | grep -q "; unanswered since "
}

@test "subjects are found in any case, and stand nowhere on the disk" {
	seal_some 1 3
	as harbour seal -t Oslo --ref kept-out -s "Notice nobody here can read" --keep-no-copy file >/dev/null
	as harbour track --search "ZÜRICH 2:" >found
	grep -q 'ref 2/2026, subject "Notice 2: Zürich"' found
	[ "$(grep -c subject found)" -eq 2 ]
	grep -qx "Of 1 letter the subject could not be read here." found
	[ "$(as harbour track --json --search notice | json_at 'len(d["letters"]), d["reads_subjects"], d["closed_covers"]')" = "(3, True, 1)" ]
	[ "$(as harbour track --json --search KEPT | json_at '[l["ref"] for l in d["letters"]]')" = "['kept-out']" ]
	[ "$(as harbour track --json --search "notice nothing" | json_at 'd["letters"]')" = "[]" ]
	refute grep -rqi "Notice 2" offices/harbour
	[ "$(status_of as harbour track --search " ")" -eq 2 ]
}

@test "a subject is looked for only where a reading key is" {
	seal_some 1 1
	for key in offices/harbour/keys/*; do
		if grep -q '^reading' "$key"; then
			mv "$key" .
		fi
	done
	as harbour track --search notice >found
	grep -qx "No reading key of your office is here: subjects were not looked at." found
	[ "$(as harbour track --json --search 1/2026 | json_at 'len(d["letters"]), d["reads_subjects"]')" = "(1, False)" ]
}

@test "when somebody was last heard of" {
	seal_some 1 2
	[ "$(as harbour track --heard)" = "Oslo: nothing that it sealed or said is here" ]
	to_oslo
	as oslo say received 1/2026 --yes >/dev/null
	as oslo sync stick --all >/dev/null
	as harbour sync stick >/dev/null
	as harbour track --heard | grep -q '^Oslo: received .*, ref 1/2026 on .* (own clock), by "Registry"; here since '
	as harbour track --heard --json >heard
	[ "$(json_at '[(h["office"], h["says"], h["ref"]) for h in d["heard"]]' <heard)" = "[('Oslo', 'received', '1/2026')]" ]
	as harbour track --heard self | grep -q "^Harbour Legal: sealed "
	# What somebody reports of it is not its own word.
	echo 'Oslo: "we reviewed it"' >article
	as harbour report 2/2026 --speaker Oslo --speaker-office Oslo --says reviewed --verb said --exhibit article --quote "we reviewed it" --yes >/dev/null
	as harbour track --heard --json | cmp - heard
	[ "$(status_of as harbour track --heard nobody)" -eq 1 ]
	[ "$(status_of as harbour track --heard --limit 3)" -eq 2 ]
}

@test "a spool that cannot be written is counted all the same, and nothing is kept" {
	need_mounts
	seal_some 1 3
	as harbour track >/dev/null
	seal_some 4 6
	mount_read_only "$BATS_TEST_TMPDIR/offices/harbour"
	for words in "" "--to Oslo --unanswered --limit 4" "--from self --ref 5" "--from Oslo" "--heard self"; do
		as harbour track $words --json >>read-only
	done
	unmount "$BATS_TEST_TMPDIR/offices/harbour"
	python='import sqlite3; print(sqlite3.connect("offices/harbour/valise.db").execute("SELECT count(*) FROM outline_stale").fetchone()[0])'
	[ "$(/usr/bin/env python3 -c "$python")" -eq 3 ]
	for words in "" "--to Oslo --unanswered --limit 4" "--from self --ref 5" "--from Oslo" "--heard self"; do
		as harbour track $words --json >>kept
	done
	[ "$(/usr/bin/env python3 -c "$python")" -eq 0 ]
	cmp read-only kept
	[ "$(grep -c '"ref": "5/2026"' kept)" -eq 3 ]
}

@test "what is counted wrong is found out, and counted again" {
	seal_some 1 2
	as harbour track >right
	[ "$(as harbour doctor)" = "Everything is in order." ]
	/usr/bin/env python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("UPDATE outline SET class = 2"); d.commit()' \
		offices/harbour/valise.db
	[ "$(status_of as harbour doctor)" -eq 4 ]
	as harbour doctor 2>&1 | grep -q 'valise doctor --rebuild'
	[ "$(as harbour doctor --rebuild)" = "Everything is in order." ]
	as harbour track | cmp - right
}

sound() { # OFFICE: but for being a copy, of which the doctor says so
	as "$1" doctor >found
	[ "$(wc -l <found)" -eq 1 ]
	grep -q "copy of another" found
}

@test "a spool is the same after export and import" {
	head -c 200000 /dev/urandom >big
	seal_some 1 3
	as harbour seal -t Oslo --ref big big >/dev/null
	as harbour exhibit add big --letter big >/dev/null
	as harbour export spool.tar
	[ "$(stat -c %a spool.tar)" = 600 ]
	VALISE_DIR=$PWD/offices/new valise import spool.tar --json | json_at 'd["files"]' | grep -qx 5
	sound new
	for words in "track --all" "track big" "exhibit list" "card list" "officer list"; do
		diff <(as harbour $words --json) <(as new $words --json)
	done
	as new open big -o opened >/dev/null
	cmp big opened/big
	as new say comment big --text "from the copy" --yes >/dev/null
	# Only one of the two may write entries of the register.
	[ "$(status_of as new officer dismiss Registry --reason "from the copy")" -eq 1 ]
	as new doctor --only-copy >/dev/null
	[ "$(as new doctor)" = "Everything is in order." ]
	# By hand as well.
	mkdir by-hand
	(cd by-hand && umask 077 && tar --no-same-permissions -xf ../spool.tar && sha256sum --quiet -c MANIFEST)
	chmod 0400 by-hand/bodies/*/* by-hand/exhibits/*/*
	valise doctor --dir by-hand | grep -q "copy of another"
	# Nothing is written over.
	[ "$(status_of as harbour export spool.tar)" -eq 1 ]
	[ "$(status_of as new import spool.tar)" -eq 1 ]
	mkdir offices/empty
	[ "$(status_of as empty import spool.tar)" -eq 1 ]
	[ "$(find . -name '.valise-*' | wc -l)" -eq 0 ]
}

@test "an export that fails leaves nothing, on a filesystem without unnamed files too" {
	needs_clock
	head -c 200000 /dev/urandom >big
	as harbour seal -t Oslo big >/dev/null
	body=$(find offices/harbour/bodies -type f)
	rm "$body"
	mkdir "$body"
	refute as harbour export spool.tar
	LD_PRELOAD=$FAULT_LIBRARIES/preload_fat.so refute as harbour export spool.tar
	[ -z "$(find . -maxdepth 1 -name '.valise*' -o -maxdepth 1 -name spool.tar)" ]
}

@test "an export that is killed leaves nothing that the next command does not sweep" {
	command -v strace >/dev/null || skip "strace is not installed"
	seal_some 1 2
	for n in 2 20 60; do
		strace -f -qq -o /dev/null -e "inject=pwrite64:signal=KILL:when=$n" valise export spool.tar --dir offices/harbour >/dev/null 2>&1 || true
		[ ! -e spool.tar ] || break
		as harbour sync stick >/dev/null 2>&1 || mkdir -p stick
		as harbour seal -t Oslo file >/dev/null
		[ -z "$(find offices/harbour/tmp -type f)" ]
	done
	[ "$n" -gt 2 ]
}

@test "an export is of one moment while others write" {
	seal_some 1 3
	(
		while [ ! -e enough ]; do
			as harbour seal -t Oslo file || exit
		done
	) >/dev/null 2>&1 3>&- &
	for n in 1 2 3; do
		as harbour export - | valise import - --dir "offices/copy$n"
	done
	touch enough
	wait
	for n in 1 2 3; do
		sound "copy$n"
		[ "$(as "copy$n" track --json | json_at 'd["totals"]["letters"] >= 3')" = True ]
	done
}

@test "a killed import leaves nothing by its name, and the next one clears up" {
	head -c 300000 /dev/urandom >big
	as harbour seal -t Oslo big >/dev/null
	as harbour export spool.tar
	mkfifo slow
	valise import slow --dir offices/new >/dev/null 2>&1 3>&- &
	pid=$!
	exec 9>slow
	head -c 400000 spool.tar >&9 3>&-
	for ((i = 0; i < 100; i++)); do
		[ -z "$(find offices -path '*.valise-import-*' -name valise.db)" ] || break
		sleep 0.1
	done
	kill -KILL "$pid"
	wait "$pid" || true
	exec 9>&-
	[ ! -e offices/new ]
	[ "$(find offices -maxdepth 1 -name '.valise-import-*' | wc -l)" -eq 1 ]
	as new import spool.tar
	[ "$(find offices -maxdepth 1 -name '.valise-import-*' | wc -l)" -eq 0 ]
	sound new
}
