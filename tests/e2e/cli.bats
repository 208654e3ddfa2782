#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The command line's promises: help, refusals, exit statuses, where output goes, and JSON that parses.

load offices

commands() {
	valise help | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p'
}

# Words that satisfy a command's operands, so that only the option is wrong.
words_for() {
	case $1 in
	init | "officer dismiss" | "card add" | seal | sync | open | dossier | docket | verify) echo x ;;
	say) echo received x ;;
	esac
}

options_of() { # COMMAND: "name VALUE|-" for each of its options
	valise help $1 | sed -n 's/^ \{2,6\}\(-[a-z], \)\{0,1\}--\([a-z-]*\) *\([A-Z][A-Z,.]*\|opened\)\{0,1\}\($\|  .*\)/\2 \3/p' |
		awk '{ print $1, ($2 == "" ? "-" : $2) }'
}

@test "the version is printed without an office, a home or a terminal" {
	run env -i "$(command -v valise)" --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^valise\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	run valise-verify --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^valise-verify\ [0-9] ]]
}

@test "the overview lists every command, and each has its help on standard output" {
	[ "$(commands | wc -l)" -ge 16 ]
	commands | while read -r command; do
		valise help $command >"$BATS_TEST_TMPDIR/one" 2>"$BATS_TEST_TMPDIR/err"
		valise $command --help >"$BATS_TEST_TMPDIR/two" 2>>"$BATS_TEST_TMPDIR/err"
		cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
		[ ! -s "$BATS_TEST_TMPDIR/err" ]
		head -n 1 "$BATS_TEST_TMPDIR/one" | grep -q "^usage: valise $command"
		options_of "$command" | grep -q "^json -$"
		[ "$(awk 'length > 80' "$BATS_TEST_TMPDIR/one" | wc -l)" -eq 0 ]
	done
}

@test "the help of seal and report says what they cannot do without" {
	valise seal --help | head -n 1 | grep -q -e "-t OFFICE... {FILE|DIR|-... | --paper TEXT}"
	valise report --help | tr '\n' ' ' | grep -q "needs --says, --speaker, --verb, --exhibit, and where: --quote, --span or --where"
}

@test "help of help is the overview" {
	valise help >"$BATS_TEST_TMPDIR/overview"
	for word in help --help -h; do
		valise help $word | cmp - "$BATS_TEST_TMPDIR/overview"
		valise --help $word | cmp - "$BATS_TEST_TMPDIR/overview"
	done
}

@test "no command, and an unknown one, are usage errors that help" {
	run valise
	[ "$status" -eq 2 ]
	[[ $output == *"usage: valise COMMAND"* ]]
	run valise seel
	[ "$status" -eq 2 ]
	[[ $output == *'`valise seal`'* ]]
	run valise card ad
	[ "$status" -eq 2 ]
	[[ $output == *'`valise card add`'* ]]
	run valise xyzzy
	[ "$status" -eq 2 ]
	[[ $output == *"xyzzy"* ]]
	run valise card
	[ "$status" -eq 2 ]
	[[ $output == *"card export"* ]]
}

@test "an unknown option is named, with the nearest that there is" {
	commands | while read -r command; do
		run valise $command --no-such-thing
		[ "$status" -eq 2 ]
		[[ $output == *"--no-such-thing"* ]]
		run valise $command -%
		[ "$status" -eq 2 ]
		[[ $output == *"-%"* ]]
	done
	run valise seal --anser-by +1d -t x y
	[[ $output == *"--answer-by"* ]]
}

@test "every option refuses to stand without its value, or with one that it does not take" {
	commands | while read -r command; do
		options_of "$command" | while read -r name value; do
			words=$(words_for "$command")
			if [ "$value" = - ]; then
				run valise $command $words "--$name=1"
			else
				run valise $command $words "--$name"
			fi
			[ "$status" -eq 2 ]
			[[ $output == *"--$name"* ]]
		done
	done
}

@test "what can be said once is refused twice" {
	commands | while read -r command; do
		valise help $command | grep -q repeatable || true
		options_of "$command" | while read -r name value; do
			[ "$value" != - ] || continue
			case " to scan via text regarding disclose require know file " in *" $name "*)
				[ "$command $name" = "say to" ] || continue ;;
			esac
			case $value in TIME) word=+1d ;; N) word=0 ;; *) word=x ;; esac
			run valise $command $(words_for "$command") "--$name" "$word" "--$name=$word"
			[ "$status" -eq 2 ]
			[[ $output == *"--$name is given twice"* ]]
		done
	done
}

@test "times that do not exist are refused" {
	for time in tomorrow 2026-02-31 2026-13-01 2026-12-22T25:00:00Z 2026-12-22T00:00:00 +5 +x5d +99999999999d 2026-1-1 ''; do
		run valise seal -t x --answer-by "$time" y
		[ "$status" -eq 2 ]
		[[ $output == *"--answer-by"* ]]
	done
}

@test "missing words, and words too many, are usage errors" {
	for command in init "officer dismiss" "card add" seal sync say open dossier docket verify; do
		run valise $command
		[ "$status" -eq 2 ]
	done
	run valise track a b
	[ "$status" -eq 2 ]
	[[ $output == *"b is one word too many"* ]]
	run valise-verify
	[ "$status" -eq 2 ]
}

@test "options that exclude each other are refused" {
	touch "$BATS_TEST_TMPDIR/f"
	for words in "init x --title t --recovery a --no-recovery" "init x --title t --no-recovery" "init x --no-recovery --no-passphrase" \
		"init x --title t --no-passphrase" "card add f --as x" "card add f --unchecked" \
		"card add f --as x --digits 1 --unchecked" "sync -" "sync d --in" "sync d --all l" "sync - --in l" \
		"sync - --out --json" "sync d --bare --via x" "say received" "say received --all l --yes" "say reviewed --all --yes" \
		"say received l" "say receivd l --yes" "open" "open --all l" "open l --say reviewed" "open l -o -" "open -a -o -" "dossier l --json" "docket l --json" \
		"card export --json" "officer add --title t --no-passphrase" "officer add --roles clerk --no-passphrase" \
		"officer add --title t --roles clerk" "officer dismiss x" "seal f" "card list --passphrase-fd 1" "track --thread x y" "track --proposals x" "track --thread x --last held" \
		"seal -t x f --passphrase-fd 99" "seal -t x f --passphrase-fd -1" "seal -t x f --passphrase-fd 1x" \
		"track --dir="; do
		run bash -c 'cd "$1" && shift && "$@" </dev/null' - "$BATS_TEST_TMPDIR" valise $words
		echo "$words: $status $output"
		[ "$status" -eq 2 ]
	done
}

@test "without an office here the exit status is 10" {
	touch "$BATS_TEST_TMPDIR/f"
	cd "$BATS_TEST_TMPDIR"
	for words in "officer list" "officer dismiss x --reason y" "card show" "card list" "card export" \
		"officer add --title t --roles clerk --no-passphrase" "card add f --as x --unchecked" "seal -t x f" "sync ." \
		"say received x --yes" "open x" "track" "track x" "dossier x" "docket x" "doctor"; do
		[ "$(status_of valise $words --dir "$BATS_TEST_TMPDIR/none")" -eq 10 ]
		[ "$(status_of valise $words)" -eq 10 ]
	done
	[ ! -e "$BATS_TEST_TMPDIR/none" ]
}

@test "the office's directory: --dir, VALISE_DIR, XDG_DATA_HOME, home, in that order" {
	valise init A --title t --no-passphrase --no-recovery </dev/null
	[ -e "$XDG_DATA_HOME/valise/valise.db" ]
	XDG_DATA_HOME='' valise init B --title t --no-passphrase --no-recovery </dev/null
	[ -e "$HOME/.local/share/valise/valise.db" ]
	# A relative one is ignored, as XDG has it.
	[ "$(XDG_DATA_HOME=data valise card show --json | json_at 'd["office"]["name"]')" = B ]
	VALISE_DIR=$BATS_TEST_TMPDIR/c valise init C --title t --no-passphrase --no-recovery </dev/null
	[ "$(VALISE_DIR=$BATS_TEST_TMPDIR/c valise card show --json | json_at 'd["office"]["name"]')" = C ]
	[ "$(VALISE_DIR=/nowhere valise card show --dir "$BATS_TEST_TMPDIR/c" --json | json_at 'd["office"]["name"]')" = C ]
	[ "$(stat -c %a "$XDG_DATA_HOME/valise")" = 700 ]
}

@test "standard output that is full or closed is a failure" {
	found harbour "Harbour Legal"
	for words in help "help say" "card show" "card show --json" "card export" "doctor --json" "nonsense --json"; do
		run bash -c 'valise "$@" --dir '"$BATS_TEST_TMPDIR/offices/harbour"' >/dev/full' - $words
		case $words in
		help*) run bash -c 'valise "$@" >/dev/full' - $words ;;
		esac
		[ "$status" -ne 0 ]
		[[ $output == *"cannot write to standard output: No space left on device"* ]]
	done
	run bash -c 'valise help >&-'
	[ "$status" -eq 1 ]
	[[ $output == *"cannot write to standard output"* ]]
	# A file that is opened must not become standard output.
	run bash -c 'valise card list --dir '"$BATS_TEST_TMPDIR/offices/harbour"' <&- >&- 2>&-'
	[ "$status" -eq 0 ]
	[ "$(status_of as harbour doctor)" -eq 0 ]
}

@test "a reader that is gone ends it quietly, without a signal" {
	run /usr/bin/env python3 - <<'END'
import os, subprocess
r, w = os.pipe()
os.close(r)
p = subprocess.run(["valise", "help", "say"], stdout=w, stderr=subprocess.PIPE)
print(p.returncode, p.stderr)
END
	[ "$output" = "1 b''" ]
}

@test "closed standard input is no empty letter" {
	found_two
	run bash -c 'valise seal -t Oslo - --dir '"$BATS_TEST_TMPDIR/offices/harbour"' <&-'
	[ "$status" -eq 1 ]
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 0 ]
}

@test "every command's --json is one JSON document, errors too" {
	found_two
	echo text >"$BATS_TEST_TMPDIR/f"
	cd "$BATS_TEST_TMPDIR"
	as harbour init again --title t --no-passphrase --no-recovery --dry-run --json | json_at 'd["error"]["code"]' | grep -qx exists
	valise init new --title t --dry-run --json --dir "$BATS_TEST_TMPDIR/new" </dev/null | json_at 'd["dry_run"]' | grep -qx True
	[ ! -e "$BATS_TEST_TMPDIR/new" ]
	as harbour officer add --title Desk --roles clerk --no-passphrase --json | json_at 'd["key"]' | grep -q ^valise/
	as harbour officer add --title Desk2 --roles clerk --dry-run --json | json_at 'd["key"]' | grep -qx None
	as harbour officer dismiss Desk --reason left --dry-run --json | is_json
	as harbour officer dismiss Desk --reason left --json | is_json
	as harbour officer list --json | json_at '[o["dismissed"] != None for o in d["office"]["officers"]]' | grep -qx '\[False, True\]'
	as harbour card show Oslo --json | json_at 'd["office"]["petname"]' | grep -qx Oslo
	as harbour card list --json | json_at 'd["offices"][0]["checked"]' | grep -qx True
	as harbour card export -o card --json | is_json
	as harbour card add oslo.card --as Oslo --unchecked --json | is_json
	as harbour seal -t Oslo f --dry-run --json | json_at 'd["letter"]' | grep -qx None
	letter=$(as harbour seal -t Oslo f --json | json_at 'd["letter"]')
	mkdir stick
	as harbour sync stick "$letter" --look --json | is_json
	[ -z "$(ls stick)" ]
	as harbour sync stick "$letter" --json | json_at 'len(d["out"])' | grep -qx 1
	as oslo sync stick --json | json_at 'd["in"][0]["is_whole"]' | grep -qx True
	as oslo say received "$letter" --dry-run --json | json_at 'd["statements"][0]["note"]' | grep -qx None
	as oslo say received "$letter" --yes --json | json_at 'len(d["statements"][0]["note"])' | grep -qx 64
	as oslo say received "$letter" --yes --json | json_at 'd["statements"][0]["note"]' | grep -qx None
	as oslo open "$letter" --dry-run --json | json_at 'd["letters"][0]["parts"][0]["name"]' | grep -qx f
	as oslo open "$letter" -o out --say opened --json | json_at 'len(d["statements"])' | grep -qx 1
	as oslo track --json | json_at 'd["letters"][0]["state"]' | grep -qx opened
	as oslo track "$letter" --json | json_at 'd["accounts"]["said"][0]["says"]' | grep -qx received
	as oslo dossier "$letter" -o dossier --json | is_json
	as oslo verify dossier --json | json_at 'd["verdict"]' | grep -qx sound
	as oslo doctor --json | json_at 'd["sound"]' | grep -qx True
	# Errors: one document each, with the exit status inside that was outside.
	for words in "track nothing" "open nothing" "dossier nothing -o x" "docket nothing" "say opened nothing --yes" "seal -t nobody f" \
		"card show nobody" "sync nowhere" "verify nowhere" "card add f --as x --unchecked" "track --nonsense" "xyzzy"; do
		status=0
		as harbour $words --json >answer 2>err || status=$?
		[ ! -s err ]
		[ "$(json_at '(d.get("error") or d["letters"][0]["error"])["exit"]' <answer)" -eq "$status" ]
	done
}

@test "exit statuses of a dossier: 0, 3, 4, 5, and which goes first" {
	found_two
	found other "Somebody Else"
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	letter=$(as harbour seal -t Oslo f)
	as harbour say handed "$letter" --to Oslo --yes >/dev/null
	as harbour dossier "$letter" -o dossier
	[ "$(status_of as harbour verify dossier)" -eq 0 ]
	[ "$(status_of as harbour verify - <dossier)" -ne 0 ]
	[ "$(status_of valise-verify dossier)" -eq 5 ]
	[ "$(status_of as other verify dossier)" -eq 5 ]
	as harbour card export -o harbour2.card
	[ "$(status_of valise-verify dossier --know harbour2.card)" -eq 5 ]
	[ "$(status_of valise-verify dossier --know harbour2.card --know oslo.card)" -eq 0 ]
	[ "$(status_of valise verify dossier --know harbour2.card --know oslo.card)" -eq 0 ]
	[ "$(status_of valise-verify dossier --require handed)" -eq 5 ]
	[ "$(status_of valise-verify dossier --require handed --require received)" -eq 3 ]
	[ "$(status_of as harbour verify dossier --require handed)" -eq 0 ]
	[ "$(status_of as harbour verify dossier --require Oslo:received)" -eq 3 ]
	[ "$(status_of as harbour verify dossier --require nonsense)" -eq 2 ]
	valise-verify - <dossier >one || [ $? -eq 5 ]
	for option in --know --file; do
		run valise-verify - $option - <dossier
		[ "$status" -eq 2 ]
		[[ $output == *"standard input can be read once"* ]]
	done
	valise-verify dossier >two || [ $? -eq 5 ]
	cmp one two
	# Another word in the statement: its signature is bad, and that goes before anything unmet or unknown.
	sed 's/^says handed$/says opened/' dossier >altered
	refute cmp -s dossier altered
	[ "$(status_of valise-verify altered)" -eq 4 ]
	[ "$(status_of valise-verify altered --require received)" -eq 4 ]
	head -c 500 dossier >cut
	[ "$(status_of valise-verify cut)" -eq 4 ]
	: >empty
	[ "$(status_of valise-verify empty)" -eq 4 ]
	[ "$(status_of valise-verify dossier --know f)" -eq 4 ]
	[ "$(status_of valise-verify nowhere)" -eq 1 ]
	[ "$(status_of valise-verify .)" -eq 1 ]
}

@test "a dossier's file is whole or not there, and nothing is written over unasked" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	letter=$(as harbour seal -t Oslo f)
	mkdir out
	as harbour dossier "$letter" -o out/d
	as harbour dossier "$letter" >d
	cmp d out/d
	echo mine >out/mine
	run as harbour dossier "$letter" -o out/mine
	[ "$status" -eq 1 ]
	[[ $output == *--force* ]]
	[ "$(cat out/mine)" = mine ]
	as harbour dossier "$letter" -o out/mine --force
	cmp d out/mine
	ln -s "$BATS_TEST_TMPDIR/elsewhere" out/link
	run as harbour dossier "$letter" -o out/link
	[ "$status" -eq 1 ]
	[ ! -e elsewhere ]
	[ "$(status_of as harbour dossier "$letter" -o /dev/full)" -eq 1 ]
	[ "$(status_of as harbour dossier "$letter" -o nowhere/d)" -eq 1 ]
	[ "$(ls -A out | wc -l)" -eq 3 ]
}

@test "names that are no UTF-8, or that would draw on the terminal, are shown escaped" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	name=$(printf 'a\033[31m\377b')
	echo text >"$name"
	letter=$(as harbour seal -t Oslo "$name")
	as harbour open "$letter" --dry-run >shown
	grep -qF 'a\x1b[31m\xffb' shown
	refute grep -q $'\033' shown
	as harbour open "$letter" --dry-run --json | json_at 'd["letters"][0]["parts"][0]["name"]' | grep -qxF 'a\x1b[31m\xffb'
	for words in "track" "card show" "dossier" "seal -t" "verify"; do
		run valise $words "$name" --dir "$BATS_TEST_TMPDIR/offices/harbour"
		[ "$status" -ne 0 ]
		refute grep -q $'\033' <<<"$output"
	done
	run valise "$name"
	refute grep -q $'\033' <<<"$output"
	run valise track "--$name"
	refute grep -q $'\033' <<<"$output"
}

@test "values stand attached or apart, options before or after, and -- ends them" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	echo text >--ref
	as harbour seal f -tOslo --ref=14/2026 >/dev/null
	as harbour seal -t Oslo --ref 15/2026 f >/dev/null
	valise seal --dir offices/harbour --to Oslo --ref 16 -- --ref f </dev/null >/dev/null
	[ "$(as harbour track --json | json_at 'sorted(l["ref"] for l in d["letters"])')" = "['14/2026', '15/2026', '16']" ]
}

@test "an interrupted command says so, with 130, and leaves nothing" {
	found_two
	run /usr/bin/env python3 - "$BATS_TEST_TMPDIR/offices/harbour" <<'END'
import os, signal, subprocess, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    r, w = os.pipe()
    # Whoever runs the tests may ignore one of them, as nohup does, and the program leaves it so.
    p = subprocess.Popen(["valise", "seal", "-t", "Oslo", "-", "--dir", sys.argv[1]], stdin=r, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
    os.write(w, b"x" * 60000)
    time.sleep(0.5)
    p.send_signal(number)
    try:
        out, err = p.communicate(timeout=1)
    except subprocess.TimeoutExpired:
        os.write(w, b"x" * 60000)
        out, err = p.communicate(timeout=20)
    print(p.returncode, out, b"interrupted" in err)
END
	echo "$output"
	[ "$output" = "130 b'' True
130 b'' True
130 b'' True" ]
	[ "$(as harbour track --json | json_at 'len(d["letters"])')" -eq 0 ]
	run as harbour doctor
	[ "$status" -eq 0 ]
	[ "$output" = "Everything is in order." ]
}

@test "what is piped is quiet: no talk, no hints, no colour" {
	found_two
	cd "$BATS_TEST_TMPDIR"
	echo text >f
	letter=$(as harbour seal -t Oslo f 2>err)
	[ ${#letter} -eq 64 ]
	[ ! -s err ]
	mkdir stick
	as harbour sync stick "$letter" >out 2>err
	[ ! -s err ]
	as harbour track "$letter" >out 2>err
	[ ! -s err ]
	refute grep -q $'\033' out
	refute grep -q ^Next out
}

@test "the program never sets a locale" {
	readelf --dyn-syms --wide "$(command -v valise)" | grep ' UND ' >"$BATS_TEST_TMPDIR/needs"
	grep -q getenv "$BATS_TEST_TMPDIR/needs"
	refute grep -q setlocale "$BATS_TEST_TMPDIR/needs"
}

@test "options may stand before the command too" {
	found harbour "Harbour Legal"
	run valise --dir "$BATS_TEST_TMPDIR/offices/harbour" --json track
	[ "$status" -eq 0 ]
	[[ "$output" == *'"letters"'* ]]
	run valise --json --dir="$BATS_TEST_TMPDIR/offices/harbour" officer list
	[ "$status" -eq 0 ]
	run valise --dir
	[ "$status" -eq 2 ]
}

@test "no office is founded whose recovery sheet was lost" {
	cd "$BATS_TEST_TMPDIR"
	run bash -c 'valise init Z --title T --no-passphrase --recovery - --dir z >/dev/full'
	[ "$status" -ne 0 ]
	run valise track --dir z
	[ "$status" -eq 10 ]
	valise init Z --title T --no-passphrase --recovery sheet --dir z
	grep -q VALISE-KEEPER- sheet
}

@test "what a statement needs is said in the words of the command line" {
	cd "$BATS_TEST_TMPDIR"
	found_two
	echo hello >note.txt
	letter=$(as harbour seal -t Oslo note.txt)
	run as harbour say refused "$letter" --yes
	[ "$status" -eq 2 ]
	[[ "$output" == *"refused needs --reason R: R is one of full,"* ]]
	run as harbour say handed "$letter" --yes
	[[ "$output" == *"handed needs --to OFFICE or --text T"* ]]
	run as harbour say comment "$letter" --text fine --when now --yes
	[[ "$output" == *"comment takes no --when W"* ]]
}

@test "a path that is too long for a spool is said to be just that" {
	cd "$BATS_TEST_TMPDIR"
	top=$(pwd -P)/$(printf 'd%.0s' $(seq 150))/$(printf 'e%.0s' $(seq 150))
	init() { # LENGTH OF THE DIRECTORY'S PATH
		valise init Deep --title Registry --no-passphrase --no-recovery \
			--dir "$top/$(printf 'f%.0s' $(seq $(($1 - ${#top} - 1))))" </dev/null
	}
	init 494 >/dev/null
	run init 496
	[ "$status" -eq 1 ]
	grep -q "too long for its database by 2: use a directory with a shorter one" <<<"$output"
}
