#!/usr/bin/env bash
# The completion script in a real bash, and the manual page under a real roff: both say what the program says.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"

"$chargemill" generate completion --out "$work/completion" 2>"$work/wrote"
"$chargemill" generate man --out "$work/chargemill.1" 2>>"$work/wrote"
mkdir -p "$work/here/folder"
touch "$work/here/city.toml" "$work/here/notes.txt" "$work/here/sessions.csv"

# offered WORD...: what TAB offers for the last of these words, one a line; in a shell of its own.
offered() {
  # shellcheck disable=SC2016 # that shell expands it
  (cd "$work/here" && bash --noprofile --norc -euc '
    source "$0"
    COMP_WORDS=(chargemill "$@") COMP_CWORD=$#
    _chargemill
    printf "%s\n" "${COMPREPLY[@]}"' "$work/completion" "$@")
}
# offers 'A B' WORD...: exactly that, in any order.
offers() {
  local wanted=$1 got
  shift
  got=$(offered "$@" | sort | paste -sd' ')
  [[ $got == "$(tr ' ' '\n' <<<"$wanted" | sort | paste -sd' ')" ]] || { echo "$*: '$got', not '$wanted'"; return 1; }
}
is_bash() {
  bash -n "$work/completion"
  # It shall be complete for its own name only.
  bash --noprofile --norc -c 'source "$0"; complete -p chargemill' "$work/completion"
}
# commands_of WORD...: what the help of a command lists as its commands.
commands_of() { "$chargemill" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'; }
# options_of WORD...: likewise its long options.
options_of() { "$chargemill" "$@" --help | grep -oE '^ +(-[a-z],)?--[a-z][a-z-]*' | grep -oE -e '--[a-z-]+'; }
# every COMMAND that there is, one a line.
all_commands() {
  local command
  commands_of | while read -r command; do
    echo "$command"
    commands_of "$command" | sed "s/^/$command /"
  done
}
knows_all() {
  local command words left=0
  offers "$(commands_of | paste -sd' ') help" ''
  offers "$(commands_of | paste -sd' ')" help ''
  while read -r command; do
    read -ra words <<<"$command"
    if [[ -n $(commands_of "${words[@]}") ]]; then
      offers "$(commands_of "${words[@]}" | paste -sd' ')" "${words[@]}" '' || left=1
    fi
    offers "$(options_of "${words[@]}" | paste -sd' ')" "${words[@]}" -- || left=1
  done < <(all_commands)
  return "$left"
}
completes_values() {
  offers 'auto always never' run --color ''
  offers 'always auto' run --color a
  offers 'plain' run --quiet --progress p
  offers 'max' run --speed ''
  offers 'faults health sessions tickets stats' history ''
  offers 'table json csv' history faults --format ''
  offers 'csv' history --cp CP-000001 faults --format c
  offers 'text md json html' report --format ''
  offers 'stop stop-session' ctl --timeout 3 stop
  offers 'systemd sessions slurm' generate s
}
# Bash takes --color=a for three words.
completes_after_an_equals_sign() {
  offers 'auto always' run --color = a
  offers 'auto always never' run --color =
  offers 'city.toml folder' run --out = somewhere ''
}
completes_keys() {
  offers 'run.seed=' run --set run.see
  offers 'run.speed=' run --seed 7 --set run.spe
}
completes_files() {
  offers 'city.toml folder' run ''
  offers 'city.toml folder' run --seed 3 --quiet ''
  offers 'city.toml folder' validate city.toml ''
  offers 'city.toml' find-max ci
  offers 'sessions.csv folder' run --replay ''
  offers 'city.toml notes.txt sessions.csv folder' run --requests ''
  offers 'folder' report ''
  offers 'folder' compare folder ''
  offers 'folder' run --out f
  offers 'folder' generate alerts --out ''
}
helps_in_one_way() {
  local command words
  while read -r command; do
    read -ra words <<<"$command"
    "$chargemill" "${words[@]}" --help >"$work/help"
    grep -q "^Usage: chargemill $command" "$work/help" || { echo "$command"; head -n 3 "$work/help"; return 1; }
    grep -E 'TEXT:|UINT|FLOAT|\}=' "$work/help" && return 1
  done < <(all_commands)
  "$chargemill" find-max --help >"$work/help"
  grep -Eq -- '--what charge_points\|request_rate( |$)' "$work/help"
  grep -Eq '^ +what is to grow \[charge_points\]$' "$work/help"
}
offers_nothing_where_anything_may_stand() {
  offers '' run --seed ''
  offers '' history faults --cp ''
  offers '' doctor ''
  offers '' compare folder folder ''
}
page_is_sound() {
  groff -man -Tutf8 -ww "$work/chargemill.1" >"$work/page" 2>"$work/complaints"
  [[ -s $work/page ]]
  cat "$work/complaints"
  [[ ! -s $work/complaints ]]
}
# As a reader sees it: without the bold and italic of terminals.
page_knows_all() {
  local command words option left=0
  groff -man -Tascii -P-c -rLL=200n "$work/chargemill.1" | sed 's/.\x08//g' >"$work/plain"
  while read -r command; do
    read -ra words <<<"$command"
    [[ -z $(commands_of "${words[@]}") ]] || continue
    grep -q "^   $command\$" "$work/plain" || { echo "no section '$command'"; left=1; }
    while read -r option; do
      grep -q -e "$option" "$work/plain" || { echo "$command: no $option"; left=1; }
    done < <(options_of "${words[@]}")
  done < <(all_commands)
  grep -q 'Exit codes: 0 all well' "$work/plain"
  return "$left"
}
goes_where_it_is_sent() {
  "$chargemill" generate man | cmp - "$work/chargemill.1"
  local code=0
  echo 'somebody else' >"$work/mine"
  "$chargemill" generate man --out "$work/mine" 2>"$work/err" || code=$?
  [[ $code == 4 ]]
  grep -q -e '--force' "$work/err"
  "$chargemill" generate man --out "$work/mine" --force
  cmp "$work/mine" "$work/chargemill.1"
}

law 'the completion is a bash script of one function for one name' is_bash
law 'it offers all commands and options that --help lists, and no other' knows_all
law 'values that are one of a few words are offered' completes_values
law 'an equals sign stands between option and value as well as a space' completes_after_an_equals_sign
law 'keys of a scenario are offered to --set' completes_keys
law 'files and directories are offered where they are wanted' completes_files
law 'every --help names values and defaults in one way, and the program by its name' helps_in_one_way
law 'where anything may stand nothing is offered' offers_nothing_where_anything_may_stand
law 'both go to stdout or into a file, and over nobody else'"'"'s' goes_where_it_is_sent
can_roff() { command -v groff; }
law_if 'groff (package groff-base) is not installed' 'roff finds no fault with the manual page' can_roff page_is_sound
law_if 'groff (package groff-base) is not installed' 'the manual page has all commands and options of --help' \
  can_roff page_knows_all
exit "$failed"
