#!/usr/bin/env bash
# Question: what does another credit of telemetry than kTelemetryCredit bring, the number of statements of a charge
#           point of which only the last is acknowledged?
# Budget:   with a credit of n one statement costs 1 + 1/n messages; from 4 to 16 that is 1.25 to 1.06, at most 15 % of an
#           evening in which nothing but telemetry flows.
# Usage:    bench/telemetry_credit.sh [CREDITS] [ROUNDS] [SIMULATED]    (default: "1 2 4 8 16" 5 20m)
# The credit is a constant, so each has a program of its own, of a copy of this tree (build/credit). They run in turn:
# city-100k in the evening, 50,000 of 100,000 supplying from the start, telemetry each second; virtual time, on two
# workers. Prints medians of the wall's and of processor time, start-up included, and the messages, which must rise as
# the credit falls.
set -euo pipefail
cd "$(dirname "$0")/.."
credits=${1:-1 2 4 8 16} rounds=${2:-5} simulated=${3:-20m}
readonly constant='kTelemetryCredit = ' header=actors/charge_point/reports.hpp
readonly out=build/credit
mkdir -p "$out/tree"
git ls-files -z | tar --null -cf - -T - | tar -xf - -C "$out/tree"
grep -q "${constant}[0-9]" "$header" || { echo "telemetry_credit.sh: no $constant in $header" >&2; exit 1; }
for credit in $credits; do
  sed -i "s/${constant}[0-9]*/$constant$credit/" "$out/tree/$header"
  (cd "$out/tree" && cmake --preset release >build.log && cmake --build build/release --target chargemill >>build.log)
  cp "$out/tree/build/release/chargemill" "$out/chargemill-$credit"
done

: >"$out/runs"
TIMEFORMAT='%R %U %S'
for ((round = 1; round <= rounds; round++)); do
  for credit in $credits; do
    { time "$out/chargemill-$credit" run config/scenarios/city-100k.toml --speed max --workers 2 --duration "$simulated" \
      --set run.start=2026-01-05T18:00:00Z --set drivers.initial_supplying=0.5 --set network.telemetry_interval=1s \
      --no-out --no-journal --progress off --http off --tcp off >"$out/said" 2>&1 || true; } 2>"$out/took"
    messages=$(sed -n 's/^RUN .*messages\/s \([0-9 ]*[0-9]\).*/\1/p' "$out/said" | tr -d ' ')
    read -r wall user system <"$out/took"
    echo "$credit $wall $user $system ${messages:-0}" | tee -a "$out/runs" >&2
  done
done
# Medians of each column; awk of Debian's base system sorts nothing by itself.
for credit in $credits; do
  line="credit $credit:"
  for column in "2 s wall" "3 s user" "4 s system" "5 messages/s"; do
    median=$(awk -v c="$credit" -v k="${column%% *}" '$1 == c { print $k }' "$out/runs" | sort -n |
      awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
    line+="  $median ${column#* }"
  done
  echo "$line"
done
