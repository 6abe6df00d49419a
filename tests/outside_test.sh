#!/usr/bin/env bash
# Charge points, monitors and drivers in another language take part in a run, through its framed door.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
ends_what_began

# start NAME ARG...: a run in the background, with an output directory; sets pid and port.
start() {
  local name=$1
  shift
  "$chargemill" run "$@" --progress off --tcp 127.0.0.1:0 --http off --out "$work/$name" >"$work/$name.out" 2>"$work/$name.err" &
  pid=$!
  echo "$pid" >>"$work/pids"
  until_true grep -q '^TCP  ' "$work/$name.err"
  port=$(sed -n 's/^TCP  *127.0.0.1:\([0-9]*\).*/\1/p' "$work/$name.err")
}
cat >"$work/outside.toml" <<'TOML'
[run]
name = "outside"
duration = "1h"
[network]
external = 1
max_session = "1s"
[drivers]
external = 1
[[charge_point]]
id = "CP-IN"
[[charge_point]]
id = "CP-OUT"
external = true
[[driver]]
id = "driver-out"
external = true
TOML

# A central that is killed while strangers charge: its successor knows them, their session, and what it comes to.
survives_a_kill() {
  mkdir "$work/restart"
  sed -e 's/external = 1$/external = 2/' -e '/^max_session/d' "$work/outside.toml" >"$work/restart.toml"
  python3 tests/e2e/outside_restart.py "$chargemill" "$work/restart.toml" "$work/restart" >"$work/said" 2>&1 ||
    { tail -n 5 "$work/said" "$work/restart"/*.err; return 1; }
  grep -q 'continues .*: run 2 at .*, 1 open sessions' "$work/restart/life2.err" "$work/restart/life2/log.ndjson"
}

keeps_what_it_has_acknowledged() {
  mkdir "$work/acknowledged"
  python3 tests/e2e/outside_acknowledged.py "$chargemill" "$work/outside.toml" "$work/acknowledged" >"$work/said" 2>&1 ||
    { tail -n 5 "$work/said" "$work/acknowledged"/*.err; return 1; }
}

# What the charge points outside have delivered, and the one inside in its second at 22 kW, is what the run has booked.
keeps_the_energy() {
  python3 - "$work/story/summary.json" "$work/delivered" <<'PY'
import json, sys
summary = json.load(open(sys.argv[1]))
outside = float(open(sys.argv[2]).read())
assert summary["conservation"]["ok"], summary["conservation"]
sessions = summary["sessions"]
booked = summary["energy"]["delivered_mj"]
wanted = outside * 3.6e9 + 22_000_000
assert abs(booked - wanted) <= 1 + sessions["started"], (booked, wanted)
assert sessions["active"] == 0 and sessions["failed"] == 1, sessions
assert summary["charge_points"]["total"] == 3, summary["charge_points"]
assert summary["requests"]["open"] == 0, summary["requests"]
PY
}
says_what_does_not_fit() {
  local code=0
  "$chargemill" validate "$work/virtual.toml" 2>"$work/err" || code=$?
  [[ $code == 3 ]]
  grep -q "'charge_point\[0\].external': other programs take part in real time only" "$work/err"
  grep -q "driver 'driver-out' is external, and has requests here" "$work/err"
  grep -q "'CP-OUT' is external: what befalls it is its program's affair" "$work/err"
}
cat >"$work/virtual.toml" <<'TOML'
[run]
speed = "max"
[[charge_point]]
id = "CP-OUT"
external = true
[[driver]]
id = "driver-out"
external = true
requests = ["CP-OUT"]
[[fault]]
kind = "engine_ko"
at = "1s"
cp = "CP-OUT"
TOML

if ! command -v python3 >/dev/null; then
  echo "skipped - participants outside: no python3"
  exit 0
fi
start story "$work/outside.toml"
python3 tests/e2e/outside_story.py "$port" "$work/delivered" || failed=1
kill -INT "$pid"
wait "$pid" || true
law "no energy is lost, all sums hold (law 5)" keeps_the_energy
law "a killed central's successor knows who had joined, the session that goes on, and its request's name (D-214, D-054)" survives_a_kill
law "what was acknowledged is on disk: a session's end, a fault, a confirmation, a stop (D-177)" keeps_what_it_has_acknowledged
law "a scenario that cannot have them is refused, with the reasons" says_what_does_not_fit
exit "$failed"
