#!/usr/bin/env bash
# A real Prometheus, with the shipped rules, against a real run with injected faults: do the alerts fire?
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
cd "$(dirname "$0")/.."
chargemill=$PWD/build/release/chargemill
# shellcheck source=tests/support/metrics.sh
source tests/support/metrics.sh
law_text='a real Prometheus sees the faults of a run and fires ChargemillRepeatedFaults'
for tool in prometheus promtool curl; do
  if ! command -v "$tool" >/dev/null; then
    echo "skipped - $law_text ($tool is not installed)"
    exit 0
  fi
done
if ! "$chargemill" run --help | grep -e '--http ' | grep -qv 'not built yet'; then
  echo "skipped - $law_text (this build has no HTTP door)"
  exit 0
fi
work=$(mktemp -d)
pids=()
# Ends what this script started, and nothing else.
finish() {
  local pid
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
failed=0

law() {
  local text=$1
  shift
  if "$@" >"$work/law.log" 2>&1; then
    echo "ok - $text"
  else
    echo "not ok - $text"
    tail -n 15 "$work/law.log"
    failed=1
  fi
}

# until_true SECONDS COMMAND...: polls.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > end)); then echo "never true: $*"; return 1; fi
    read -rt 0.2 <> <(:) || true
  done
}

# A port that nobody listens on at the moment.
free_port() {
  local port
  for port in $(shuf -n 50 -i 30000-32700); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  return 1
}

# Engines hang again and again: three faults each within ten minutes of model time, at speed 20.
cat >"$work/failing.toml" <<'TOML'
[run]
name = "failing"
duration = "2h"
speed = 20
[network]
charge_points = 200
health_interval = "1s"
[drivers]
count = 100
sessions_per_cp_per_day = 50
[[fault]]
kind = "engine_silent"
rate = 60
duration = "10s"
[[fault]]
kind = "monitor_loss"
rate = 5
duration = "3m"
TOML

http=$(free_port)
web=$(free_port)
while [[ $web == "$http" ]]; do web=$(free_port); done
cp config/prometheus/chargemill.rules.yml "$work"
# The shipped configuration, but for the port; and rules are looked at faster than in a control room.
sed "s/127.0.0.1:8000/127.0.0.1:$http/; s/: 5s/: 1s/" config/prometheus/prometheus.yml \
  >"$work/prometheus.yml"
sed -i 's/interval: 5s/interval: 1s/' "$work/chargemill.rules.yml"

"$chargemill" run "$work/failing.toml" --out off --progress off --no-journal --http "127.0.0.1:$http" \
  >"$work/run.log" 2>&1 &
pids+=($!)
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
  --web.listen-address="127.0.0.1:$web" --log.level=warn >"$work/prometheus.log" 2>&1 &
pids+=($!)

# ask EXPR: what Prometheus answers.
ask() { curl -sSf --max-time 5 -G "http://127.0.0.1:$web/api/v1/query" --data-urlencode "query=$1"; }
# has EXPR: it gives at least one series.
has() { ask "$1" | grep '"value":\[' >/dev/null; }
scrape() { curl -sSf --max-time 5 "http://127.0.0.1:$http/metrics"; }
answers() { scrape >"$work/scrape" && grep -q "^chargemill_build_info{" "$work/scrape"; }
checked() { answers && promtool check metrics <"$work/scrape"; }
within_budget() {
  [[ $(grep -vc '^#' "$work/scrape") -le 1000 && $(wc -c <"$work/scrape") -le 262144 ]]
}

law 'a run answers scrapes' until_true 60 answers
law 'a live scrape passes promtool check metrics' checked
# Those of the cluster: tests/nodes_test.sh.
has_all() { answers && agrees_both_ways "$work/scrape" chargemill_cluster_ >"$work/agreed"; }
has_all_soon() { until_true 60 has_all || { cat "$work/agreed"; return 1; }; }
law 'a live scrape has every metric that rules and dashboards name, and no other' has_all_soon
law 'a live scrape keeps its budget' within_budget
law 'Prometheus scrapes the run' until_true 60 has 'up{job="chargemill"} == 1'
law "$law_text" until_true 120 has 'ALERTS{alertname="ChargemillRepeatedFaults",alertstate="firing"}'
law 'it fires ChargemillMonitorsLost' until_true 120 has \
  'ALERTS{alertname="ChargemillMonitorsLost",alertstate="firing"}'
kill -TERM "${pids[0]}"
law 'once the run has ended it fires ChargemillTargetDown' until_true 90 has \
  'ALERTS{alertname="ChargemillTargetDown",alertstate="firing"}'
if ((failed)); then tail -n 5 "$work/run.log" "$work/prometheus.log"; fi
exit "$failed"
