#!/usr/bin/env bash
# The dashboard: its palette, and in a real browser tests/dashboard/*_laws.mjs, with playwright-core and axe-core from npm.
# dashboard_test.sh [LAWS]: only tests/dashboard/LAWS_laws.mjs
# DASHBOARD_REQUIRED=1: where the browser or what drives it is missing, that is a failure and no reason to skip.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
if [[ -z ${1:-} ]]; then
  colours="the colours are what app/dashboard/README.md says of them, for everybody (D-195)"
  if python3 app/dashboard/palette_check.py; then echo "ok - $colours"; else echo "not ok - $colours"; failed=1; fi
fi

# skip WHY: without a browser nothing of the page has been seen.
skip() {
  if [[ ${DASHBOARD_REQUIRED:-0} == 1 ]]; then
    echo "not ok - the dashboard in a browser ($1)"
    exit 1
  fi
  echo "skipped - the dashboard in a browser ($1)"
  exit "$failed"
}

for program in node npm /usr/bin/chromium; do
  command -v "$program" >/dev/null || skip "no $program here"
done

export DASHBOARD_ROOT=$PWD DASHBOARD_MODULES=$PWD/build/dashboard_modules
if ! cmp -s tests/dashboard/package-lock.json "$DASHBOARD_MODULES/installed.json"; then
  mkdir -p "$DASHBOARD_MODULES"
  cp tests/dashboard/package.json tests/dashboard/package-lock.json "$DASHBOARD_MODULES"
  if ! (cd "$DASHBOARD_MODULES" && npm ci --ignore-scripts --no-audit --no-fund) >"$DASHBOARD_MODULES/npm.log" 2>&1; then
    tail -n 5 "$DASHBOARD_MODULES/npm.log"
    skip "npm cannot install what the tests need"
  fi
  cp tests/dashboard/package-lock.json "$DASHBOARD_MODULES/installed.json"
fi

for laws in tests/dashboard/${1:-*}_laws.mjs; do
  node "$laws" || failed=1
done
exit "$failed"
