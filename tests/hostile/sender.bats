#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A sender who commits to one thing and sends another: open says what is wrong, exits 4, writes nothing, and defect can be said.
load forging

# Oslo takes the letter of evil_letter in, whole, and says that it received it; opening is refused because of WHY.
defect() {
	runs 0 oslo sync stick
	is "bytes" intact "$(track oslo "$letter" .bytes)"
	runs 4 oslo open "$letter" --dry-run
	says "$1"
	runs 4 oslo open "$letter" -o opened
	says "$1"
	says "say defect"
	nothing_written opened
	runs 4 oslo say opened "$letter" --yes
	runs 0 oslo say received "$letter" --yes
	runs 0 oslo say defect "$letter" --reason contents --yes
	is "state" defect "$(state oslo "$letter")"
}

# The same for a tar of these members, covered as one directory `annex`.
bad_tar() {
	local why=$1
	shift
	rm -rf stick
	forge tar dir:annex/ "$@" >a.tar
	evil_letter "letter-$RANDOM$RANDOM" tar=a.tar part=dir:0::annex
	defect "$why"
}

# One file part `a.txt`, sealed soundly but for the settings.
one_file() {
	forge tar file:a.txt:hello >a.tar
	evil_letter bad tar=a.tar part=file:512:5:a.txt "$@"
}

@test "what the attacker's tool seals soundly opens: the others fail for what is wrong with them" {
	forge tar dir:annex/ file:annex/b:two link:annex/l:b "file:annex/$(printf %0200d 7):long" file:c.txt:three >a.tar
	size=$(stat -c %s a.tar)
	evil_letter good tar=a.tar "part=dir:0:$((size - 1024)):annex" "part=file:$((size - 512)):5:c.txt"
	runs 0 oslo sync stick
	runs 0 oslo open "$letter" -o opened
	is "b" two "$(cat opened/annex/b)"
	is "l" two "$(cat opened/annex/l)"
	is "c.txt" three "$(cat opened/c.txt)"
	runs 0 oslo say opened "$letter" --yes
	is "state" opened "$(state oslo "$letter")"
}

@test "a part's digest is another's" {
	one_file "digest=$(printf other | sha256sum | cut -c1-64)"
	defect "not those that the sender committed to"
}

@test "the contents root is another's, or of another number of leaves" {
	one_file "contents=$(printf x | sha256sum | cut -c1-64) 2"
	defect "not those that the seal commits to"
	rm -r stick
	root=$(grep '^contents' bad/seal | cut -d' ' -f2)
	one_file salt=more
	root=$(grep '^contents' bad/seal | cut -d' ' -f2)
	rm -r stick
	one_file salt=more "contents=$root 3"
	defect "not those that the seal commits to"
}

@test "the cover's core is another letter's" {
	one_file "core=$(printf x | sha256sum | cut -c1-64)"
	defect "another seal"
}

@test "a cover with a line too many, or that is none" {
	one_file "cover-line=note hidden"
	defect "cover"
	rm -r stick
	head -c 1000 /dev/urandom | forge wrap "$(officer_key oslo)" >random.age
	one_file salt=2 cover-file=random.age
	defect "cover"
	rm -r stick
	head -c 1000 /dev/urandom >random
	one_file salt=3 cover-file=random
	defect "age"
}

@test "the cover wraps another key for this reader than for that one" {
	forge tar file:a.txt:hello >a.tar
	letter=$(forge letter bad key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" \
		reader=evil-all other="$(officer_key oslo)" tar=a.tar part=file:512:5:a.txt)
	forge bag bad.bag note:evil.0 letter:bad
	lay stick bad.bag
	runs 0 oslo sync stick
	runs 4 oslo open "$letter" -o opened
	says "say defect"
	nothing_written opened
	runs 0 oslo say received "$letter" --yes
	runs 0 oslo say defect "$letter" --reason key --yes
	is "state" defect "$(state oslo "$letter")"
}

@test "sealed to keys that nobody at the office holds: no defect, and refused can be said" {
	forge tar file:a.txt:hello >a.tar
	letter=$(forge letter bad key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" \
		reader=evil-all tar=a.tar part=file:512:5:a.txt)
	forge bag bad.bag note:evil.0 letter:bad
	lay stick bad.bag
	runs 0 oslo sync stick
	runs 1 oslo open "$letter" -o opened
	says "key-not-held"
	nothing_written opened
	runs 0 oslo say refused "$letter" --reason key-not-held --yes
}

@test "another's contents root, body and cover under one's own seal" {
	seal_notice
	put_out harbour clean "$letter" --bare
	runs 0 oslo sync clean
	theirs=$letter
	forge unbag "$bag" records
	seal=$(record_with '^valise/seal@v1')
	contents=$(sed -n 's/^contents //p' "$seal") body=$(sed -n 's/^body //p' "$seal") cover=$(sed -n 's/^cover //p' "$seal")
	letter=$(forge letter copied key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" \
		contents="$contents" body="$body" cover="$cover" nonce="$(sed -n 's/^nonce //p' "$seal")" \
		body-file="$(ls records/*body*)" cover-file="$(ls records/*cover*)")
	forge bag copied.bag note:evil.0 letter:copied
	lay stick copied.bag
	defect "another seal"
	# The true one is as it was.
	runs 0 oslo open "$theirs" -o true
	cmp notice.txt true/notice.txt
	# Its disclosure does not fit the copy's seal: the sender's name is in the leaf.
	harbour dossier "$theirs" --disclose notice.txt -o true.dossier
	forge undossier true.dossier items >list
	oslo dossier "$letter" -o copy.dossier
	forge undossier copy.dossier copy >copied.list
	forge dossier "$letter" $(cat copied.list) $(grep ^leaf: list) >passed-off.dossier
	runs 4 valise-verify passed-off.dossier
	says "by another sender"
}

@test "a letter that names another's body with a wrong size does not keep the body out" {
	seal_notice
	put_out harbour clean "$letter" --bare
	forge unbag "$bag" records
	theirs=$letter
	seal=$(record_with '^valise/seal@v1')
	root=$(sed -n 's/^body \([0-9a-f]*\) .*/\1/p' "$seal") size=$(sed -n 's/^body .* //p' "$seal")
	for wrong in $((size + 1)) $((size - 1)) $((1 << 40)); do
		letter=$(forge letter "squat-$wrong" key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" \
			reader="$(officer_key oslo)" body="$root $wrong" contents="$(printf x | sha256sum | cut -c1-64) 2")
		forge bag "squat-$wrong.bag" note:evil.0 "note:squat-$wrong/seal" "cover:$letter:0:squat-$wrong/cover"
		lay stick "squat-$wrong.bag"
	done
	squat=$letter
	# First alone, then together with the true one, which comes after it.
	oslo sync stick >/dev/null 2>&1
	mkdir stick/valise/bbbbbbbb
	cp "$bag" stick/valise/bbbbbbbb/true
	runs 0 oslo sync stick
	is "the true one" intact "$(track oslo "$theirs" .bytes)"
	runs 0 oslo open "$theirs" -o opened
	cmp notice.txt opened/notice.txt
	# All of it at once, in either order.
	rm -r opened
	for order in "squat true" "true squat"; do
		rm -rf oslo once
		cp -a "$PLACE/world/oslo" oslo
		args=()
		for which in $order; do
			case $which in
			true) args+=($(printf 'taken:%s ' records/*)) ;;
			squat) for d in squat-*/; do args+=("note:${d}seal" "cover:$(cat "${d}id"):0:${d}cover"); done ;;
			esac
		done
		forge bag once.bag note:evil.0 "${args[@]}"
		lay once once.bag
		oslo sync once >/dev/null 2>&1 || true
		is "the true one, $order" intact "$(track oslo "$theirs" .bytes)"
	done
	# And the false one is not whole: nobody can say received of a body of another size.
	runs 1 oslo say received "$squat" --yes
	test "$(track oslo "$squat" .bytes)" != intact
}

@test "the same with a body in pieces, the false claim before and after, and in part" {
	head -c 3300000 /dev/urandom >big
	theirs=$(harbour seal -t Oslo big 2>/dev/null)
	put_out harbour clean "$theirs" --bare
	forge unbag "$bag" records
	seal=$(record_with '^valise/seal@v1')
	root=$(sed -n 's/^body \([0-9a-f]*\) .*/\1/p' "$seal") size=$(sed -n 's/^body .* //p' "$seal")
	letter=$(forge letter squat key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" \
		reader="$(officer_key oslo)" body="$root $((size - 1))" contents="$(printf x | sha256sum | cut -c1-64) 2")
	# The squatter comes with the true tally and the first pieces: they fit its claim as well.
	forge bag squat.bag note:evil.0 note:squat/seal "cover:$letter:0:squat/cover" \
		$(printf 'taken:%s ' records/*.tally.* records/*.piece.*.0 records/*.piece.*.1)
	lay stick squat.bag
	oslo sync stick >/dev/null 2>&1 || true
	mkdir stick/valise/bbbbbbbb
	cp "$bag" stick/valise/bbbbbbbb/true
	oslo sync stick >/dev/null 2>&1 || true
	oslo sync stick >/dev/null 2>&1 || true
	is "the true one" intact "$(track oslo "$theirs" .bytes)"
	runs 0 oslo open "$theirs" -o opened
	cmp big opened/big
	# A last piece that is here settles it: a claim that comes later harms nothing else on the stick either.
	rm -r oslo opened
	cp -a "$PLACE/world/oslo" oslo
	forge bag last.bag $(printf 'taken:%s ' records/*.note.* records/*.tally.* records/*.piece.*.3)
	rm -r stick
	lay stick last.bag
	oslo sync stick >/dev/null 2>&1 || true
	seal_notice
	put_out harbour other "$letter" --bare
	lay stick squat.bag
	mkdir stick/valise/bbbbbbbb
	cp "$bag" stick/valise/bbbbbbbb/notice
	oslo sync stick >/dev/null 2>&1 || true
	is "another letter on that stick" intact "$(track oslo "$letter" .bytes)"
}

@test "two letters with one body, both right, are both whole" {
	seal_notice
	put_out harbour clean "$letter" --bare
	forge unbag "$bag" records
	seal=$(record_with '^valise/seal@v1')
	letter=$(forge letter same key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" \
		reader="$(officer_key oslo)" body="$(sed -n 's/^body //p' "$seal")" \
		contents="$(printf x | sha256sum | cut -c1-64) 2")
	forge bag same.bag note:evil.0 note:same/seal "cover:$letter:0:same/cover" $(printf 'taken:%s ' records/*)
	lay stick same.bag
	runs 0 oslo sync stick
	is "bytes" intact "$(track oslo "$letter" .bytes)"
}

@test "a letter that names another's body, let go of, takes nothing away and keeps nothing out" {
	head -c 3300000 /dev/urandom >big
	for part in notice.txt big; do
		rm -rf clean records stick oslo
		cp -a "$PLACE/world/oslo" oslo
		theirs=$(harbour seal -t Oslo "$part" 2>/dev/null)
		put_out harbour clean "$theirs" --bare
		forge unbag "$bag" records
		seal=$(record_with '^valise/seal@v1')
		squat=$(forge letter "same-$part" key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" \
			reader="$(officer_key oslo)" body="$(sed -n 's/^body //p' "$seal")" \
			contents="$(printf x | sha256sum | cut -c1-64) 2")
		forge bag squat.bag note:evil.0 "note:same-$part/seal" "cover:$squat:0:same-$part/cover" \
			$(printf 'taken:%s ' $(ls records/* | grep '\.body\.\|\.piece\.\|\.tally\.'))
		# Let go of while the true letter is here, which keeps its body.
		lay stick squat.bag
		runs 0 oslo sync stick
		cp -r clean/valise/* stick/valise/
		runs 0 oslo sync stick
		runs 0 oslo forget "$squat" --anyway --yes
		is "the true one of $part" intact "$(track oslo "$theirs" .bytes)"
		runs 0 oslo doctor
		# Let go of before the true letter comes, in a bag without a body, which lies in one that was read before.
		rm -rf oslo once
		cp -a "$PLACE/world/oslo" oslo
		lay once squat.bag
		runs 0 oslo sync once
		runs 0 oslo forget "$squat" --anyway --yes
		runs 0 oslo sync once
		forge bag alone.bag $(printf 'taken:%s ' $(ls records/* | grep -v '\.body\.\|\.piece\.\|\.tally\.'))
		lay once alone.bag
		oslo sync once >/dev/null 2>&1
		oslo sync once >/dev/null 2>&1
		is "the true one of $part, afterwards" intact "$(track oslo "$theirs" .bytes)"
		runs 0 oslo doctor
	done
}

@test "a body that another key opens, or that is no age file, or is cut off" {
	forge tar file:a.txt:hello >a.tar
	forge wrap evil-all <a.tar >other.age
	one_file body-file=other.age
	defect "does not open the body"
	rm -r stick
	head -c 3000 /dev/urandom >random
	one_file salt=2 body-file=random
	defect "age"
	rm -r stick
	one_file salt=3
	head -c 1000 bad/body >cut.age
	rm -r stick
	one_file salt=3 body-file=cut.age
	defect "altered or cut off"
}

@test "names that lead out: dot-dot, absolute, empty components" {
	bad_tar 'component' file:../evil:x
	bad_tar 'component' file:annex/../../evil:x
	test ! -e evil
	bad_tar 'absolute' file:/tmp/valise-hostile-evil:x
	test ! -e /tmp/valise-hostile-evil
	bad_tar 'component' file:annex//b:x
	bad_tar 'component' file:annex/./b:x
	bad_tar 'absolute' pax:path=/tmp/valise-hostile-evil file:annex/b:x
	bad_tar 'component' gnulong:annex/../../x file:annex/b:x
}

@test "links out, and files through links" {
	bad_tar 'leaves its part' link:annex/l:/etc/passwd
	bad_tar 'leaves its part' link:annex/l:../../out
	bad_tar 'leaves its part' link:annex/l:..
	bad_tar 'leaves its part' dir:annex/d/ link:annex/d/l:x/../../../out
	bad_tar 'hard link' type:1:annex/h:annex/l
	bad_tar 'hard link' type:1:annex/h:/etc/passwd
	bad_tar 'annex/l/x lies in what is no directory' dir:annex/d/ link:annex/l:d file:annex/l/x:through
	bad_tar 'annex/l' link:annex/l:. file:annex/l/x:through
	bad_tar 'annex/l' file:annex/l:x file:annex/l/x:through
	bad_tar 'annex/no' file:annex/no/parent:x
}

@test "a link that is a part" {
	forge tar link:l:annex >a.tar
	evil_letter bad tar=a.tar part=file:512:0:l
	defect 'is no part'
}

@test "devices, FIFOs, sparse maps, and types of the future" {
	for t in 3 4 6; do bad_tar 'device' type:$t:annex/x; done
	bad_tar 'sparse' type:S:annex/x
	for t in 7 D M N V X A a; do bad_tar 'of a type' type:$t:annex/x; done
	bad_tar 'GNU.sparse' pax:GNU.sparse.major=1 file:annex/x:y
	bad_tar 'GNU.sparse' pax:GNU.sparse.map=0,1 file:annex/x:y
	bad_tar 'SCHILY.acl' pax:SCHILY.acl.access=user::rwx file:annex/x:y
	bad_tar 'SCHILY.xattr' pax:SCHILY.xattr.security.capability=x file:annex/x:y
	bad_tar 'global' gpax:path=annex/evil file:annex/x:y
	bad_tar 'second pax' pax:path=annex/y pax:path=annex/z file:annex/x:y
	bad_tar 'too long' paxsize:100000 file:annex/x:y
	bad_tar 'no member' file:annex/x:y pax:path=annex/z
}

@test "members that no part covers, parts out of order, doubled, missing" {
	forge tar file:a.txt:hello file:hidden:x >a.tar
	evil_letter hidden tar=a.tar part=file:512:5:a.txt
	defect "does not name"
	rm -r stick
	forge tar file:b.txt:bbbbb file:a.txt:hello >a.tar
	evil_letter order tar=a.tar part=file:512:5:a.txt part=file:1536:5:b.txt
	defect "not the parts"
	rm -r stick
	forge tar file:a.txt:hello file:a.txt:other >a.tar
	evil_letter doubled tar=a.tar part=file:512:5:a.txt part=file:1536:5:a.txt
	defect "cover"
	rm -r stick
	forge tar file:a.txt:hello >a.tar
	evil_letter missing tar=a.tar part=file:512:5:a.txt part=file:1536:0:b.txt
	defect "missing"
	rm -r stick
	forge tar dir:annex/ file:annex/x:y file:zzz:x >a.tar
	evil_letter overlap tar=a.tar part=dir:0:2560:annex part=file:2048:1:zzz
	defect "cover"
	rm -r stick
	evil_letter wide tar=a.tar part=dir:0:2048:annex part=file:2048:1:zzz
	defect "annex is not that of its files"
	rm -r stick
	evil_letter narrow tar=a.tar part=dir:0:1025:annex part=file:2048:1:zzz
	defect "annex"
	rm -r stick
	forge tar dir:annex/ file:annex/x:y >a.tar
	evil_letter beyond tar=a.tar part=dir:0:1536:annex part=file:1536:0:zzz
	defect "missing"
	rm -r stick
	evil_letter long tar=a.tar part=dir:0:2048:annex
	defect "annex"
	rm -r stick
	evil_letter longer tar=a.tar part=dir:0:200000:annex
	defect "not that of its files"
}

@test "a part's range is a byte off, and its digest is right for that" {
	one_file
	rm -r stick
	for range in 511:6 512:4 512:6 513:4 0:512; do
		rm -rf stick
		evil_letter "off-${range%:*}-${range#*:}" tar=a.tar "part=file:$range:a.txt"
		defect "not the parts"
	done
}

@test "members doubled within a directory: the same judgement with and without writing" {
	bad_tar 'twice' file:annex/x:one file:annex/x:two
	bad_tar 'twice' dir:annex/d/ dir:annex/d/
	bad_tar 'twice' dir:annex/d/ link:annex/d:x
	bad_tar 'twice' file:annex/x:one dir:annex/x/
}

@test "names that differ in case only are two names, where the disk has two" {
	forge tar dir:annex/ file:annex/x:one file:annex/X:two >a.tar
	evil_letter case tar=a.tar part=dir:0::annex
	runs 0 oslo sync stick
	runs 0 oslo open "$letter" -o opened
	is "x" one "$(cat opened/annex/x)"
	is "X" two "$(cat opened/annex/X)"
}

@test "directories nested too deep, and as deep as may be" {
	bad_tar 'too deep' deep:annex:257
	bad_tar 'too deep' deep:annex:10000
	rm -r stick
	forge tar dir:annex/ deep:annex:256 >a.tar
	evil_letter deep tar=a.tar part=dir:0::annex
	runs 0 oslo sync stick
	runs 0 oslo open "$letter" -o opened
	is "directories" 257 "$(find opened/annex -type d | wc -l)"
}

@test "100,000 empty files open within little memory" {
	forge tar dir:annex/ files:annex:100000 >a.tar
	evil_letter many tar=a.tar part=dir:0::annex
	runs 0 oslo sync stick
	# Sanitizers take terabytes of addresses.
	limit=400000
	(ulimit -v $limit && valise --version) >/dev/null 2>&1 || limit=unlimited
	runs 0 bash -c 'ulimit -v "$2"; valise open "$1" -o opened --dir oslo' . "$letter" "$limit"
	is "files" 100000 "$(find opened/annex -type f | wc -l)"
	rm -rf opened stick
}

@test "what follows the members: a flipped zero, a second tar, nothing, one block" {
	forge tar file:a.txt:hello zeros:1500 text:x zeros:547 >late.tar
	forge tar file:a.txt:hello >a.tar
	tail -c +1025 late.tar >tail
	evil_letter late tar=a.tar tail=tail part=file:512:5:a.txt
	defect "other than zeros"
	rm -r stick
	forge tar zeros:1024 file:evil:x zeros:1024 >tail
	evil_letter second tar=a.tar tail=tail part=file:512:5:a.txt
	defect "other than zeros"
	rm -r stick
	: >tail
	evil_letter none tar=a.tar tail=tail part=file:512:5:a.txt
	defect "no end"
	rm -r stick
	forge tar zeros:512 >tail
	evil_letter one tar=a.tar tail=tail part=file:512:5:a.txt
	defect "within its end"
	rm -r stick
	forge tar zeros:1000000 >tail
	evil_letter many tar=a.tar tail=tail part=file:512:5:a.txt
	runs 0 oslo sync stick
	runs 0 oslo open "$letter" -o opened
}

@test "sizes in headers that are not so" {
	forge tar sized:a.txt:100000:hello >a.tar
	evil_letter more tar=a.tar part=file:512:100000:a.txt
	defect "cut off within"
	rm -r stick
	forge tar sized:a.txt:2:hello >a.tar
	evil_letter less tar=a.tar part=file:512:2:a.txt
	defect "padding"
	rm -r stick
	forge tar pax:size=2 sized:a.txt:5:hello >a.tar
	evil_letter pax tar=a.tar part=file:1536:5:a.txt
	defect "parts"
	rm -r stick
	forge tar pax:size=99999999999999999999 file:a.txt:hello >a.tar
	evil_letter huge tar=a.tar part=file:1536:5:a.txt
	defect "size"
}

@test "a body larger or smaller than the seal says" {
	one_file
	rm -r stick
	root=$(grep '^body' bad/seal | cut -d' ' -f2) size=$(grep '^body' bad/seal | cut -d' ' -f3)
	for wrong in $((size + 1)) $((size - 1)) 1 99999999; do
		rm -rf stick
		one_file salt="$wrong" body="$root $wrong"
		oslo sync stick >/dev/null 2>&1 || true
		runs 1 oslo open "$letter" -o opened
		runs 1 oslo say received "$letter" --yes
		nothing_written opened
	done
}

@test "a cover larger than the seal says is not taken" {
	one_file
	rm -r stick
	cp bad/cover theirs
	hash=$(grep '^cover' bad/seal | cut -d' ' -f2) size=$(grep '^cover' bad/seal | cut -d' ' -f3)
	one_file salt=2 cover-file=theirs cover="$hash $((size + 1))"
	runs 4 oslo sync stick
	says "the cover"
	runs 1 oslo say received "$letter" --yes
	# Not even when the cover is here already, under a seal that is right.
	rm -r stick
	false_one=$letter
	letter=$(forge letter good key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" salt=3 \
		reader="$(officer_key oslo)" cover-file=theirs tar=a.tar part=file:512:5:a.txt)
	forge bag good.bag note:good/seal letter:good
	lay stick good.bag
	runs 0 oslo sync stick
	is "the other" intact "$(track oslo "$letter" .bytes)"
	runs 1 oslo say received "$false_one" --yes
}

@test "damage on this machine's disk is not laid at the sender's door" {
	seal_notice
	put_out harbour stick "$letter"
	head -c 3000000 /dev/urandom >big
	large=$(harbour seal -t Oslo big 2>/dev/null)
	put_out harbour stick2 "$large"
	runs 0 oslo sync stick
	runs 0 oslo sync stick2
	file=$(find oslo/bodies -type f)
	chmod u+w "$file"
	printf 'damaged!' | dd of="$file" bs=1 seek=1500000 conv=notrunc status=none
	sqlite=/usr/bin/python3
	"$sqlite" - "$letter" <<-'END'
		import sqlite3, sys
		db = sqlite3.connect("oslo/valise.db")
		cover = db.execute("SELECT cover FROM letter WHERE id = ?", (bytes.fromhex(sys.argv[1]),)).fetchone()[0]
		db.execute("UPDATE item SET bytes = CAST(substr(bytes, 1, 300) || 'x' || substr(bytes, 302) AS BLOB) WHERE id = ? AND kind = 5", (cover,))
		db.commit()
	END
	not_the_senders() {
		runs 4 oslo open "$1" -o opened
		says "damaged on this machine's disk: \`valise doctor\` says what to do"
		lacks "say defect"
		nothing_written opened
	}
	not_the_senders "$letter"
	not_the_senders "$large"
	truncate -s 1000000 "$file"
	not_the_senders "$large"
	rm -f "$file"
	not_the_senders "$large"
}

@test "seals that no program writes: refused, and nothing of them is kept" {
	one_file
	sed '/^$/q' bad/seal | sed '$d' >text
	oslo_id=$(office_id oslo)
	refused() {
		forge sign evil-all <changed >changed.seal
		rm -rf stick
		forge bag changed.bag note:evil.0 note:changed.seal
		lay stick changed.bag
		runs 4 oslo sync stick
		is "letters held after $1" 0 "$(oslo track --json | jq '.letters | length')"
	}
	# As it is, it is taken: what follows is refused for its one change.
	runs 0 oslo sync stick
	is "letters held" 1 "$(oslo track --json | jq '.letters | length')"
	rm -r oslo
	cp -a "$PLACE/world/oslo" oslo
	sed "s/^to .*/&\n&/" text >changed; refused "a doubled to"
	sed "s/^date .*/date 2026-02-30T00:00:00Z/" text >changed; refused "a day that is none"
	sed "s/^body \(.*\) .*/body \1 0$(stat -c %s bad/body)/" text >changed; refused "a leading zero"
	sed "s/^date/ref $(printf 'a\xe2\x80\xaeb')\ndate/" text >changed; refused "an override of direction"
	sed "s/^date/ref $(printf 'a\x1b[31mb')\ndate/" text >changed; refused "an escape sequence"
	sed "s/^date/ref $(printf '\xff\xfe')\ndate/" text >changed; refused "no UTF-8"
	sed "s/^nonce \(.*\)/nonce \U\1/;s/^NONCE/nonce/" text >changed; refused "upper case"
	sed "s/^body .*/&\npaper envelope/" text >changed; refused "paper and body"
	sed "s/^valise.seal@v1/valise\/seal@v2/" text >changed
	forge sign evil-all <changed >changed.seal
	{ sed '/^by /d' text; printf 'by %s\n' "$(forge key evil-keeper)"; } >changed
	forge sign evil-all <changed >changed.seal; rm -rf stick; forge bag c.bag note:evil.0 note:changed.seal; lay stick c.bag
	runs 4 oslo sync stick
	is "letters held" 0 "$(oslo track --json | jq '.letters | length')"
}

@test "whoever seals a letter of his own answers no proposal of others by it" {
	seal_notice
	put_out harbour stick "$letter"
	runs 0 oslo sync stick
	visit=$(oslo say proposed "$letter" --text "A visit." --when soon --yes)
	head=$(id_of_office evil):$(id_of_office evil)
	rm -rf stick
	one_file
	statement "$letter" called-off "$head" principal 1 "$(date -u +%Y-%m-%dT%H:%M:%SZ)" evil-all "regarding $visit" >off
	statement "$letter" held "$head" principal 2 "$(date -u +%Y-%m-%dT%H:%M:%SZ)" evil-all "regarding $visit" >held
	forge bag said.bag note:evil.0 note:off note:held
	lay stick2 said.bag
	runs 0 oslo sync stick
	runs 0 oslo sync stick2
	is "both count in Evil's letter" 2 "$(track oslo "$letter" '[.said[] | select(.counts)] | length')"
	is "the proposal stands" '["proposed",0]' "$(oslo track --proposals --json | jq -c '.proposals[] | [.state, (.answers | length)]')"
	is "nothing was held" null "$(oslo track --last held --json | jq -c .last)"
}
