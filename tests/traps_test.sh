#!/usr/bin/env bash
# Each trap of the reference (X-01 to X-33) is named by a test that would have caught it.
set -euo pipefail
cd "$(dirname "$0")"

# Of parts that are not built yet.
declare -A later=()

for number in $(seq -w 1 33); do
  # X-07, X07 or one of several in a name: X21X22.
  where=$({ grep -rlE --include='*.cpp' --include='*.sh' "X-?$number([^0-9]|$)" . || true; } |
    sed '/^\.\/traps_test/d; s,^\./,,' | sort | paste -sd' ')
  if [[ -n $where ]]; then
    echo "ok - Trap X-$number is watched: $where"
  elif [[ -n ${later[$number]:-} ]]; then
    echo "skipped - Trap X-$number: comes with ${later[$number]}"
  else
    echo "not ok - Trap X-$number has a test"
    missing=1
  fi
done
exit "${missing:-0}"
