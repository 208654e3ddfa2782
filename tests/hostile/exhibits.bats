#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What can be done to exhibits on their way, and with reports that lie about them: told of, and nothing false kept.

load forging

# Harbour reports from `scan`, which needs three records, and from `small`; all of it as files in records/.
take_apart() {
	seal_notice
	head -c 2500000 /dev/zero | openssl enc -aes-128-ctr -K 01 -iv 00 -nosalt >scan 2>/dev/null
	printf 'It came.\n' >small
	scan=$(sha256sum <scan | cut -c1-64)
	small=$(sha256sum <small | cut -c1-64)
	local file
	for file in scan small; do
		harbour report 14/2026 --says other --speaker "a man" --verb said --exhibit "$file" --where there --yes >/dev/null 2>&1
	done
	put_out harbour taken 14/2026 --reports
	forge unbag "$bag" records "$(officer_key oslo)"
	others=$(printf 'taken:%s\n' records/* | grep -v exhibit)
	pieces=(records/*.exhibit.*"$scan"*)
	is "pieces" 3 "${#pieces[@]}"
}

exhibits() { oslo exhibit list | wc -l; }

nothing_left() {
	test -z "$(find oslo/tmp oslo/exhibits -type f)"
}

@test "what goes out comes in" {
	take_apart
	forge bag all.bag $(printf 'taken:%s\n' records/*)
	lay stick all.bag
	runs 0 oslo sync stick
	says "2 exhibits came."
	oslo exhibit show "${scan:0:10}" -o got
	cmp scan got
}

@test "records swapped, altered or missing: the exhibit is told of and not kept, and the true one still comes" {
	take_apart
	forge bag swapped.bag $others "exhibit:$scan:0:${pieces[1]}" "exhibit:$scan:1:${pieces[0]}" "taken:${pieces[2]}"
	lay stick swapped.bag
	runs 4 oslo sync stick
	says "the exhibit ${scan:0:16}... that came does not match its SHA-256 and was not kept"
	is "exhibits" 0 "$(exhibits)"
	nothing_left
	cp "${pieces[1]}" altered
	printf 'damaged!' | dd of=altered bs=1 seek=77 conv=notrunc 2>/dev/null
	forge bag altered.bag "taken:${pieces[0]}" "exhibit:$scan:1:altered" "taken:${pieces[2]}"
	lay stick2 altered.bag
	runs 4 oslo sync stick2
	is "exhibits" 0 "$(exhibits)"
	forge bag cut.bag "taken:${pieces[0]}" "taken:${pieces[2]}"
	lay stick3 cut.bag
	runs 0 oslo sync stick3
	is "exhibits" 0 "$(exhibits)"
	nothing_left
	forge bag true.bag $(printf 'taken:%s\n' "${pieces[@]}")
	lay stick3 true.bag
	runs 0 oslo sync stick3
	is "exhibits" 1 "$(exhibits)"
	oslo exhibit show "${scan:0:10}" -o got
	cmp scan got
}

@test "out of order, doubled, and over several bags: it comes all the same" {
	take_apart
	forge bag zz "taken:${pieces[0]}" $others
	forge bag mm "taken:${pieces[1]}" "taken:${pieces[1]}"
	forge bag aa "taken:${pieces[2]}" "taken:${pieces[0]}"
	lay stick zz mm aa
	runs 0 oslo sync stick
	is "exhibits" 1 "$(exhibits)"
	# The rest may come another day, out of bags that were read before.
	rm -rf oslo && cp -a "$PLACE/world/oslo" oslo
	rm -r stick
	forge bag first.bag $others "taken:${pieces[0]}" "taken:${pieces[1]}"
	lay stick first.bag
	runs 0 oslo sync stick
	is "exhibits" 0 "$(exhibits)"
	lay stick aa
	runs 0 oslo sync stick
	is "exhibits" 1 "$(exhibits)"
}

@test "another's file under an exhibit's name is not kept, and does not keep the true one out" {
	take_apart
	forge bag false.bag $others "exhibit:$small:0:notice.txt" "exhibit:$scan:0:notice.txt"
	lay stick false.bag
	runs 4 oslo sync stick
	says "does not match its SHA-256"
	is "exhibits" 0 "$(exhibits)"
	nothing_left
	# Begun falsely in one bag, truly in another, in either order.
	head -c 1048576 /dev/zero >zeros
	forge bag aaaa "exhibit:$scan:0:zeros"
	forge bag bbbb $(printf 'taken:%s\n' "${pieces[@]}")
	lay stick2 aaaa bbbb
	oslo sync stick2 >/dev/null 2>&1 || true
	is "exhibits" 1 "$(exhibits)"
}

@test "what no report here names is not kept, however much of it comes" {
	take_apart
	head -c 1048576 /dev/zero >zeros
	args=()
	for i in $(seq 0 40); do args+=("exhibit:$(sha256sum <zeros | cut -c1-64):$i:zeros"); done
	forge bag flood.bag "${args[@]}" $(printf 'taken:%s\n' records/*.exhibit.*)
	lay stick flood.bag
	runs 0 oslo sync stick
	is "exhibits" 0 "$(exhibits)"
	nothing_left
	# It waits: once the reports are here, the same bag serves.
	forge bag reports.bag $others
	lay stick reports.bag
	runs 0 oslo sync stick
	is "exhibits" 2 "$(exhibits)"
}

@test "many exhibits of many reports come together" {
	seal_notice
	printf 'says\tspeaker\tverb\tquote\texhibit\n' >list
	for i in $(seq 70); do
		echo "paper $i has it" >"paper$i"
		printf 'received\ta man\tsaid\thas it\tpaper%s\n' "$i" >>list
	done
	harbour report 14/2026 --from-list list --yes >/dev/null 2>&1
	# And one report of 64.
	{
		printf 'valise/report@v1\nletter %s\nsays received\nspeaker a man\nverb said\n' "$letter"
		for i in $(seq 64); do
			printf 'exhibit %s %s 0 1\n' "$(sha256sum <"paper$i" | cut -c1-64)" "$(stat -c %s "paper$i")"
		done | LC_ALL=C sort
		printf 'quoted no\noffice %s %s\nrole clerk\nnth 1\ntime 2026-11-26T09:30:00Z\n' "$(id_of_office evil)" "$(id_of_office evil)"
	} | forge sign evil-all >sixty-four
	forge bag more.bag note:sixty-four
	lay stick more.bag
	runs 0 harbour sync stick 14/2026 --reports
	rm -r stick/valise/aaaaaaaa
	runs 0 oslo sync stick
	says "70 exhibits came."
	is "exhibits" 70 "$(exhibits)"
	runs 0 oslo doctor
}

# lie SIZE OFFSET LENGTH: a report of Evil's about the letter, pointing at `small` as one of that size.
lie() {
	forge sign evil-all <<-END
		valise/report@v1
		letter $letter
		says received
		speaker a man
		verb said
		exhibit $small $1 $2 $3
		quoted no
		office $(id_of_office evil) $(id_of_office evil)
		role clerk
		nth 1
		time 2026-11-26T09:30:00Z
	END
}

@test "a report that gives an exhibit another size, or a span outside it" {
	take_apart
	without=$(for record in $others; do grep -q "^valise/report" "${record#taken:}" || printf '%s\n' "$record"; done)
	lie 5000000 0 1 >larger
	lie 3 0 1 >smaller
	forge bag larger.bag $without note:evil.0 note:larger "exhibit:$small:0:small"
	lay stick larger.bag
	runs 4 oslo sync stick
	says "is of another size than the reports that point at it say"
	is "exhibits" 0 "$(exhibits)"
	forge bag smaller.bag note:smaller "exhibit:$small:0:small"
	lay stick2 smaller.bag
	oslo sync stick2 >/dev/null 2>&1 || true
	is "exhibits" 0 "$(exhibits)"
	nothing_left
	# With one that says the truth beside them it is kept; the others point at nothing, and harm nothing.
	forge bag true.bag $others "exhibit:$small:0:small"
	lay stick3 true.bag
	runs 0 oslo sync stick3
	is "exhibits" 1 "$(exhibits)"
	runs 0 oslo doctor
	mkdir away
	runs 0 oslo sync away "$letter" --reports
	says "4 reports and 1 exhibit"
	# A span that no file of that size can have is no report.
	lie 9 5 5 >beyond 2>/dev/null
	forge bag beyond.bag note:beyond
	lay stick4 beyond.bag
	runs 4 oslo sync stick4
	says "a report was refused"
}

@test "an exhibit that would command the terminal commands nothing" {
	seal_notice
	printf 'safe\n\033]0;owned\007\033[2J\342\200\256evil\302\233m\n' >page.html
	harbour report 14/2026 --says other --speaker "a man" --verb said --exhibit page.html --quote safe --yes >/dev/null 2>&1
	put_out harbour stick 14/2026 --reports
	runs 0 oslo sync stick
	runs 0 oslo exhibit show "$(sha256sum <page.html | cut -c1-12)"
	lacks "$(printf '\033')"
	lacks "$(printf '\302\233')"
	lacks "$(printf '\342\200\256')"
	says '\x1b[2J\u{202e}evil\u{9b}m'
	runs 2 harbour report 14/2026 --says other --speaker "a man" --verb said --exhibit page.html --dry-run --span 5:0
	runs 0 harbour report 14/2026 --says other --speaker "a man" --verb said --exhibit page.html --dry-run --span 5:14
	lacks "$(printf '\033')"
}
