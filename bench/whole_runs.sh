#!/usr/bin/env bash
# Question: how long does a day of a city take in virtual time, what does a second worker bring, and what does a million charge points
#           at the speed of life cost?
# Budget:   the day has some 2 G events: 17 M a second on two cores, 60 ns each. A million health checks a second are 3 M messages and
#           1 M timers; 200,000 statements of telemetry add 0.5 M: 0.3 us of a core each is 1.2 cores.
# Usage:    bench/whole_runs.sh [CASE...]     day, million: both, if none is named. Some ten minutes, and the machine to itself.
#           ROUNDS=1 of each run of the day, in turn; SECONDS_REAL=60 of a million.
# It prints each bar with what was found (medians of the rounds) and fails if one is missed.
# shellcheck disable=SC2154 # what is read in has `work` and `chargemill`
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/../tests/support/begin.sh"
rounds=${ROUNDS:-1} real=${SECONDS_REAL:-60}
missed=0

# run_in NAME SCENARIO ARGS...: into $work/NAME. A threshold that is crossed is no trouble of this page.
run_in() {
  local name=$1 scenario=$2 code=0
  shift 2
  rm -rf "${work:?}/$name"
  "$chargemill" run "config/scenarios/$scenario.toml" --no-journal --http off --tcp off --progress off --out "$work/$name" "$@" \
    >"$work/said" 2>&1 || code=$?
  ((code == 0 || code == 99)) || { cat "$work/said" >&2; return 1; }
}
# figure NAME EXPRESSION: of the summary `s` of that run.
figure() {
  python3 -c 'import json, sys
s = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$work/$1/summary.json" "$2"
}
median() { printf '%s\n' "$@" | python3 -c 'import statistics, sys; print(round(statistics.median(map(float, sys.stdin)), 3))'; }
# bar WHAT FOUND COMPARISON BAR [UNIT]
bar() {
  local verdict=kept
  awk -v found="$2" -v how="$3" -v bar="$4" 'BEGIN {
    exit !(how == "<" ? found + 0 < bar + 0 : how == "<=" ? found + 0 <= bar + 0 : how == ">=" ? found + 0 >= bar + 0 : found == bar) }' ||
    verdict=MISSED
  printf '%-6s  %s: %s%s, bar: %s %s%s\n' "$verdict" "$1" "$2" "${5:-}" "$3" "$4" "${5:-}"
  [[ $verdict == kept ]] || missed=1
}

day() {
  local round workers took
  local -a on_1=() on_2=() times=()
  : >"$work/digests"
  for ((round = 1; round <= rounds; round++)); do
    for workers in 2 1; do
      run_in day city-100k --speed max --workers "$workers"
      took=$(figure day 's["run"]["wall_s"]')
      if ((workers == 1)); then on_1+=("$took"); else on_2+=("$took"); fi
      figure day 's["run"]["digest"]' >>"$work/digests"
      echo "        look $round, $workers workers: $took s, $(figure day 's["messages"]["events"]') events"
    done
    times+=("$(awk -v one="${on_1[-1]}" -v two="${on_2[-1]}" 'BEGIN { print one / two }')")
  done
  bar "a day of city-100k in virtual time, two workers" "$(median "${on_2[@]}")" '<' 120 " s"
  bar "two workers against one" "$(median "${times[@]}")" '>=' 1.7 " x"
  bar "different digests of $((2 * rounds)) runs" "$(sort -u "$work/digests" | wc -l)" '==' 1
}
million() {
  local cores='round(s["resources"]["cpu_s"] / s["run"]["wall_s"], 2)' late='s["latency_ms"]["tick_lateness"]["p999"]'
  local bytes='round(s["resources"]["bytes_per_charge_point"])'
  run_in million million --duration "${real}s"
  bar "1,000,000 charge points: memory of each" "$(figure million "$bytes")" '<=' 1536 " bytes"
  run_in supplying million --duration "${real}s" --drivers 220000 --set drivers.initial_supplying=0.2
  bar "1,000,000 charge points, 200,000 supplying: processor" "$(figure supplying "$cores")" '<' 1.2 " cores"
  bar "and tick lateness p99.9" "$(figure supplying "$late")" '<' 100 " ms"
  echo "        and memory: $(figure supplying "$bytes") bytes a charge point, with 220,000 drivers"
}

cases=("$@")
((${#cases[@]})) || cases=(day million)
lscpu | sed -n 's/^Model name: */machine: /p'
for name in "${cases[@]}"; do
  case $name in
    day) day ;;
    million) million ;;
    *) echo "bench/whole_runs.sh: no case '$name': day, million" >&2; exit 2 ;;
  esac
done
exit "$missed"
