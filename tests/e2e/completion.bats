#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Completion: what the programs offer is what they take, and three shells offer it without running any of it.

load offices

source=${VALISE_TEST_SOURCE:-$BATS_TEST_DIRNAME/../..}

commands() {
	valise help | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p'
}

offered() { # WORD...: what could stand for the last
	valise --complete "$@" | tail -n +2 | cut -f 1
}

# An office that knows others whose names no shell may run; what would be run makes a file called pwned.
found_traps() {
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	mkdir -p "$BATS_TEST_TMPDIR/there"
	cd "$BATS_TEST_TMPDIR/there"
	introduce harbour oslo '$(touch pwned)`touch pwned`; touch pwned & "x'
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/harbour
}

@test "every command, every word of a family and every option of --help is offered" {
	commands | while read -r command; do
		first=${command%% *}
		offered "" | grep -qx -- "$first"
		offered help "" | grep -qx -- "$first"
		[ "$command" = "$first" ] || offered "$first" "" | grep -qx -- "${command#* }"
		# shellcheck disable=SC2086
		diff <(valise help $command | grep -oE '^ {2,6}(-[a-z], )?--[a-z-]+' | grep -o -e '--.*' | sort) <(offered $command - | sort)
	done
	[ "$(offered "" | sort)" = "$({ commands | sed 's/ .*//'; echo help; } | sort -u)" ]
	diff <(valise-verify --help | grep -oE '^ {2,6}(-[a-z], )?--[a-z-]+' | grep -o -e '--.*' | sort) \
		<(valise-verify --complete -- | tail -n +2 | cut -f 1 | sort)
}

@test "words of the tables are offered where they may stand" {
	valise help say | sed -n 's/^  \([a-z][a-z-]*\)  *[a-z].*/\1/p' | sort >"$BATS_TEST_TMPDIR/says"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/says")" -ge 20 ]
	offered say "" | sort | diff "$BATS_TEST_TMPDIR/says" -
	offered report -e x --says "" | sort | diff "$BATS_TEST_TMPDIR/says" -
	[ "$(offered verify x --require=rec)" = --require=received ]
	[ "$(valise-verify --complete --require rec | tail -n 1 | cut -f 1)" = received ]
	[ "$(offered officer add --title x -r clerk,mach)" = clerk,machine ]
	offered say refused x --reason "" | grep -qx policy
	[ "$(offered say refused x --reason "" | sort | uniq -d)" = "" ]
	[ "$(valise --complete seal x "")" = files ]
	[ "$(valise --complete card add "")" = files ]
	[ "$(valise --complete officer add "")" = files ]
	[ "$(valise --complete card add x "")" = words ]
	[ "$(valise --complete --dir "")" = dirs ]
	[ "$(valise --complete --dir=h)" = dirs ]
	[ "$(offered sync x --say "" | tr '\n' ' ')" = "received carrying " ]
	[ "$(offered open x --say=)" = --say=opened ]
	[ "$(offered track --proposals --last c)" = called-off ]
	[ "$(valise --complete init x --recovery "")" = files ]
	[ "$(valise-verify --complete "")" = files ]
	# Behind -- nothing is an option.
	[ "$(valise --complete verify -- --js)" = files ]
}

@test "offices, letters, officers and exhibits that are here are offered, and nothing where there is no office" {
	found_two
	echo text >"$BATS_TEST_TMPDIR/f"
	as harbour seal -t Oslo "$BATS_TEST_TMPDIR/f" --ref 14/2026 >/dev/null
	as harbour exhibit add "$BATS_TEST_TMPDIR/f" >/dev/null
	short=$(as harbour track --json | json_at 'd["letters"][0]["short"]')
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/harbour
	[ "$(offered track "")" = "$short"$'\n'14/2026 ]
	[ "$(offered say received "$short" "${short:0:3}")" = "$short" ]
	[ "$(offered sync x 14)" = 14/2026 ]
	[ "$(offered seal -t "")" = Oslo ]
	[ "$(offered seal --to=O)" = --to=Oslo ]
	[ "$(offered officer dismiss "")" = Registry ]
	[ "$(offered exhibit show "")" = f ]
	[ "$(offered track --dir "$BATS_TEST_TMPDIR/offices/oslo" "")" = "" ]
	[ "$(VALISE_DIR=/nothing offered --dir "$VALISE_DIR" track 14)" = 14/2026 ]
	for dir in /nothing "$BATS_TEST_TMPDIR/f"; do
		run valise --complete track --dir "$dir" ""
		[ "$status" -eq 0 ]
		[ "$output" = words ]
	done
}

@test "a name that would mislead, or be an option, is not offered" {
	found_two
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/harbour
	printf a >"$BATS_TEST_TMPDIR/"$'a\e[31m\nb'
	printf b >"$BATS_TEST_TMPDIR/-dash"
	for file in $'a\e[31m\nb' -dash; do
		valise exhibit add "$BATS_TEST_TMPDIR/$file" >/dev/null
	done
	[ "$(valise --complete exhibit show "")" = files ]
}

@test "letters are offered by their short ids, then by their refs" {
	found harbour "Harbour Legal"
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/harbour
	for i in 1 2 3; do
		valise seal -t "The tenant $i" --no-card --paper "letter $i" --ref "$i/26" >/dev/null
	done
	[ "$(offered track "" | wc -l)" -eq 6 ]
	[ "$(offered track "" | tail -n 3 | sort)" = $'1/26\n2/26\n3/26' ]
}

@test "bash: commands, words with : and =, quotes and backslashes" {
	found harbour "Harbour Legal"
	found oslo "Mission Oslo"
	introduce harbour oslo "Mission Oslo"
	export VALISE_DIR=$BATS_TEST_TMPDIR/offices/harbour
	# LINE, bash's own words of it; what it would put in their last's place.
	at() {
		# shellcheck disable=SC2016
		bash --norc -c 'source "$1"; COMP_LINE=$2 COMP_POINT=${#2}; shift 2; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
			_valise "$1"; printf "%s\n" "${COMPREPLY[@]}"' bash "$source/completions/valise.bash" "$@"
	}
	[ "$(at "valise se" valise se)" = seal ]
	[ "$(at "valise card " valise card "" | sort | tr '\n' ' ')" = "add export list show " ]
	[ "$(at "valise card add --unch" valise card add --unch)" = --unchecked ]
	[ "$(at "valise verify --require=rec" valise verify --require = rec)" = received ]
	[ "$(at "valise verify --require 'rec" valise verify --require "'rec")" = received ]
	[ "$(at "valise-verify --requ" valise-verify --requ)" = --require ]
	[ "$(at "/opt/bin/valise se" /opt/bin/valise se)" = seal ]
	[ "$(at "valise seal -t Mi" valise seal -t Mi)" = 'Mission\ Oslo' ]
	[ "$(at "valise seal -t Mission\\ O" valise seal -t 'Mission\ O')" = 'Mission\ Oslo' ]
	[ "$(at "valise seal -t \"Mission O" valise seal -t '"Mission O')" = 'Mission Oslo' ]
	[ "$(at "valise seal --to=Mi" valise seal --to = Mi)" = 'Mission\ Oslo' ]
	[ "$(at "valise --dir ~/none seal -t " valise --dir '~/none' seal -t "")" = "" ]
	# The cursor is in the middle of a word.
	# shellcheck disable=SC2016
	[ "$(bash --norc -c 'source "$1"; COMP_LINE="valise seXX" COMP_POINT=9 COMP_WORDS=(valise seXX) COMP_CWORD=1; _valise valise
		printf "%s\n" "${COMPREPLY[@]}"' bash "$source/completions/valise.bash")" = seal ]
}

@test "bash, at a terminal: a name that looks like a command is completed, taken, and never run" {
	found_traps
	cat >"$BATS_TEST_TMPDIR/rc" <<-END
		PS1='ready> '
		source '$source/completions/valise.bash'
	END
	run /usr/bin/env python3 "$source/tests/e2e/terminal.py" "ready> " $'valise card show \t' "calls itself" exit -- bash --noprofile --rcfile "$BATS_TEST_TMPDIR/rc" -i
	echo "$output"
	[[ $output == *"calls itself  Mission Oslo"* ]]
	[ ! -e pwned ]
	# Within quotes, where it would have to be escaped otherwise, it is not offered.
	run /usr/bin/env python3 "$source/tests/e2e/terminal.py" "ready> " $'valise card show "$\t"' "calls itself" exit -- bash --noprofile --rcfile "$BATS_TEST_TMPDIR/rc" -i
	echo "$output"
	[[ $output == *"calls itself  Mission Oslo"* ]]
	[ ! -e pwned ]
}

@test "zsh, at a terminal: the same" {
	command -v zsh >/dev/null || skip "there is no zsh here, so nothing is known of its completion"
	found_traps
	zsh -n "$source/completions/_valise"
	mkdir -p "$BATS_TEST_TMPDIR/zsh"
	cat >"$BATS_TEST_TMPDIR/zsh/.zshrc" <<-END
		fpath=('$source/completions' \$fpath)
		autoload -U compinit
		compinit -D -u
		PS1='ready> '
	END
	export ZDOTDIR=$BATS_TEST_TMPDIR/zsh
	run /usr/bin/env python3 "$source/tests/e2e/terminal.py" "ready> " $'valise card show \t' "calls itself" $'valise car\tsho\t--dig\t' "0" exit -- zsh -d -i
	echo "$output"
	[[ $output == *"calls itself  Mission Oslo"* ]]
	[[ $output == *"$(digits harbour)"* ]]
	[ ! -e pwned ]
}

@test "fish: the same" {
	command -v fish >/dev/null || skip "there is no fish here, so nothing is known of its completion"
	found_traps
	ask() {
		fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$source/completions/valise.fish" "$1" | cut -f 1
	}
	[ "$(ask "valise se")" = seal ]
	[ "$(ask "valise card " | sort | tr '\n' ' ')" = "add export list show " ]
	[ "$(ask "valise verify --require=rec")" = --require=received ]
	[ "$(ask "valise-verify --requ")" = --require ]
	[ "$(ask "valise card show ")" = '$(touch pwned)`touch pwned`; touch pwned & "x' ]
	[ "$(ask "valise --dir '$VALISE_DIR/../oslo' card show ")" = "" ]
	touch "a file"
	ask "valise card add " | grep -q "a file"
	[ ! -e pwned ]
}
