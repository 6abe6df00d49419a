# shellcheck shell=bash disable=SC2034,SC2154 # who reads it in has `work` and uses `failed`
# What shell tests share: a law is one line of their result. Whoever reads this in has a folder $work.

failed=0

# law LAW COMMAND...: one line of the test's result. In the background, where set -e still holds in an `if`.
law() {
  local text=$1
  shift
  "$@" >"$work/law.log" 2>&1 &
  if wait $!; then
    echo "ok - $text"
  else
    echo "not ok - $text"
    tail -n 40 "$work/law.log"
    failed=1
  fi
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
