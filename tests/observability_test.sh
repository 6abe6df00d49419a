#!/usr/bin/env bash
# What Prometheus reads of ours, checked by its own tool; and what the program generates.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"

is_generated() {
  "$chargemill" generate "$1" --out "$work/$2"
  diff -r --exclude=README.md "config/$2" "$work/$2"
}
says_where_it_cannot_write() {
  local code=0
  touch "$work/file"
  "$chargemill" generate "$1" --out "$work/file/below" 2>"$work/err" || code=$?
  [[ $code == 4 ]]
  grep -q "cannot write $work/file/below" "$work/err"
}
prints_all() {
  "$chargemill" generate "$1" >"$work/all"
  [[ $(grep -c '^==> .* <==$' "$work/all") == "$2" ]]
}
# Every unit test is worth something: where no alert can fire any more, each is missed by a test of its own.
each_alert_is_tested() {
  local alert left=0
  cp config/prometheus/chargemill.rules.test.yml "$work"
  # The expression of each alert becomes one that is never true.
  awk '
    $1 == "-" { inside = ($2 == "alert:") }
    inside && $1 == "expr:" { print "    expr: vector(0) > 1"; next }
    { print }' config/prometheus/chargemill.rules.yml >"$work/chargemill.rules.yml"
  if promtool test rules "$work/chargemill.rules.test.yml" >"$work/mutant.log" 2>&1; then
    echo "nobody notices that no alert ever fires"
    return 1
  fi
  while read -r alert; do
    # As promtool says which expression gave something else than it should: quotes within quotes.
    if ! grep -Eq "expr: .*alertname=[\\\\]*\"${alert}[\\\\]*\"" "$work/mutant.log"; then
      echo "$alert: nobody notices that it never fires"
      left=1
    fi
  done < <(awk '/- alert:/ { print $3 }' config/prometheus/chargemill.rules.yml)
  if ((left)); then head -n 20 "$work/mutant.log"; fi
  return "$left"
}

law 'config/prometheus is what generate alerts writes' is_generated alerts prometheus
law 'config/grafana is what generate grafana writes' is_generated grafana grafana
# Whoever has the program alone has no file of its sources.
names_nothing_of_the_sources() {
  "$chargemill" generate alerts --out "$work/alone"
  "$chargemill" generate grafana --out "$work/alone/grafana"
  (! grep -rnE '(app|config|runtime|actors|tests)/[a-z]' "$work/alone")
  local names
  names=$(sed -n "s/.*runbook_url: '\([^#]*\)#.*/\1/p" "$work/alone/chargemill.rules.yml" | sort -u)
  [[ -s $work/alone/$names ]]
}
law 'what generate writes names no file that only its sources have' names_nothing_of_the_sources
law 'generate says which file it cannot write, exit 4' says_where_it_cannot_write alerts
law 'without --out the files of alerts go to stdout' prints_all alerts 4
law 'without --out the files of grafana go to stdout' prints_all grafana 8
if command -v promtool >/dev/null; then
  law 'prometheus.yml is a configuration' promtool check config config/prometheus/prometheus.yml
  law 'the rules are rules, and no lint finds fault' \
    promtool check rules --lint=all --lint-fatal config/prometheus/chargemill.rules.yml
  law 'each alert fires when it should and not before' \
    promtool test rules config/prometheus/chargemill.rules.test.yml
  law 'no alert could be lost without a test that fails' each_alert_is_tested
else
  echo 'skipped - promtool (package prometheus) is not installed'
fi
exit "$failed"
