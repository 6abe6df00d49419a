#!/usr/bin/env bash
# Question: do 10,000 charge points of another process, each on a connection of its own and each saying one
#           message a second, stay connected, with nothing lost and nobody late?
# Budget:   10,000 messages and as many answers a second are 20,000 frames; the door takes 150,000 PINGs a second.
# Usage:    bench/outside_load.sh [CHARGE_POINTS] [SECONDS] [CONNECTIONS]    (0 connections: one for each)
# Both processes run on this machine: a central with places for others, and `chargemill run --central`, whose
# monitors beat once a second (D-115) and whose drivers charge. It says how the bar is met and fails if it is not: every
# connection stays, nothing is lost, and each charge point has said its message in every second but the first ten, in which
# all register. Afterwards as many of another program's, each on a connection of its own, say a status a second
# (outside_statuses.py).
set -euo pipefail
cd "$(dirname "$0")/.."
chargemill=$PWD/build/release/chargemill
points=${1:-10000} seconds=${2:-60} connections=${3:-0}
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
central=
trap '[[ -z $central ]] || kill -KILL "$central" 2>/dev/null || true; rm -rf "$work"' EXIT

cat >"$work/central.toml" <<TOML
[run]
name = "central"
duration = "2h"
[network]
external = $((2 * points))
[drivers]
external = $points
[tcp]
connections = $((points + 100))
TOML
cat >"$work/load.toml" <<TOML
[run]
name = "outside-load"
start = 2026-01-05T12:00:00Z
duration = "${seconds}s"
warmup = "10s"
[network]
charge_points = $points
[drivers]
count = $points
sessions_per_cp_per_day = 24
[central]
connections = $connections
TOML

"$chargemill" run "$work/central.toml" --progress off --http off --tcp 127.0.0.1:0 --no-out \
  >"$work/central.out" 2>"$work/central.err" &
central=$!
until grep -q '^TCP  ' "$work/central.err"; do
  kill -0 "$central" 2>/dev/null || { cat "$work/central.err" >&2; exit 1; }
  sleep 0.05
done
port=$(sed -n 's/^TCP  *127.0.0.1:\([0-9]*\).*/\1/p' "$work/central.err")

"$chargemill" run "$work/load.toml" --progress off --central "tcp://127.0.0.1:$port" --out "$work/load" \
  >"$work/load.out" 2>"$work/load.err" || { cat "$work/load.err" "$work/load.out" >&2; exit 1; }
cat "$work/load.out"
lscpu | sed -n 's/^Model name: */machine: /p'
ps -o rss=,time= -p "$central" | awk '{ printf "central: %d MiB, %s of CPU\n", $1 / 1024, $2 }'
failed=0
python3 - "$work/load/summary.json" "$seconds" "$points" <<'PY' || failed=1
import json, sys
s, seconds, points = json.load(open(sys.argv[1])), float(sys.argv[2]), int(sys.argv[3])
link = s["link"]
print(f'{link["connections"]} connections, {link["sent"] / seconds:.0f} messages/s, round trip p50 '
      f'{link["round_trip_ms"]["p50"]:.2f} ms, p99 {link["round_trip_ms"]["p99"]:.2f} ms, '
      f'max {link["round_trip_ms"]["max"]:.1f} ms; tick lateness p99 {s["latency_ms"]["tick_lateness"]["p99"]:.2f} ms')
broken = link["lost"] + link["connections"] - link["connected"]
lost = link["unanswered"] + link["unsent"] + link["declined"] + link["unclear"]
due = points * max(0, seconds - 10)
bars = (("connections that broke", broken, broken == 0, "0"),
        ("messages lost, declined or not understood", lost, lost == 0, "0"),
        ("messages sent", link["sent"], link["sent"] >= due, f"at least {due:.0f}"),
        ("sums that do not agree", len(s["conservation"]["broken"]), s["conservation"]["ok"], "0"))
for what, found, is_kept, bar in bars:
    print(f'{"kept  " if is_kept else "MISSED"}  {what}: {found}, bar: {bar}')
sys.exit(0 if all(is_kept for _, _, is_kept, _ in bars) else f"a bar is missed: {link}")
PY
python3 bench/outside_statuses.py "$port" "$points" "$seconds" || failed=1
ps -o rss=,time= -p "$central" | awk '{ printf "central: %d MiB, %s of CPU\n", $1 / 1024, $2 }'
exit "$failed"
