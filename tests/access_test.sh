#!/usr/bin/env bash
# Who may come in: tokens at both doors of the real program, and addresses that others reach.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
cd "$(dirname "$0")/.."
chargemill=$PWD/build/release/chargemill
work=$(mktemp -d)
# Laws run in processes of their own: a file knows what they have started.
trap '{ xargs -r kill -KILL <"$work/pids"; } 2>/dev/null || true; rm -rf "$work"' EXIT
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
    tail -n 15 "$work/law.log"
    failed=1
  fi
}
# ends_with CODE COMMAND...
ends_with() {
  local expected=$1 code=0
  shift
  "$@" || code=$?
  [[ $code == "$expected" ]] || { echo "exit $code, not $expected: $*"; return 1; }
}
# until_true COMMAND...: polls, up to twenty seconds.
until_true() {
  local end=$((SECONDS + 20))
  until "$@" 2>/dev/null; do
    if ((SECONDS > end)); then echo "never true: $*"; return 1; fi
  done
}
# says FILE PATTERN: the file has such a line; else shows it.
says() { grep -q -- "$2" "$1" || { echo "no '$2' in:"; cat "$1"; return 1; }; }
# port_of DOOR FILE
port_of() { sed -n "s/^$1  *[^ ]*:\([0-9]*\).*/\1/p" "$2"; }
# start NAME ARG...: a run in the background, at $host; sets pid, tcp and http (ports).
host=127.0.0.1
start() {
  local name=$1
  shift
  "$chargemill" run "$work/small.toml" --progress off --no-out --no-journal --tcp "$host:0" \
    --http "$host:0" "$@" >"$work/$name.out" 2>"$work/$name.err" &
  pid=$!
  echo "$pid" >>"$work/pids"
  until_true grep -q '^TCP  ' "$work/$name.err"
  tcp=$(port_of TCP "$work/$name.err")
  http=$(port_of HTTP "$work/$name.err")
}
stop() {
  kill -INT "$pid"
  ends_with 130 wait "$pid"
}
ctl() { "$chargemill" ctl --tcp "127.0.0.1:$tcp" "$@"; }
# code ARG...: the status that curl gets.
code() { curl -sS -o "$work/body" -w '%{http_code}' "$@"; }

printf '[run]\nname = "small"\nduration = "1h"\n[network]\ncharge_points = 5\nzones = 1\n' >"$work/small.toml"
operator=operator-0123456789abcdef reader=reader-0123456789abcdef
printf '# tokens\n%s\n%s read\n' $operator $reader >"$work/tokens"
printf '%s\n' $reader >"$work/reader"
printf 'wrong-0123456789abcdef\n' >"$work/wrong"
bearer() { printf 'Authorization: Bearer %s' "$1"; }

wants_a_token_over_http() {
  local base=http://127.0.0.1:$http
  [[ $(code "$base/cp") == 401 ]]
  says "$work/body" 'a token is needed'
  curl -sS -D - -o /dev/null "$base/" | grep -qi '^WWW-Authenticate: Bearer.*Basic'
  [[ $(code -X POST "$base/api/v1/charge-points/stop") == 401 ]]
  says "$work/body" '"status":401'
  [[ $(code -H "$(bearer wrong-0123456789abcdef)" "$base/cp") == 401 ]]
  [[ $(code -H "$(bearer "$reader")" "$base/cp") == 200 ]]
  [[ $(code -H "$(bearer "$reader")" -X POST "$base/api/v1/charge-points/stop") == 403 ]]
  [[ $(code -H "$(bearer "$operator")" -X POST "$base/api/v1/charge-points/stop") == 200 ]]
  [[ $(code -u "anybody:$operator" -X POST "$base/api/v1/charge-points/resume") == 200 ]]
  [[ $(code -u "anybody:$reader" "$base/metrics") == 200 ]]
  # Those who watch over processes have no token.
  [[ $(code "$base/livez") == 200 && $(code "$base/health") == 200 && $(code "$base/readyz") == 200 ]]
}
wants_a_token_over_tcp() {
  ctl ping
  ends_with 2 ctl list 2>"$work/err"
  says "$work/err" 'a token is needed'
  ends_with 2 ctl --token-file "$work/wrong" list 2>"$work/err"
  says "$work/err" 'wrong token'
  ctl --token-file "$work/reader" list | grep -q CP-000005
  ends_with 2 ctl --token-file "$work/reader" stop all 2>"$work/err"
  says "$work/err" 'this token reads'
  ctl --token-file "$work/tokens" stop all
  CHARGEMILL_TCP_TOKEN_FILE=$work/tokens ctl resume all
  ends_with 4 ctl --token-file "$work/nothing" list 2>"$work/err"
  says "$work/err" "cannot read $work/nothing"
}
keeps_its_tokens_to_itself() {
  if grep -qE "$operator|$reader" "$work/guarded.err" "$work/guarded.out"; then return 1; fi
  ! grep -q '^OPEN' "$work/guarded.err"
}
nothing_was_changed_by_strangers() {
  local base=http://127.0.0.1:$http path
  for path in /cp/command /cp/stop /stop-session /api/v1/charge-points/stop; do
    [[ $(code -d '{"cmd":"stop_cp","cp_id":"*"}' "$base$path") == 401 ]]
  done
  ends_with 2 ctl stop all
  until_true bash -c "[[ \$($chargemill ctl --tcp 127.0.0.1:$tcp --token-file $work/reader list | grep -c ACTIVATED) == 5 ]]"
}
opens_to_others_with_a_token() {
  ends_with 2 "$chargemill" run "$work/small.toml" --tcp 0.0.0.0:0 --http off --no-out --no-journal 2>"$work/err"
  says "$work/err" '--set tcp.token_file=FILE'
  ends_with 2 "$chargemill" run "$work/small.toml" --http 0.0.0.0:0 --tcp off --no-out --no-journal 2>"$work/err"
  says "$work/err" '--set http.token_file=FILE'
  host=0.0.0.0 start wide --set "tcp.token_file=$work/tokens" --set "http.token_file=$work/tokens"
  ctl --token-file "$work/tokens" list | grep -q CP-000001
  [[ $(code -H "$(bearer "$reader")" "http://127.0.0.1:$http/cp") == 200 ]]
  stop
}
says_that_it_is_open() {
  start open
  says "$work/open.err" '^OPEN .*(http.token_file, tcp.token_file)$'
  ctl --token-file "$work/tokens" list | grep -q CP-000001
  stop
}
names_the_file_that_is_wrong() {
  ends_with 4 "$chargemill" run "$work/small.toml" --no-out --no-journal --set "http.token_file=$work/none" 2>"$work/err"
  says "$work/err" "http.token_file: cannot read $work/none: No such file"
  printf 'short\n' >"$work/short"
  ends_with 4 "$chargemill" run "$work/small.toml" --no-out --no-journal --set "tcp.token_file=$work/short" 2>"$work/err"
  says "$work/err" 'line 1: a token has 16 characters at least'
}

start guarded --set "tcp.token_file=$work/tokens" --set "http.token_file=$work/tokens"
law "over HTTP nobody without a token sees or changes anything, but that the program lives (D-147)" wants_a_token_over_http
law "over the framed door neither; ctl --token-file comes in" wants_a_token_over_tcp
law "what strangers ask for does not happen" nothing_was_changed_by_strangers
law "tokens are written nowhere" keeps_its_tokens_to_itself
stop || { echo "not ok - a run that is guarded ends as it is told"; failed=1; }
law "an address that others reach is 2 without a token, with the flag that helps" opens_to_others_with_a_token
law "a run without tokens says so once (D-147)" says_that_it_is_open
law "a file of tokens that is none is 4, with its name and line" names_the_file_that_is_wrong
exit "$failed"
