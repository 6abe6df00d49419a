#!/usr/bin/env bash
# Runs the command blocks of README.md: every ```sh block, unless the line above it says
# <!-- not run: REASON -->. A block runs in the root, as a person would paste it, and must end with 0.
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
    printf "" > (file ".sh")
    next
  }
  inside && /^ *```$/ { inside = 0; above = ""; close(file ".sh"); next }
  inside { print > (file ".sh") }
  !inside { if ($0 != "") above = $0 }' README.md

failed=0 ran=0
for block in "$blocks"/*.sh; do
  name="README.md, block $(basename "$block" .sh | sed 's/-/ at /; s/-/ /'): $(head -n 1 "$block")"
  if [[ -e ${block%.sh}.skip ]]; then
    echo "skipped - $name ($(cat "${block%.sh}.skip"))"
    continue
  fi
  ran=$((ran + 1))
  if timeout "$seconds_max" bash -euo pipefail "$block" >"$block.log" 2>&1 </dev/null; then
    if (($(grep '^DIGEST' "$block.log" | awk '{ print $2 }' | sort -u | wc -l) > 1)); then
      echo "not ok - $name (digests differ)"
      failed=1
    else
      echo "ok - $name"
    fi
  else
    echo "not ok - $name (status $?)"
    tail -n 20 "$block.log"
    failed=1
  fi
done
if ((ran == 0)); then
  echo "not ok - README.md has commands to run"
  failed=1
fi
exit "$failed"
