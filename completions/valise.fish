# SPDX-License-Identifier: Apache-2.0
# Completion of valise and valise-verify for fish. The program is asked what could stand there; nothing that it answers, and nothing that
# was typed, is expanded or run.

function __valise_complete --argument-names program
    set -l words (commandline -opc)
    set -e words[1]
    set -l current "$(commandline -ct)"
    set -l plain "$(string unescape -- $current 2>/dev/null)"
    # A quote that is still open.
    test -n "$plain"; or set plain "$(string trim --left --chars='"\'' -- $current)"
    set -l lines (command $program --complete (string replace -r '^~/' "$HOME/" -- $words) (string replace -r '^~/' "$HOME/" -- $plain) 2>/dev/null)
    # What is attached to an option is completed behind it.
    set -l option "$(string match -r -- '^--[^=]*=' $plain)"
    set -l value (string replace -r '^--[^=]*=' '' -- $plain)
    switch "$lines[1]"
        case files
            printf '%s\n' $option(__fish_complete_path $value)
        case dirs
            printf '%s\n' $option(__fish_complete_directories $value)
    end
    set -e lines[1]
    test (count $lines) -eq 0; or printf '%s\n' $lines
end

complete -c valise -f -a '(__valise_complete valise)'
complete -c valise-verify -f -a '(__valise_complete valise-verify)'
