#!/usr/bin/env bash
# Two processes: a central, and charge points, monitors and drivers that load it through its framed door.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
ends_what_began

# central PORT NAME ARG...: a central with places for others, in the background; sets central_pid and port.
central() {
  local name=$2
  "$chargemill" run "$work/central.toml" --progress off --tcp "127.0.0.1:$1" --http off --out "$work/$name" "${@:3}" \
    >"$work/$name.out" 2>"$work/$name.err" &
  central_pid=$!
  disown "$central_pid"
  echo "$central_pid" >>"$work/pids"
  until_true grep -q '^TCP  ' "$work/$name.err"
  port=$(sed -n 's/^TCP  *127.0.0.1:\([0-9]*\).*/\1/p' "$work/$name.err")
}
# central_with_tls: one that shows a certificate and wants a token; sets tls_port.
central_with_tls() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=chargemill \
    -addext subjectAltName=DNS:localhost -keyout "$work/door.key" -out "$work/door.pem" 2>/dev/null
  printf 'operator-0123456789abcdef\n' >"$work/token"
  "$chargemill" run "$work/central.toml" --progress off --tcp 127.0.0.1:0 --http off --out "$work/hidden" \
    --set "tcp.tls_cert=$work/door.pem" --set "tcp.tls_key=$work/door.key" --set "tcp.token_file=$work/token" \
    >"$work/hidden.out" 2>"$work/hidden.err" &
  echo "$!" >>"$work/pids"
  disown "$!"
  until_true grep -q '^TCP  ' "$work/hidden.err"
  tls_port=$(sed -n 's/^TCP  *127.0.0.1:\([0-9]*\).*/\1/p' "$work/hidden.err")
}
# load NAME ARG...: those who load it, to their end; their exit code.
load() {
  local name=$1
  shift
  "$chargemill" run "$@" --central "tcp://127.0.0.1:$port" --progress off --out "$work/$name" \
    >"$work/$name.out" 2>"$work/$name.err"
}
# fact RUN PYTHON: whether the expression holds of the summary `s` of that run.
fact() {
  python3 - "$work/$1/summary.json" "$2" <<'PY'
import json, sys
s = json.load(open(sys.argv[1]))
if not eval(sys.argv[2]):
    print(sys.argv[2], json.dumps({k: s[k] for k in ("requests", "sessions", "energy", "money", "faults", "tickets", "conservation")}), s.get("link"))
    sys.exit(1)
PY
}
cat >"$work/central.toml" <<'TOML'
[run]
name = "central"
duration = "1h"
[network]
charge_points = 0
external = 64
[drivers]
external = 64
TOML
cat >"$work/load.toml" <<'TOML'
[run]
name = "load"
duration = "20s"
[network]
max_session = "2s"
[[charge_point]]
id = "CP-A"
[[charge_point]]
id = "CP-B"
power_kw = 50
price_eur_kwh = 0.35
[[driver]]
id = "alice"
requests = ["CP-A", "CP-A", "CP-NONE"]
pause = "1s"
[[driver]]
id = "bob"
requests = ["CP-B"]
[[fault]]
kind = "engine_ko"
at = "6s"
duration = "5s"
cp = "CP-B"
TOML

cat >"$work/busy.toml" <<'TOML'
[run]
name = "busy"
start = 2026-01-05T12:00:00Z
[network]
max_session = "1s"
[drivers]
sessions_per_cp_per_day = 10000
timeout = "5s"
TOML

a_session_and_a_fault() {
  load first "$work/load.toml"
  cat "$work/first.out"
  fact first 's["conservation"]["ok"]'
  fact first 's["requests"]["sent"] == 4 and s["requests"]["accepted"] == 3 and s["requests"]["denied"] == 1'
  fact first 's["sessions"]["started"] == 3 and s["sessions"]["completed"] == 3'
  # Two sessions of two seconds at 22 kW and 0.30, one at 50 kW and 0.35.
  fact first 's["energy"]["delivered_mj"] == s["energy"]["sessions_mj"] == 4 * 22_000_000 + 2 * 50_000_000'
  fact first 's["energy"]["unreported_mj"] == 0'
  fact first 'abs(s["money"]["revenue_eur"] - (88 * 0.30 + 100 * 0.35) / 3600) < 1e-5'
  fact first 's["tickets"]["delivered"] == 3'
  fact first 's["faults"]["raised"] == 1 and s["faults"]["recovered"] == 1'
  fact first 's["latency_ms"]["request_decision"]["count"] == 4 and s["latency_ms"]["fault_detection"]["count"] == 1'
  fact first 's["link"]["connections"] == 2 and s["link"]["lost"] == 0 and s["link"]["unanswered"] == 0'
  fact first 's["link"]["sent"] == s["link"]["taken"] + s["link"]["declined"]'
  fact first 's["link"]["round_trip_ms"]["count"] == s["link"]["sent"]'
}
many_speak_on_few_connections() {
  load many "$work/busy.toml" --charge-points 40 --drivers 40 --duration 8s --set central.connections=3
  fact many 's["conservation"]["ok"] and s["link"]["connections"] == 3 and s["link"]["lost"] == 0'
  fact many 's["charge_points"]["disconnected"] == 0'
  fact many 's["requests"]["accepted"] > 5 and s["sessions"]["completed"] > 5'
}
those_without_a_place_are_counted() {
  load crowd "$work/busy.toml" --charge-points 70 --drivers 70 --duration 8s --set central.connections=4
  fact crowd 's["charge_points"]["disconnected"] >= s["link"]["charge_points_not_admitted"] >= 6'
  grep -Eq '^WARNING   [0-9]+ of 70 charge points were never admitted by central \(most heard: NACK: .*network.external' "$work/crowd.out"
}
central_dies_and_returns() {
  "$chargemill" run "$work/busy.toml" --charge-points 8 --drivers 8 --duration 25s --set central.connections=2 \
    --central "tcp://127.0.0.1:$port" --progress off --out "$work/second" >"$work/second.out" 2>"$work/second.err" &
  local loader=$!
  echo "$loader" >>"$work/pids"
  until_true some_sessions
  kill -KILL "$central_pid"
  until_true port_is_free
  central "$port" again
  until_true some_sessions
  wait "$loader"
  cat "$work/second.out"
  fact second 's["conservation"]["ok"]'
  fact second 's["link"]["lost"] == 2 and s["link"]["connected"] == 2'
  fact second 's["sessions"]["completed"] > 0 and s["charge_points"]["disconnected"] == 0'
  fact second 'any("connections to central were lost" in w for w in s["warnings"])'
}
# As above, but the one that returns has the journal of the one that died: what was open is over once, with its energy.
central_goes_on_with_its_journal() {
  central 0 kept --data "$work/journal"
  # Sessions so long that some are open at the end of that central, which follows a look at its journal.
  "$chargemill" run "$work/busy.toml" --charge-points 8 --drivers 8 --duration 25s --set central.connections=2 --set network.max_session=2s \
    --central "tcp://127.0.0.1:$port" --progress off --out "$work/third" >"$work/third.out" 2>"$work/third.err" &
  local loader=$!
  echo "$loader" >>"$work/pids"
  until_true several_are_open
  kill -KILL "$central_pid"
  until_true port_is_free
  sessions | grep ACTIVE | cut -d, -f 2 >"$work/open"
  [[ -s $work/open ]]
  central "$port" kept-again --data "$work/journal"
  until_true some_sessions
  wait "$loader"
  fact third 's["conservation"]["ok"] and s["link"]["connected"] == 2'
  grep -q 'continues .*: run 2 at ' "$work/kept-again.err" "$work/kept-again/log.ndjson"
  until_true nothing_is_open
  sessions >"$work/rows"
  cut -d, -f 2 "$work/rows" | sort | uniq -d | grep . && return 1
  # Whoever died before its order to start went out has a session that never was one: over, with nothing delivered.
  local never=',0.0,0.0,FAILED,Charging interrupted: ACTIVATED,'
  while read -r id; do
    grep "^[0-9]*,$id," "$work/rows" | grep -q -e ',COMPLETED,' -e "$never" || { grep "$id" "$work/rows"; return 1; }
  done <"$work/open"
  grep -F -f <(sed 's/.*/,&,/' "$work/open") "$work/rows" | grep ',COMPLETED,' >/dev/null
  kill -INT "$central_pid"
  until_true test -e "$work/kept-again/summary.json"
  fact kept-again 's["conservation"]["ok"]'
}
sessions() { "$chargemill" history sessions --data "$work/journal" --limit 100000 --format csv; }
several_are_open() { (($(sessions | grep -c ",ACTIVE,") > 1)); }
nothing_is_open() { ! sessions | grep -q ',ACTIVE,'; }
# Central, whichever it is now, knows of charge points that are activated or supply.
some_sessions() { "$chargemill" ctl --tcp "127.0.0.1:$port" list | grep -q SUPPLYING; }
port_is_free() { ! "$chargemill" ctl --tcp "127.0.0.1:$port" ping >/dev/null 2>&1; }
inside_tls() {
  central_with_tls
  "$chargemill" run "$work/load.toml" --central "tls://localhost:$tls_port" --set "central.ca_file=$work/door.pem" \
    --set "central.token_file=$work/token" --progress off --out "$work/secret" >"$work/secret.out" 2>"$work/secret.err"
  fact secret 's["conservation"]["ok"] and s["sessions"]["completed"] == 3 and s["tickets"]["delivered"] == 3'
  fact secret 's["link"]["address"].startswith("tls://") and s["link"]["lost"] == 0 and s["link"]["unanswered"] == 0'
  # Whom it does not believe it tells nothing; whoever speaks without TLS is not understood.
  stranger "central.ca_file=" 'not to be believed: self.signed certificate'
  stranger "central.ca_file=$work/token" 'no certificates in it'
}
# stranger SETTING TEXT: with it the run ends before it begins, and says why.
stranger() {
  local code=0
  "$chargemill" run "$work/load.toml" --central "tls://localhost:$tls_port" --set "$1" --no-out >"$work/none.out" 2>"$work/none.err" || code=$?
  cat "$work/none.err"
  [[ $code == 4 ]]
  grep -q "$2" "$work/none.err"
}
cat >"$work/wrong.toml" <<'TOML'
[run]
name = "wrong"
duration = "10s"
[central]
connections = 1
[[charge_point]]
id = "CP-A"
[drivers]
count = 0
TOML
wrong_starts() {
  python3 tests/e2e/wrong_starts.py "$work/wrong.port" &
  local ordering=$!
  echo "$ordering" >>"$work/pids"
  until_true test -e "$work/wrong.port"
  port=$(<"$work/wrong.port") load wrong "$work/wrong.toml"
  wait "$ordering"
  fact wrong 's["engines"]["payloads_invalid"] == 7 and s["link"]["unclear"] == 0'
  fact wrong 's["sessions"]["started"] == 0 and s["conservation"]["ok"]'
}
rude_central() {
  python3 tests/e2e/rude_central.py "$work/rude.port" &
  local ordering=$!
  echo "$ordering" >>"$work/pids"
  until_true test -e "$work/rude.port"
  port=$(<"$work/rude.port") load rude "$work/wrong.toml"
  wait "$ordering"
  cat "$work/rude.out"
  fact rude 's["conservation"]["ok"] and s["sessions"]["started"] == 1'
  fact rude 's["link"]["unclear"] == 5 and s["link"]["declined"] > 0 and s["link"]["lost"] == 0'
  fact rude 's["link"]["last_trouble"] == "NACK: x" + 96 * "\u00fc"'
}
# slow_disk NAME DECLINED PAUSE ANSWER...: a central that gives these answers to an end before it has it on disk.
slow_disk() {
  local name=$1 declined=$2
  python3 tests/e2e/slow_disk_central.py "$work/$name.port" "${@:3}" &
  local ordering=$!
  echo "$ordering" >>"$work/pids"
  until_true test -e "$work/$name.port"
  port=$(<"$work/$name.port") load "$name" "$work/wrong.toml"
  wait "$ordering"
  fact "$name" "s['conservation']['ok'] and s['sessions']['completed'] == 1 and s['link']['declined'] == $declined"
  fact "$name" 's["energy"]["unassigned_mj"] == 0 and s["energy"]["sessions_mj"] > 0'
}
slow_disk_central() { slow_disk slow 1 0 'NACK: done, but not on disk yet: see the journal'; }
# It had no room to look, twice; asked again at once it would have none either.
busy_central() { slow_disk full 0 0.5 'ACK: cp.session_end#unconfirmed' 'ACK: cp.session_end#unconfirmed'; }
nobody_there() {
  local code=0
  "$chargemill" run "$work/load.toml" --central tcp://127.0.0.1:1 --no-out >"$work/none.out" 2>"$work/none.err" || code=$?
  cat "$work/none.err"
  [[ $code == 4 ]]
  grep -q 'Unable to connect to CENTRAL' "$work/none.err"
}

if ! command -v python3 >/dev/null; then
  echo "skipped - a central elsewhere: no python3"
  exit 0
fi
central 0 central
if command -v openssl >/dev/null; then
  law_beside "all of it goes inside TLS, with a token, to a central that is believed and to no other (tls://)" inside_tls
else
  echo "skipped - a central elsewhere inside TLS: no openssl"
fi
law_beside "a start whose payload does not serve is answered: null, empty, no object, no driver (D-092)" wrong_starts
law_beside "a central that says what it likes harms nobody: endless names, messages nobody knows, answers of any length" rude_central
law "sessions, a denial, a fault and its recovery go to a central in another process, and all sums hold" a_session_and_a_fault
await_laws
law "many speak on few connections" many_speak_on_few_connections
law "charge points that central has no place for are counted, and why is said" those_without_a_place_are_counted
law_beside "a central dies and returns: connections come back, nothing is counted twice" central_dies_and_returns
law "a central that returns with its journal knows who joined, and what was open ends once (D-214)" \
  central_goes_on_with_its_journal
law "an end that central has not on disk yet is said again, and booked once (D-102)" slow_disk_central
law "an end that central had no room to look for is said again a while later, and booked once (D-102)" busy_central
await_laws
law "a central that is not there ends the run before it begins, with exit 4 (X-28)" nobody_there
exit "$failed"
