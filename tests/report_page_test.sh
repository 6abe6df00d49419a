#!/usr/bin/env bash
# Opens the page of a real run in a browser: what only its script can show must be there. DASHBOARD_REQUIRED=1: as in dashboard_test.sh.
# shellcheck disable=SC2317 # the laws' functions are called through law
set -euo pipefail
cd "$(dirname "$0")/.."
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
  lacks="the page of a run draws its charts (no chromium here)"
  if [[ ${DASHBOARD_REQUIRED:-0} == 1 ]]; then echo "not ok - $lacks"; exit 1; fi
  echo "skipped - $lacks"
  exit 0
fi

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
build/release/chargemill run config/scenarios/demo.toml --charge-points 200 --drivers 200 --duration 1h \
  --speed max --out "$place/run" --progress off --set 'run.name=a </script><b>x</b>' \
  >/dev/null 2>"$place/run.log" || true # its thresholds are those of a larger network
count() { grep -oF -- "$1" "$place/page.html" | wc -l; }
charts_drawn() { [[ $(count '<figure class="chart"') == 6 && $(count '<canvas') == 7 ]]; } # and the map
# open_page: its text once four seconds of the page's own time are over. What it draws may take longer by the wall: then the page is
# looked at again.
open_page() {
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$place/profile" \
    --virtual-time-budget=4000 --enable-logging=stderr --dump-dom "file://$place/run/report.html" \
    >"$place/page.html" 2>"$place/browser.log"
}
for _ in 1 2 3; do
  if open_page && charts_drawn; then break; fi
done

failed=0
# law TEXT COMMAND...: the law holds when the command succeeds.
law() {
  local text=$1
  shift
  if "$@"; then echo "ok - $text"; else echo "not ok - $text"; failed=1; fi
}
charts_say_their_values() {
  grep -qE 'aria-label="States, at the end: supplying [0-9]' "$place/page.html" &&
    grep -qE 'aria-label="Requests, sessions a second, at the end: requests [0-9]' "$place/page.html" &&
    grep -qE 'aria-label="Latency, at the end: decision p99 [0-9][^"]*decision p50 [0-9]' "$place/page.html"
}
tiles_have_lines() { [[ $(grep -oE '<polyline points="[^"]{40,}"' "$place/page.html" | wc -l) -ge 8 ]]; }
map_says_what_it_shows() { grep -qE 'aria-label="Map of 200 charge points in [0-9]+ zones: ' "$place/page.html"; }
faults_are_listed() { [[ $(count '<li class="fault"') -gt 5 ]]; }
no_complaint() { ! grep -E 'CONSOLE.*(Error|Refused|violates)' "$place/browser.log"; }
name_is_text() { [[ $(count '<b>x</b>') == 0 && $(count 'a &lt;/script&gt;&lt;b&gt;x&lt;/b&gt;') -ge 2 ]]; }
path_is_said() { tail -n 1 "$place/run.log" | grep -qxF "REPORT    $place/run/report.html"; }

law "a run says where its page is in its last line" path_is_said
law "the page of a run draws its charts" charts_drawn
law "every chart says its values" charts_say_their_values
law "the figures have their lines" tiles_have_lines
law "the map of the end is there, and says what it shows" map_says_what_it_shows
law "the faults of the journal are listed" faults_are_listed
law "the browser complains of nothing" no_complaint
law "a scenario's name is text in the page, whatever it says" name_is_text
exit "$failed"
