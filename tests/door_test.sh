#!/usr/bin/env bash
# The framed door of the real program: from other languages, from ctl, and at the end of a run.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
ends_what_began

# start NAME ARG...: a run in the background; sets pid and port.
start() {
  local name=$1
  shift
  "$chargemill" run "$work/small.toml" --progress off --no-out --no-journal "$@" >"$work/$name.out" 2>"$work/$name.err" &
  pid=$!
  echo "$pid" >>"$work/pids"
  until_true grep -q '^TCP  ' "$work/$name.err"
  port=$(sed -n 's/^TCP  *127.0.0.1:\([0-9]*\).*/\1/p' "$work/$name.err")
}
ctl() { "$chargemill" ctl --tcp "127.0.0.1:$port" "$@"; }
printf '[run]\nname = "small"\nduration = "1h"\n[network]\ncharge_points = 50\nzones = 2\n' >"$work/small.toml"

speaks_ctl() {
  until_true bash -c "[[ \$($chargemill ctl --tcp 127.0.0.1:$port list | grep -c ACTIVATED) == 49 ]]"
  ctl ping | grep -q '^ok  PING'
  ctl status CP-000002 | grep -q '^CP-000002 *ACTIVATED *ACTIVATED *OK *- *- *[0-9.]* *[0-9.]*$'
  ctl status CP-000002 --json | grep -q '"state": "ACTIVATED"'
  ctl stats CP-000002 | grep -q 'closed'
  ctl available Z02 | grep -q 'CP-000050'
  ctl start CP-000003 - | grep -q '^ok  START'
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port list | grep -q 'CP-000003 *SUPPLYING'"
  ctl stop-session CP-000003
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port list | grep -q 'CP-000003 *ACTIVATED'"
  ctl inject CP-000004 engine_ko 10s | grep -q '^ok  INJECT CP-000004'
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port list | grep -q 'CP-000004 *BROKEN'"
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port list | grep -q 'CP-000004 *ACTIVATED'"
  ctl shutdown CP-000004
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port list | grep -q 'CP-000004 *BROKEN'"
  ctl list broken | grep -q 'CP-000004 *BROKEN'
  [[ $(ctl list broken | grep -c ACTIVATED) == 0 ]]
  ctl resume CP-000004 | grep -q 'CP-000004 stays BROKEN' # it was not stopped
  ctl power-on CP-000004 | grep -q '^ok  POWER_ON CP-000004'
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port list | grep -q 'CP-000004 *ACTIVATED'"
  ctl add cp CP-900 Z02 50 0.35 | grep -q '^ok  ADD_CP CP-900'
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port list | grep -q 'CP-900 *ACTIVATED'"
  ctl add driver eve CP-900 | grep -q '^ok  ADD_DRIVER eve'
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port status CP-900 | grep -q 'CP-900 .* eve '"
  ctl add cp - --json | grep -q '"result": "CP-00'
  ends_with 2 ctl add cp CP-900 2>"$work/err"
  grep -q "there is a charge point 'CP-900' already" "$work/err"
  ends_with 2 ctl add driver bob CP-404 2>"$work/err"
  grep -q 'Charging point not found' "$work/err"
  CHARGEMILL_TCP_LISTEN=127.0.0.1:$port "$chargemill" ctl ping
}
# stands CP STATE: as an operator sees it.
stands() { grep -q "^$1 *$2" <<<"$(ctl list)"; }
is_charged_by() { grep -q "^$1 *SUPPLYING .* $2 " <<<"$(ctl status "$1")"; }
# The seven phases of D-224.
outlives_a_crash() {
  until_true stands CP-000021 ACTIVATED # 1: how all begins
  ctl start CP-000021 -                 # 2: a session, and one beside it
  ctl start CP-000022 -
  until_true stands CP-000021 SUPPLYING
  until_true stands CP-000022 SUPPLYING
  ctl inject CP-000021 engine_crash 12s # 3: its engine is no more
  until_true stands CP-000021 BROKEN    # 4: that is found
  ctl ping | grep -q '^ok  PING'        # 5: central works, and so do the others
  stands CP-000022 SUPPLYING
  ctl stop CP-000024 | grep -q 'STOP 1'
  until_true stands CP-000024 STOPPED
  ctl resume CP-000024 | grep -q 'RESUME 1'
  until_true stands CP-000024 ACTIVATED
  ctl add driver frank CP-000023 | grep -q '^ok  ADD_DRIVER frank' # 6: so do requests to them
  until_true is_charged_by CP-000023 frank
  until_true stands CP-000021 ACTIVATED # 7: it comes back, and charges
  ctl start CP-000021 -
  until_true stands CP-000021 SUPPLYING
}
says_what_is_wrong() {
  ends_with 2 ctl status CP-7 2>"$work/err"
  grep -q 'Charging point not found' "$work/err"
  ends_with 2 ctl stats 2>"$work/err"
  grep -q 'a name is missing, use stats CP' "$work/err"
  ends_with 2 ctl inject CP-000001 engine_ko soon 2>"$work/err"
  grep -q 'how long: above 0, at most 1e9 seconds, use inject CP KIND \[DURATION\]' "$work/err"
  ends_with 2 ctl lst 2>"$work/err"
  grep -q "did you mean 'list'" "$work/err"
  ends_with 2 "$chargemill" ctl ping --tcp nowhere 2>"$work/err"
  ends_with 4 "$chargemill" ctl ping --tcp 127.0.0.1:1 2>"$work/err"
  grep -q 'is a run going on?' "$work/err"
}
# fails_as_json CODE TEXT COMMAND...: nothing on stdout, on stderr an object that says TEXT.
fails_as_json() {
  local code=$1 text=$2
  shift 2
  ends_with "$code" "$@" --json >"$work/out" 2>"$work/err"
  [[ ! -s $work/out ]]
  grep -qF -- "$text" "$work/err"
  grep -qx "{\"error\":.*,\"exit_code\":$code\(,\"hint\":\"[^\"]*\"\)\?}" "$work/err"
}
says_what_is_wrong_as_json() {
  fails_as_json 2 "Charging point not found: 'CP-7'" ctl status CP-7
  fails_as_json 2 'a name is missing, use stats CP' ctl stats
  fails_as_json 2 "did you mean 'list'" ctl lst
  # What the parser of options refuses, as well: it is not asked what form was wanted.
  fails_as_json 2 "unknown option '--jsn'; did you mean '--json'?" ctl list --jsn
  fails_as_json 2 '--timeout: must be' ctl ping --timeout soon
  fails_as_json 2 '--timeout is given more than once' ctl ping --timeout 1 --timeout 2
  fails_as_json 2 '--ca-file goes with --tls' ctl ping --ca-file x
  fails_as_json 2 'COMMAND is missing' ctl
  grep -q '"hint":"chargemill ctl --help says more"' "$work/err"
  fails_as_json 4 'refused' "$chargemill" ctl ping --tcp 127.0.0.1:1
  fails_as_json 4 "cannot read $work/nothing" ctl list --token-file "$work/nothing"
}
# While the first run has the port.
minds_the_port() {
  ends_with 4 "$chargemill" run "$work/small.toml" --tcp "127.0.0.1:$port" --no-out --no-journal 2>"$work/err"
  grep -q "cannot listen on 127.0.0.1:$port" "$work/err"
  ends_with 2 "$chargemill" run "$work/small.toml" --tcp 0.0.0.0:0 --no-out --no-journal 2>"$work/err"
  grep -q 'ssh -L' "$work/err"
  ends_with 2 "$chargemill" run "$work/small.toml" --tcp somewhere --no-out --no-journal 2>"$work/err"
  grep -q 'an address like 127.0.0.1:9999' "$work/err"
}
# Two runs with the default port: whoever comes second gets another.
replaces_the_default() {
  local first=$work/first.err second=$work/second.err line='^TCP  *127.0.0.1:[0-9]* (127.0.0.1:9999 is in use)$'
  "$chargemill" run "$work/small.toml" --progress off --no-out --no-journal 2>"$first" >/dev/null & # until the others have been
  pid=$!
  echo "$pid" >>"$work/pids"
  until_true grep -q '^TCP ' "$first"
  "$chargemill" run "$work/small.toml" --progress off --no-out --no-journal --duration 1s 2>"$second" >/dev/null
  grep -q "$line" "$second"
  "$chargemill" run "$work/small.toml" --quiet --no-out --no-journal --duration 1s 2>"$second" >/dev/null
  grep -q "$line" "$second" # or nobody would find it
  kill -INT "$pid"
  ends_with 130 wait "$pid"
}
is_silent() {
  "$chargemill" run "$work/small.toml" --duration 1s --http 127.0.0.1:0 --tcp 127.0.0.1:0 --quiet --no-out --no-journal \
    >"$work/out" 2>"$work/err"
  [[ ! -s $work/out && ! -s $work/err ]]
  "$chargemill" run "$work/small.toml" --duration 1s --tcp off --progress off --no-out --no-journal >"$work/out" 2>"$work/err"
  ! grep -q TCP "$work/err"
}
reads_only_in_virtual_time() {
  start virtual --tcp 127.0.0.1:0 --speed max --charge-points 20000 --duration 8760h
  ends_with 2 ctl stop all 2>"$work/err"
  grep -q 'virtual time (--speed max) can only be looked at' "$work/err"
  ctl list | grep -q 'CP-020000'
  kill -INT "$pid"
  ends_with 130 wait "$pid"
}
# With a client that is in the middle of a message, and one that is silent.
ends_well() {
  local begun
  start last --tcp 127.0.0.1:0 --stop-timeout 2s
  exec 5<>"/dev/tcp/127.0.0.1/$port" 6<>"/dev/tcp/127.0.0.1/$port"
  printf '\002PI' >&6
  ctl ping
  begun=$SECONDS
  kill -TERM "$pid"
  ends_with 143 wait "$pid"
  ((SECONDS - begun < 20))
  [[ -z $(timeout 60 cat <&5) ]]
  ends_with 4 ctl ping
  # The port is free at once.
  start next --tcp "127.0.0.1:$port" --duration 1s
  wait "$pid"
}
keeps_its_figures() {
  local journal=$work/journal
  "$chargemill" run "$work/small.toml" --progress off --no-out --data "$journal" --tcp 127.0.0.1:0 >"$work/kept.out" 2>"$work/kept.err" &
  pid=$!
  echo "$pid" >>"$work/pids"
  until_true grep -q '^TCP  ' "$work/kept.err"
  port=$(sed -n 's/^TCP  *127.0.0.1:\([0-9]*\).*/\1/p' "$work/kept.err")
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port inject CP-000005 engine_ko"
  until_true bash -c "$chargemill ctl --tcp 127.0.0.1:$port stats CP-000005 --json | grep -q '\"fault_count\": 1'"
  kill -INT "$pid"
  ends_with 130 wait "$pid"
}

start main --tcp 127.0.0.1:0
if command -v python3 >/dev/null; then
  python3 tests/e2e/frame_client.py "$port" || failed=1
else
  echo "skipped - framed door from Python: no python3"
fi
law "ctl shows and orders, as table and as JSON" speaks_ctl
law_beside "one that crashes harms itself alone, and comes back: seven phases (D-224)" outlives_a_crash
law "ctl says what is wrong: 2 for a mistake or a refusal, 4 when nobody is there" says_what_is_wrong
law "with --json that is an object on stderr, and stdout holds results only" says_what_is_wrong_as_json
law "4 for a chosen port in use, 2 for an open address or for none (X-28)" minds_the_port
law "a default port in use is replaced, and the line says so" replaces_the_default
law "no line of the door with --quiet and with --tcp off" is_silent
law "in virtual time the door only reads" reads_only_in_virtual_time
law "with a journal, STATS counts what it holds" keeps_its_figures
law "at the end clients are answered or cut, and the port is free at once (D-088)" ends_well
await_laws
exit "$failed"
