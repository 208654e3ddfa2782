# SPDX-License-Identifier: Apache-2.0
# Completion of valise and valise-verify for bash. The program is asked what could stand there; nothing that it answers, and nothing that
# was typed, is expanded or run.

# A word as it was typed, without its quotes, into _valise_word; the quote that is still open into _valise_quote.
# shellcheck disable=SC2088
_valise_unquote() {
	local word=$1 c at
	_valise_word='' _valise_quote=''
	if [[ $word == '~/'* ]]; then
		_valise_word=$HOME
		word=${word:1}
	fi
	for ((at = 0; at < ${#word}; at++)); do
		c=${word:at:1}
		case $_valise_quote$c in
		\' | \") _valise_quote=$c ;;
		\'\' | \"\") _valise_quote='' ;;
		\\ | \"\\) at=$((at + 1)) && _valise_word+=${word:at:1} ;;
		*) _valise_word+=$c ;;
		esac
	done
}

# The words up to the cursor, as they were typed, into the caller's array `typed`: bash takes them apart at : and = as well.
_valise_typed() {
	local rest=${COMP_LINE:0:COMP_POINT} word blank i
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		blank=${rest%%[![:blank:]]*}
		rest=${rest#"$blank"}
		[[ $i -lt $COMP_CWORD ]] || word=$rest
		rest=${rest#"$word"}
		if [[ $i -eq 0 || -n $blank ]]; then
			typed+=("$word")
		else
			typed[${#typed[@]} - 1]+=$word
		fi
	done
}

_valise() {
	local program=valise place candidate stem='' word quote _valise_word _valise_quote
	local -a typed=() words=()
	COMPREPLY=()
	[[ ${1##*/} != valise-verify ]] || program=valise-verify
	_valise_typed
	for word in "${typed[@]:1}"; do
		_valise_unquote "$word"
		words+=("$_valise_word")
	done
	# What readline leaves standing of the last word: up to an open quote, or to the last : or =.
	quote=$_valise_quote
	word=${typed[${#typed[@]} - 1]}
	if [[ -n $quote ]]; then
		stem=${word%"$quote"*}
	elif [[ $word == *[:=]* ]]; then
		stem=${word%"${word##*[:=]}"}
	fi
	_valise_unquote "$stem"
	stem=$_valise_word
	{
		IFS= read -r place
		while IFS=$'\t' read -r candidate _; do
			[[ $candidate == "$stem"* ]] || continue
			candidate=${candidate#"$stem"}
			if [[ -z $quote ]]; then
				printf -v candidate %q "$candidate"
			elif [[ $candidate == *[\\\'\"\`\$!]* ]]; then
				# Within quotes these mean something; without them they are escaped.
				continue
			fi
			COMPREPLY+=("$candidate")
		done
	} < <(command "$program" --complete "${words[@]}" 2>/dev/null)
	case $place in
	files) compopt -o default 2>/dev/null ;;
	dirs) compopt -o dirnames 2>/dev/null ;;
	esac
}

complete -F _valise valise valise-verify
