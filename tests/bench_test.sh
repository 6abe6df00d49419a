#!/usr/bin/env bash
# A short look at the benchmarks: they work, and each finds its own result right. How fast they are is not judged.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/support/laws.sh
source tests/support/laws.sh

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
# looks_right FAMILY
looks_right() {
  bench --quick "$1" --json "$work/$1.json"
  grep -q '"name": "'"$1/" "$work/$1.json"
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

none="no benchmarks are built here"
for family in breaker codec frame histogram wheel; do
  law_if "$none" "the benchmarks of $family find their results right" are_built looks_right "$family"
done
law_if "$none" "a benchmark that fails its own check fails ./dev bench" are_built fails_with_its_case
law_if "$none" "./dev bench knows its families" are_built knows_its_families
echo "skipped - those of engine, phold, network, scrape and dashboard: they take many seconds"
echo "skipped - those of journal, link and door: they need the disk or many sockets"
exit "$failed"
