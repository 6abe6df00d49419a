#!/usr/bin/env bash
# A short look at the benchmarks: they work, and each finds its own result right. How fast they are is not judged. The
# peers' programs need compilers of other languages and are not run; their report is.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/support/laws.sh
source tests/support/laws.sh

readonly round_trip_program=build/release/bench/peer_chargemill_round_trip
has_round_trip() { [[ -x $round_trip_program ]]; }
are_built() { [[ -x build/release/bench/chargemill_bench ]]; }
# bench ARGS: ./dev bench with what is built; its results stay in $work.
bench() (
  # shellcheck source=/dev/null
  source ./dev help >/dev/null
  # shellcheck source=bench/run.sh
  source bench/run.sh
  need() { :; }
  build() { :; }
  [[ -e $work/build ]] || ln -s "$PWD/build" "$work/build"
  cd "$work"
  cmd_bench "$@"
)
# looks_right FAMILY [CASE...]: with these cases among others.
looks_right() {
  bench --quick "$1" --json "$work/$1.json"
  local case
  for case in "$@"; do grep -q '"name": "'"$case/" "$work/$1.json" || { echo "no case $case"; return 1; }; done
}
# What the peers' programs hold themselves to, and what report.awk looks for.
counts_its_energy() {
  looks_right engine engine/round_trip/1000/4 engine/round_trip_spread/1000/4
  python3 - "$work/engine.json" <<'PY'
import json, sys
cases = [c for c in json.load(open(sys.argv[1]))["benchmarks"] if "round_trip" in c["name"]]
for case in cases:
    entities, rounds = int(case["name"].split("/")[2]), int(case["rounds"])
    assert rounds > 1 and case["energy_mj"] == 22 * entities * rounds * (rounds + 1) // 2, case
assert len(cases) >= 4, cases
PY
}
# As bench/peers/run.sh has it, but for no longer than its rounds take.
plays_three_rounds() {
  local homes
  for homes in with_central spread; do
    "$round_trip_program" --entities 1000 --centrals 4 --seconds 0 --homes "$homes" >"$work/$homes.json"
    # One more warms up; each tells 22 mJ more than the one before.
    grep -qE '"rounds": 4, "energy_mj": 220000, "checksum": "ok"' "$work/$homes.json" ||
      { cat "$work/$homes.json"; return 1; }
  done
}
# A run of run.sh as one line. run WORKLOAD PEER ENTITIES OUTCOME FIGURES
run() {
  printf '{"workload": "%s", "peer": "%s", "entities": %d, "centrals": 4, "outcome": "%s", %s}\n' "$@"
}
# round_trip PEER PER_SECOND ROUNDS [ENERGY]: at 1,000 entities.
round_trip() {
  run round_trip "$1" 1000 ok \
    "\"per_second\": $2, \"rounds\": $3, \"energy_mj\": ${4:-$((22 * 1000 * $3 * ($3 + 1) / 2))}, \"checksum\": \"ok\""
}
# report NAME: the runs on standard input as a table, $work/NAME.md, and as JSON, $work/NAME.json. $changes: of the tree.
report() {
  changes=${changes:-} awk -v machine=here -v versions="gcc 12;go 1.19" -v commit=abc -v stolen=0 -v date=today -v warm_up=2 -v seconds=10 \
    -v repetitions=3 -v json="$work/$1.json" -f bench/peers/report.awk >"$work/$1.md"
}
says() { grep -qE -- "$2" "$work/$1.md" || { echo "not said: $2"; cat "$work/$1.md"; return 1; }; }
reports_medians_and_ratios() {
  {
    round_trip chargemill 30000000 7
    round_trip chargemill 10000000 5
    round_trip chargemill 20000000 6
    round_trip go 2000000 3
    round_trip go 3000000 4
    round_trip caf-stealing-1 500000 2
    round_trip caf-sharing-2 800000 2
    round_trip caf-mimalloc-sharing-2 1600000 2
  } | report figures
  says figures '\| chargemill +\| +3 \| +20\.000 M \| +10\.000 M \| +30\.000 M \| +5 \| +1\.00 x \|'
  says figures '\| go +\| +2 \| +2\.500 M \| +2\.000 M \| +3\.000 M \| .*\| +8\.00 x \|'
  says figures '\| caf-sharing-2 \(best\) +\| +1 \| +0\.800 M .*25\.00 x'
  says figures '\| caf-mimalloc \(sharing-2\) +\| +1 \| +1\.600 M .*12\.50 x'
  says figures '^Checksums: 8 ok, 0 failed .void.\. Energy that centrals received: in all runs 22 mJ'
  python3 - "$work/figures.json" <<'PY'
import json, sys
figures = json.load(open(sys.argv[1]))
runs = {r["peer"]: r for r in figures["runs"]}
assert figures["changes"] == "", figures
assert runs["chargemill"]["per_second"] == [30000000, 10000000, 20000000], runs
assert runs["chargemill"]["n"] == 3 and runs["chargemill"]["rounds"] == 5, "without the round that warms up"
assert runs["go"]["median"] == 2500000 and runs["go"]["ratio"] == 8.0 and runs["go"]["n"] == 2, runs
assert runs["caf"]["configuration"] == "sharing-2" and runs["caf"]["median"] == 800000, runs
assert runs["caf-mimalloc"]["configuration"] == "sharing-2", runs
assert all(r["outcome"] == "ok" and r["checksum"] == "ok" for r in runs.values()), runs
PY
}
reports_runs_of_cp_1hz() {
  local of
  for of in 99990 100000; do
    run cp_1hz chargemill 100000 ok '"per_second": '"$of"', "statuses": 1200000, "energy_wh": 7.5, "checksum": "ok"'
  done | report ticks
  says ticks '\| chargemill +\| +2 \| +99,995 \|'
  says ticks '^Checksums: 2 ok, 0 failed .void.\. Energy of 2 complete runs: the same in all, 7\.5 Wh'
}
# ticks PEER POINTS P999 OFFERED DROPPED: a run of CP-1Hz that came to its end.
ticks() {
  run cp_1hz "$1" "$2" ok \
    '"per_second": 1, "round_trip_p999_ms": '"$3"', "percent_of_offered": '"$4"', "dropped": '"$5"', "statuses": 1, "energy_wh": 1'
}
names_what_each_carries() {
  {
    ticks chargemill 1000 3.1 100 0
    ticks chargemill 100000 99.9 99.9 0
    ticks chargemill 1000000 130.5 99.67 0
    ticks go 1000 4 100 0
    ticks go 100000 4 99.89 0
    ticks erlang 1000 4 100 1
    ticks caf-sharing-2 1000 4 100 0
    ticks caf-sharing-2 100000 4 100 0
    run cp_1hz caf-sharing-2 100000 "did not finish in 42 s" '"per_second": 0'
  } | report carried
  says carried '^Capacity with 4 centrals .CS.: the largest'
  says carried '^- chargemill: 100,000$'
  says carried '^- go: 1,000$'
  says carried '^- erlang: none$'
  says carried '^- caf-sharing-2: 1,000$'
}
reports_what_differs_from_the_commit() {
  changes=$' a.cpp | 4 +++-\n 1 file changed, 3 insertions(+), 1 deletion(-)'
  round_trip chargemill 30000000 7 | report changed
  says changed '^The tree differs from that commit:$'
  says changed '^     a\.cpp \| 4 \+\+\+-$'
  python3 -c 'import json, sys
changes = json.load(open(sys.argv[1]))["changes"]
assert changes == " a.cpp | 4 +++-; 1 file changed, 3 insertions(+), 1 deletion(-)", changes' "$work/changed.json"
}
reports_what_is_wrong() {
  {
    round_trip chargemill 10000000 5
    round_trip go 2000000 5 1234
    run round_trip erlang 1000 "void: checksum" '"per_second": 0'
    run round_trip caf-sharing-2 1000 "did not finish in 60 s" '"per_second": 0'
  } | ends_with 1 report wrong
  says wrong '\| erlang +\| void: checksum \(1 of 1\) \|'
  says wrong '\| caf-sharing-2 +\| did not finish in 60 s \(1 of 1\) \|'
  says wrong '^Checksums: 2 ok, 1 failed .void.\. Energy that centrals received: IT DIFFERS from 22 mJ'
  python3 - "$work/wrong.json" <<'PY'
import json, sys
runs = {r["peer"]: r for r in json.load(open(sys.argv[1]))["runs"]}
assert runs["erlang"]["median"] is None and "checksum" not in runs["erlang"], runs
assert "caf" not in runs, runs
PY
}
# at PEER ENTITIES MILLIONS: a run of one round trip.
at() {
  run round_trip "$1" "$2" ok "\"per_second\": ${3}00000, \"rounds\": 1, \"energy_mj\": $((22 * $2)), \"checksum\": \"ok\""
}
# Rates in tenths of a million. The bars are of two sizes; another allocator makes CAF no other peer.
holds_peers_to_their_bars() {
  {
    at chargemill 1000 1
    at chargemill 100000 240
    at go 100000 48
    at erlang 100000 30
    at caf-sharing-1 100000 10
    at caf-mimalloc-sharing-1 100000 20
    at chargemill 1000000 60
    at go 1000000 60
  } | report kept
  says kept '^- kept, 100,000 entities: round trips a second: 24\.00 M, bar 8 M$'
  says kept '^- kept, 100,000 entities: against Go: 5\.00 x, bar 5 x$'
  says kept '^- kept, 100,000 entities: against Erlang: 8\.00 x, bar 8 x$'
  says kept '^- kept, 100,000 entities: against stock CAF .*: 12\.00 x, bar 12 x$'
  says kept '^- kept, 1,000,000 entities: round trips a second: 6\.00 M, bar 6 M$'
  [[ $(grep -c '^- ' "$work/kept.md") == 5 ]]
  {
    at chargemill 100000 240
    at go 100000 49
    run round_trip erlang 100000 "did not finish in 60 s" '"per_second": 0'
    at caf-mimalloc-sharing-1 100000 21
    at chargemill 1000000 59
  } | ends_with 3 report missed
  says missed '^- MISSED, 100,000 entities: against Go: 4\.90 x, bar 5 x$'
  says missed '^- MISSED, 100,000 entities: against stock CAF .*: 11\.43 x, bar 12 x$'
  says missed '^- MISSED, 1,000,000 entities: round trips a second: 5\.90 M, bar 6 M$'
  [[ $(grep -c '^- ' "$work/missed.md") == 4 ]]
}
# A thousand dialogues need more files than these.
fails_with_its_case() {
  ulimit -n 64
  ends_with 1 bench --quick door 2>"$work/err"
  grep -q "a benchmark failed its own check" "$work/err"
  grep -q "door/ping/1000/real_time: a dialogue failed" "$work/err"
}
knows_its_families() {
  ends_with 1 bench --quick nothing 2>"$work/err"
  grep -q "no benchmark is called 'nothing'" "$work/err"
}

# medians: lines `CASE FIGURE VALUE` as a file of figures, in which repetitions stand before their median.
medians() {
  echo '{ "context": { "caches": [ ] },'
  echo '  "benchmarks": ['
  local which figure value kind
  while read -r which figure value; do
    for kind in repetition median; do
      printf '    {\n      "name": "%s_%s",\n      "run_name": "%s",\n' "$which" "$kind" "$which"
      if [[ $kind == median ]]; then printf '      "aggregate_name": "median",\n'; fi
      printf '      "real_time": 1.5e+01,\n      "time_unit": "ms",\n'
      printf '      "%s": %s\n    },\n' "$figure" "$([[ $kind == median ]] && echo "$value" || echo 1)"
    done
  done
  printf '    { }\n  ]\n}\n'
}
# stands CODE FAMILY: how the lines on standard input stand to the bars, as $work/bars.
stands() (
  # shellcheck source=bench/run.sh
  source bench/run.sh
  medians >"$work/medians.json"
  ends_with "$1" keeps_bars "$2" "$work/medians.json" >"$work/bars"
)
holds_figures_to_their_bars() {
  local good='frame/decode/json/256 items_per_second 6.1e+07
frame/decode/json/4096 items_per_second 1.25e+07
frame/memcpy/4096 items_per_second 2.0e+07
frame/decode_scalar/json/4096 items_per_second 1.2e+05
frame/decode/random/4096 bytes_per_second 1.5000e+09
frame/encode/json/256 items_per_second 5.2e+07'
  stands 0 frame <<<"$good"
  grep -qx '  kept    frame/decode/json/256: items_per_second 61 M, bar >= 20 M' "$work/bars"
  grep -qx '  kept    frame/decode/json/4096: items_per_second 0.625 x, bar >= 0.5 x frame/memcpy/4096' "$work/bars"
  grep -qx '  kept    frame/decode/random/4096: bytes_per_second 1.5 G, bar >= 1.5 G' "$work/bars"
  stands 1 frame <<<"${good/6.1e+07/1.99e+07}"
  grep -qx '  MISSED  frame/decode/json/256: items_per_second 19.9 M, bar >= 20 M' "$work/bars"
  [[ $(grep -c MISSED "$work/bars") == 1 ]]
  stands 1 frame <<<"${good/2.0e+07/2.6e+07}"
  grep -q '  MISSED  frame/decode/json/4096: items_per_second 0.481 x, bar' "$work/bars"
  stands 1 frame <<<"${good/frame\/encode/frame\/somewhere}"
  grep -qx '  MISSED  frame/encode/json/256: items_per_second was not measured' "$work/bars"
}
knows_cases_by_their_suffixes_and_what_must_stay_below() {
  stands 0 scrape <<'LINES'
scrape/busy/1000000/iterations:100/manual_time p99_ms 3.1e+00
scrape/get/1000000/iterations:100/manual_time p99_ms 1.99e+01
LINES
  stands 1 scrape <<'LINES'
scrape/busy/1000000/iterations:100/manual_time p99_ms 2.0e+01
scrape/get/1000000/iterations:100/manual_time p99_ms 1.9e+01
LINES
  grep -qx '  MISSED  scrape/busy/1000000: p99_ms 20, bar < 20' "$work/bars"
  stands 1 phold <<'LINES'
phold/100000/min_time:1.000/real_time items_per_second 3.0e+07
phold/laden/100000/min_time:1.000/real_time items_per_second 2.49e+07
LINES
  grep -qx '  kept    phold/100000: items_per_second 30 M, bar >= 25 M' "$work/bars"
  grep -qx '  MISSED  phold/laden/100000: items_per_second 24.9 M, bar >= 25 M' "$work/bars"
}
has_a_case_for_every_bar() {
  build/release/bench/chargemill_bench --benchmark_list_tests >"$work/cases"
  local which
  while read -r which; do
    grep -qE "^$which(/[a-z_]+(:[0-9.]+)?)*$" "$work/cases" || { echo "no case $which"; return 1; }
  done < <(awk '!/^#/ { print $1; if ($5 == "x") print $6 }' bench/bars.txt)
}

# refuses SAYING ARGS: ./dev bench does, and says why.
refuses() {
  local saying=$1
  shift
  ends_with 1 bench --quick "$@" 2>"$work/err"
  grep -qF -- "$saying" "$work/err" || { cat "$work/err"; return 1; }
}
knows_what_peers_can_do() {
  refuses "unknown option --nope" peers --nope
  refuses "--points wants a number" peers --points
  refuses "--seconds is for 'peers' only" engine --seconds 5
  ends_with 2 bash bench/peers/run.sh --workloads round_trips 2>"$work/err"
  grep -q "no workload 'round_trips'" "$work/err"
}

# lateness NAME P99...: a case of dashboard_bench and what its looks have found, as Google Benchmark writes them.
lateness() {
  local name=$1 p99
  for p99 in "${@:2}"; do
    printf '{"name": "dashboard/%s/iterations:1/manual_time", "run_type": "iteration", "p99_ms": %s},\n' "$name" "$p99"
  done
}
# watched CODE WORDS CASES: so the bar judges these cases.
watched() {
  printf '{"benchmarks": [%s {"name": "wheel/arm", "run_type": "iteration"}]}' "$3" >"$work/watched.json"
  ends_with "$1" python3 bench/dashboard_bar.py "$work/watched.json" >"$work/watched"
  grep -qF -- "$2" "$work/watched" || { cat "$work/watched"; return 1; }
}
holds_watching_to_its_bar() {
  local alone
  alone=$(lateness lateness/10000/0 4.0 4.6 4.2)
  watched 0 "10,000 charge points, 20 clients: tick lateness p99 4.20 ms without, 4.70 ms with, bar 4.80 ms: held" \
    "$alone $(lateness lateness/10000/20 4.7 9.9 4.1)"
  watched 1 "10,000 charge points, 20 clients and a tab: tick lateness p99 4.20 ms without, 4.90 ms with, bar 4.80 ms: MISSED" \
    "$alone $(lateness lateness/10000/20 4.2 4.2 4.2) $(lateness lateness_with_tab/10000/20 4.9 4.9 4.1)"
  # Looks that happen to agree are no reason to blame a watcher for a hundredth.
  watched 0 "bar 4.40 ms: held" "$(lateness lateness/10000/0 4 4 4) $(lateness lateness/10000/20 4.04 4.04 4.04)"
  watched 0 "1 look, not judged" "$(lateness lateness/10000/0 4) $(lateness lateness/10000/20 40)"
  watched 1 "nothing to compare with" "$alone $(lateness lateness/100000/20 4 4 4)"
}

none="no benchmarks are built here"
for family in breaker codec frame histogram phold wheel; do
  law_if "$none" "the benchmarks of $family find their results right" are_built looks_right "$family"
done
law_if "$none" "the round trip adds up the energy of every round, as its peers do" are_built counts_its_energy
law_if "$none" "the program that is compared with its peers plays three rounds at least" has_round_trip plays_three_rounds
law_if "$none" "a benchmark that fails its own check fails ./dev bench" are_built fails_with_its_case
law_if "$none" "./dev bench knows its families" are_built knows_its_families
law_if "$none" "every bar is one of a case that there is" are_built has_a_case_for_every_bar
law "a full run holds what it has measured to the bars, and fails if one is missed" holds_figures_to_their_bars
law "a bar knows its case, however it is timed, and what has to stay below" knows_cases_by_their_suffixes_and_what_must_stay_below
law "./dev bench names an option that it does not know, or that is for the peers only" knows_what_peers_can_do
law "watching is held to its bar: not measurably later than without, by medians of three looks" holds_watching_to_its_bar
law "the report of the peers gives medians and of how many runs they are, spread and ratios" reports_medians_and_ratios
law "the report of the peers says what differs from the commit that it names" reports_what_differs_from_the_commit
law "the report of the peers says how many runs of CP-1Hz a median is of" reports_runs_of_cp_1hz
law "the report of the peers says how chargemill stands to its bars, and fails if one is missed" holds_peers_to_their_bars
law "the report of the peers names the largest network of CP-1Hz that each carries" names_what_each_carries
law "the report of the peers names who counts wrong and who does not finish" reports_what_is_wrong
echo "skipped - those of network, scrape and dashboard: they take many seconds"
echo "skipped - those of journal, link and door: they need the disk or many sockets"
exit "$failed"
