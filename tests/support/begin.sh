# shellcheck shell=bash disable=SC2034 # who reads it in uses `chargemill` and `work`
# How a shell test of the program begins, wherever it is called from: in the root, with a folder $work that goes with it, and
# with its laws.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
chargemill=$PWD/build/release/chargemill
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A run of a second or two that had no processor for one of them ends with 98. Laws of that say otherwise, by a flag.
export CHARGEMILL_RUN_LATENESS_LIMIT=1h
# shellcheck source=tests/support/laws.sh
source tests/support/laws.sh

# ends_what_began: at the exit, whatever $work/pids lists. Laws run in processes of their own: a file knows what they have
# started.
ends_what_began() { trap '{ xargs -r kill -KILL <"$work/pids"; } 2>/dev/null || true; rm -rf "$work"' EXIT; }

# states NAME: of the run in $work/NAME its charge points and their past; not what it was set to, nor on which nodes it ran.
states() {
  python3 -c 'import json, sys
states = json.load(open(sys.argv[1]))
for part in ("keys", "nodes"): states.pop(part, None)
print(json.dumps(states, indent=1))' "$work/$1/states.json"
}
# same_states A B
same_states() { diff <(states "$1") <(states "$2"); }
