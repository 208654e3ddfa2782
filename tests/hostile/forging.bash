# SPDX-License-Identifier: Apache-2.0
# A small world for the tests: Harbour and Oslo, who use the programs, and Evil, whom the attacker's tool makes up.

# Harbour and Oslo are made once for a file; each test works on its own copy. In memory where that can be had: what is durable is
# another test's question.
setup_file() {
	if test -d /dev/shm && test -w /dev/shm; then
		PLACE=$(mktemp -d /dev/shm/valise-hostile-XXXXXX)
	else
		PLACE=$BATS_FILE_TMPDIR
	fi
	export PLACE
	mkdir "$PLACE/world"
	cd "$PLACE/world"
	local office
	for office in harbour oslo; do
		valise init "$office" --title Registry --no-passphrase --no-recovery --dir "$office" >/dev/null
		valise card export --dir "$office" -o "$office.card"
	done
	found evil Evil "$(appoint evil-all principal,clerk,reader,courier,spokesperson - Front)"
	harbour card add oslo.card --as Oslo --unchecked >/dev/null
	oslo card add harbour.card --as Harbour --unchecked >/dev/null
	oslo card add evil.card --as Evil --unchecked >/dev/null
	printf 'The notice.\n' >notice.txt
}

teardown_file() {
	rm -rf "$PLACE"
}

setup() {
	cp -a "$PLACE/world" "$PLACE/copy"
	cd "$PLACE/copy"
}

teardown() {
	cd "$PLACE"
	chmod -R u+w copy
	rm -rf copy
}

harbour() { VALISE_DIR=$PWD/harbour valise "$@"; }
oslo() { VALISE_DIR=$PWD/oslo valise "$@"; }

# runs STATUS COMMAND...: the status must be that one; what it says is in $output, and shown when it is another.
runs() {
	local expected=$1 status=0
	shift
	output=$("$@" 2>&1) || status=$?
	test "$status" = "$expected" || {
		printf '%s: status %s, not %s\n%s\n' "$*" "$status" "$expected" "$output"
		return 1
	}
}

# fails COMMAND...: a bare ! would not end a test.
fails() {
	if output=$("$@" 2>&1); then
		printf '%s: it did not fail\n' "$*"
		return 1
	fi
}

# says TEXT: it is in $output. lacks TEXT: it is not.
says() {
	case $output in *"$1"*) ;; *) printf 'not said: %s\n%s\n' "$1" "$output"; return 1 ;; esac
}
lacks() {
	case $output in *"$1"*) printf 'said: %s\n%s\n' "$1" "$output"; return 1 ;; esac
}

# is WHAT EXPECTED ACTUAL
is() {
	test "$2" = "$3" || { printf '%s: %s, not %s\n' "$1" "$3" "$2"; return 1; }
}

# ---- Evil's register ----

# appoint KEY ROLES UNTIL TITLE: a line of a register.
appoint() {
	local to=-
	case $2 in *clerk* | *reader* | *courier*) to=$(forge recipient "$1") ;; esac
	printf 'appoint %s %s %s %s %s' "$(forge key "$1")" "$to" "$2" "$3" "$4"
}

# found NAME OWN-NAME APPOINT: entry 0 by NAME-keeper as NAME.0, and the card.
found() {
	local next
	next=$(printf %s "$(forge key "$1-next")" | sha256sum | cut -c1-64)
	forge sign "$1-keeper" >"$1.0" <<-END
		valise/register@v1
		office -
		seq 0
		previous -
		time 2026-11-20T08:00:00Z
		name $2
		keepers 1 $(forge key "$1-keeper")
		next 1 $next
		$3
	END
	forge card "$1.0" >"$1.card"
}

# follows OFFICE SEQ PREVIOUS-NOTE TIME KEEPER LINE...: a routine entry.
follows() {
	local office=$1 seq=$2 previous=$3 time=$4 keeper=$5
	shift 5
	forge sign "$keeper" <<-END
		valise/register@v1
		office $office
		seq $seq
		previous $(forge id "$previous")
		time $time
		$(printf '%s\n' "$@")
	END
}

id_of_office() { forge id <"$1.0"; }
# The id and head of an office that the programs made.
office_id() { valise card show --json --dir "$1" | jq -r .office.id; }
office_head() { valise card show --json --dir "$1" | jq -r .office.head; }
# The file of its officer's key, and of its keeper's.
officer_key() { grep -l '^reading ' "$PWD/$1"/keys/*; }
keeper_key() { grep -L '^reading ' "$PWD/$1"/keys/*; }

# statement LETTER SAYS OFFICE:HEAD ROLE NTH TIME KEY LINE...: a statement, whoever's the key is.
statement() {
	local letter=$1 word=$2 office=$3 role=$4 nth=$5 time=$6 key=$7
	shift 7
	{
		printf 'valise/statement@v1\nletter %s\nsays %s\noffice %s %s\nrole %s\nnth %s\ntime %s\n' \
			"$letter" "$word" "${office%:*}" "${office#*:}" "$role" "$nth" "$time"
		test $# = 0 || printf '%s\n' "$@"
	} | forge sign "$key"
}

# ---- Letters ----

# Harbour seals the notice to Oslo; its id is in $letter.
seal_notice() {
	letter=$(harbour seal -t Oslo --ref 14/2026 -s Notice notice.txt 2>/dev/null)
}

# put_out OFFICE STICK ARGS...: and the one bag's path is in $bag.
put_out() {
	local office=$1 stick=$2
	shift 2
	mkdir -p "$stick"
	"$office" sync "$stick" "$@" >/dev/null 2>&1
	bag=$(find "$stick/valise" -type f)
}

# The first record of ./records that has that line.
record_with() { grep -l "$1" records/*.note.* | head -n 1; }

# lay STICK FILE...: files as bags of a writer of the attacker's.
lay() {
	local stick=$1
	shift
	mkdir -p "$stick/valise/aaaaaaaa"
	cp "$@" "$stick/valise/aaaaaaaa/"
}

# evil_letter DIR SETTING...: sealed by Evil to Oslo and Oslo's reader; its id is in $letter, its bag is laid on `stick`.
evil_letter() {
	local dir=$1
	shift
	letter=$(forge letter "$dir" key=evil-all from="$(id_of_office evil)" to="$(office_id oslo)" \
		reader="$(officer_key oslo)" "$@")
	forge bag "$dir.bag" note:evil.0 letter:"$dir"
	lay stick "$dir.bag"
}

# track OFFICE LETTER FILTER: of the accounts as JSON.
track() {
	VALISE_DIR=$PWD/$1 valise track "$2" --json | jq -r ".accounts | $3"
}
# state OFFICE LETTER: of the first recipient.
state() { track "$1" "$2" '[.parties[] | select(.is_recipient)][0].state'; }

# Nothing that looks like an opened letter, or like half of one, is left.
nothing_written() {
	test -z "$(find . -name '.valise-open-*' -o -name "$1")" || {
		find . -name '.valise-open-*' -o -name "$1"
		return 1
	}
	test -z "$(find oslo/tmp oslo/partial -mindepth 1)"
}
