# shellcheck shell=bash disable=SC2034,SC2154 # who reads it in has `work` and uses `failed`
# What shell tests share: a law is one line of their result. Whoever reads this in has a folder $work.

failed=0

# holding COMMAND...: as a law holds it: what fails says where, and that is the first that is shown. What fails in a $(...) says
# nothing: it would be part of what is read there.
holding() {
  local law_depth=$BASH_SUBSHELL
  set -E
  trap '((BASH_SUBSHELL > law_depth)) || printf "\n%s\n" "failed: ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
  "$@"
}
# told PID LAW LOG: its line, once that process has ended. Of one that has failed also what it has found out then, in $work/besides.
told() {
  if wait "$1"; then
    echo "ok - $2"
  else
    echo "not ok - $2"
    grep -m 1 '^failed: ' "$3" || true
    tail -n 40 "$3"
    if [[ -s $work/besides ]]; then cat "$work/besides"; fi
    rm -f "$work/besides"
    failed=1
  fi
}
# law LAW COMMAND...: one line of the test's result. In the background, where set -e still holds in an `if`.
law() {
  local text=$1
  shift
  holding "$@" >"$work/law.log" 2>&1 &
  told $! "$text" "$work/law.log"
}
# law_beside LAW COMMAND...: like law, but what follows does not wait for it; its line comes with await_laws. For one that waits
# rather than works, and has files and ports of its own.
beside=()
law_beside() {
  local text=$1 log
  shift
  log=$(mktemp "$work/law.XXXXXX")
  holding "$@" >"$log" 2>&1 &
  beside+=("$! $log $text")
}
await_laws() {
  local one pid log text
  for one in "${beside[@]}"; do
    read -r pid log text <<<"$one"
    told "$pid" "$text" "$log"
  done
  beside=()
}
# law_if REASON LAW CAN COMMAND...: like law, but skipped, with the reason, where the command CAN fails.
law_if() {
  local reason=$1 text=$2 can=$3
  shift 3
  if "$can" >/dev/null 2>&1; then law "$text" "$@"; else echo "skipped - $text: $reason"; fi
}
# until_true COMMAND...: polls, up to a minute: a slow machine is no failure. With a breath between two looks: what is waited for
# needs the cores.
until_true() {
  local end=$((SECONDS + 60))
  until "$@" 2>/dev/null; do
    if ((SECONDS > end)); then echo "never true: $*"; return 1; fi
    sleep 0.02
  done
}
# are_free FIRST N: nobody has one of these ports.
are_free() {
  local used port hex
  used=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | sed -n 's/^ *[0-9]*: [0-9A-F]*:\([0-9A-F]*\) .*/\1/p')
  for ((port = $1; port < $1 + $2; ++port)); do
    printf -v hex '%04X' "$port"
    if grep -qx "$hex" <<<"$used"; then return 1; fi
  done
}
# first_port N [FROM]: the first of N ports in a row that nobody has, of some thousands below those that connections are given: what is
# chosen at random is not what a test beside this one has chosen and not opened yet.
first_port() {
  local first
  until first=$((${2:-30000} + RANDOM % 2700)) && are_free "$first" "$1"; do :; done
  echo "$first"
}
# ends_with CODE COMMAND...
ends_with() {
  local expected=$1 code=0
  shift
  "$@" || code=$?
  [[ $code == "$expected" ]] || { echo "exit $code, not $expected: $*"; return 1; }
}
