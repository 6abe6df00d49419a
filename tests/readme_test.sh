#!/usr/bin/env bash
# Runs the command blocks of README.md: every ```sh block, unless the line above it says
# <!-- not run: REASON -->. A block runs in the root, as a person would paste it, and must end with 0. One below
# <!-- beside the next: REASON --> runs in another terminal while the next one does, and both must end; of a run that nodes share this way
# a minute of model time is enough, and it leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds_max=${CHARGEMILL_README_SECONDS:-300}

blocks=$(mktemp -d)
trap 'rm -rf "$blocks"' EXIT
awk -v out="$blocks" '
  /^ *```sh$/ && !inside {
    inside = 1
    file = sprintf("%s/%02d-line-%d", out, ++n, NR)
    if (above ~ /^<!-- not run: .* -->$/) {
      reason = above; sub(/^<!-- not run: /, "", reason); sub(/ -->$/, "", reason)
      print reason > (file ".skip")
    }
    if (above ~ /^<!-- beside the next: .* -->$/) printf "" > (file ".beside")
    printf "" > (file ".sh")
    next
  }
  inside && /^ *```$/ { inside = 0; above = ""; close(file ".sh"); next }
  inside { print > (file ".sh") }
  !inside { if ($0 != "") above = $0 }' README.md

# paste BLOCK: its status; what it says goes to BLOCK.log.
paste() { timeout "$seconds_max" bash -euo pipefail "$1" >"$1.log" 2>&1 </dev/null; }
# paste_beside BLOCK OTHER: both at a time, with a place of their own for journals. What they measure is not judged (99): here others want
# the cores, too.
paste_beside() {
  local status=0 other=0
  mkdir -p "$blocks/home"
  (
    export HOME=$blocks/home CHARGEMILL_RUN_DURATION=1m CHARGEMILL_RUN_LATENESS_LIMIT=1h CHARGEMILL_OUTPUT_DIR=off
    paste "$1" &
    paste "$2" || status=$?
    wait $! || other=$?
    if ((status == 99)); then status=0; fi
    if ((other != 0)); then
      { echo "beside it, status $other:"; tail -n 20 "$1.log"; } >>"$2.log"
      status=$other
    fi
    exit "$status"
  )
}
# try BLOCK: with the one beside it, if there is any.
try() {
  if [[ -n $beside ]]; then paste_beside "$beside" "$1"; else paste "$1"; fi
}

failed=0 ran=0 beside=''
for block in "$blocks"/*.sh; do
  name="README.md, block $(basename "$block" .sh | sed 's/-/ at /; s/-/ /'): $(head -n 1 "$block")"
  if [[ -e ${block%.sh}.skip ]]; then
    echo "skipped - $name ($(cat "${block%.sh}.skip"))"
    continue
  fi
  if [[ -e ${block%.sh}.beside ]]; then
    beside=$block
    continue
  fi
  ran=$((ran + 1)) status=0
  try "$block" || status=$?
  beside=''
  if ((status == 0)); then
    if (($(grep '^DIGEST' "$block.log" | awk '{ print $2 }' | sort -u | wc -l) > 1)); then
      echo "not ok - $name (digests differ)"
      failed=1
    else
      echo "ok - $name"
    fi
  else
    echo "not ok - $name (status $status)"
    tail -n 20 "$block.log"
    failed=1
  fi
done
if ((ran == 0)); then
  echo "not ok - README.md has commands to run"
  failed=1
fi
exit "$failed"
