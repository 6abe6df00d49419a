#!/usr/bin/env bash
# Nodes join a network in real time, leave it and come back, under load: real etcd, real processes (R12).
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"

if ! command -v etcd >/dev/null; then
  echo "skipped - nodes join each other: etcd-server is not installed"
  exit 0
fi
# shellcheck source=tests/support/etcd.sh
source tests/support/etcd.sh
trap finish EXIT
start_all_etcd || exit 1
# shellcheck source=tests/support/busy_town.sh
source tests/support/busy_town.sh
write_busy_town 5s
# shellcheck source=tests/support/busy_nodes.sh
source tests/support/busy_nodes.sh

# times TEXT NODE N: it has said so N times at least.
times() { [[ $(grep -c "$1" "$work/$2.err") -ge $3 ]]; }
# moved_to NODE LEADER: how many shards.
moved_to() { sed -n "s/.* \([0-9]*\) shards moved from [a-z]* to $1 .*/\1/p" "$work/$2.err" | awk '{ sum += $1 } END { print sum + 0 }'; }
has_got() { [[ $(moved_to "$1" "$2") -ge $3 ]]; }
# shards_of NODE LEADER: as its page has it.
shards_of() {
  curl -sf -m 5 "http://127.0.0.1:$(port "$2")/api/v1/nodes" | python3 -c 'import json, sys
print(next(n["shards"] for n in json.load(sys.stdin)["nodes"] if n["name"] == sys.argv[1]))' "$1"
}
has_shards() { [[ $(shards_of "$1" "$2") == "$3" ]]; }
# more_rows NODE N: of its series, from now on.
more_rows() {
  local now
  now=$(wc -l <"$work/run-$1/timeseries.csv")
  until_true rows "$1" $((now + $2))
}
# pause_figures NODE WHAT
pause_figures() {
  pauses "$1" | awk -v what="$2" '{ at[NR] = $1 }
    END { printf "%s: %d pauses, p50 %d ms, p99 %d ms, longest %d ms\n", what, NR, at[int((NR + 1) / 2)], at[int(NR * 0.99 + 0.999)], at[NR] }' |
    tee -a "$work/figures"
}
nobody_has_noticed() { holds "$1" 's["sessions"]["lost"] == 0 and s["sessions"]["failed"] == 0 and s["requests"]["lost"] == 0 and s["messages"]["lost"] == 0'; }

joins_under_load() {
  local name began
  begin join
  began=$(milliseconds)
  start delta join
  until_true times 'delta has joined' "$first" 1
  echo "a node had joined after $(($(milliseconds) - began)) ms" | tee -a "$work/figures"
  until_true has_got delta "$first" 3
  echo "and had its share after $(($(milliseconds) - began)) ms" | tee -a "$work/figures"
  more_rows "$first" 12
  for name in alpha beta gamma delta; do until_true has_shards "$name" "$first" 3; done
  # 12 shards, 4 nodes: a quarter, and no more.
  [[ $(moved_to delta "$first") == 3 && $(grep -c 'shards moved from' "$work/$first.err") == 3 ]]
  end "$first"
  cat "$work/$first.err"
  pause_figures "$first" "a join of a fourth node"
  ends "${pids[delta]}" 0
  conserved "$first"
  connected "$first"
  nobody_has_noticed "$first"
}
restarts_one_after_the_other() {
  local name
  begin rolling
  for name in $(others "$first"); do
    kill -TERM "${pids[$name]}"
    until_true has_parted "$name" "$first"
    ends "${pids[$name]}" 143
    until_true times "$name is lost" "$first" 1
    start "$name" rolling
    until_true times "$name has joined" "$first" 1
    until_true has_got "$name" "$first" 4
  done
  more_rows "$first" 12
  for name in alpha beta gamma; do until_true has_shards "$name" "$first" 4; done
  end "$first"
  cat "$work/$first.err"
  pause_figures "$first" "a rolling restart"
  for name in $(others "$first"); do ends "${pids[$name]}" 0; done
  conserved "$first"
  connected "$first"
  nobody_has_noticed "$first"
}
comes_back_after_a_kill() {
  local lost
  begin back
  lost=$(others "$first" | tail -n 1)
  kill -9 "${pids[$lost]}"
  start "$lost" back # at once: it waits until its former lease is over
  until_true is_mended "$first"
  until_true times "$lost has joined" "$first" 1
  until_true has_got "$lost" "$first" 4
  more_rows "$first" 12
  end "$first"
  cat "$work/$first.err"
  ends "${pids[$lost]}" 0
  conserved "$first"
  connected "$first"
  holds "$first" 's["sessions"]["lost"] == 0'
}
is_followed_by_any() { local name; for name in $(others "$first") delta; do if is_mended "$name"; then echo "$name"; return; fi; done; return 1; }
goes_on_when_the_central_dies_while_shards_move() {
  local next
  begin orphan
  start delta orphan
  until_true times 'delta has joined' "$first" 1
  kill -9 "${pids[$first]}"
  until_true is_followed_by_any
  next=$(is_followed_by_any)
  until_true rows "$next" 12
  end "$next"
  cat "$work/$next.err"
  conserved "$next"
  connected "$next"
  holds "$next" 's["sessions"]["lost"] == 0'
}
dies_while_it_joins() {
  local before
  begin early
  start delta early
  until_true times 'delta has come' "$first" 1
  kill -9 "${pids[delta]}"
  until_true times 'delta is lost' "$first" 1
  before=$(grep -c 'delta has joined' "$work/$first.err" || true) # it may have been quick
  start delta early
  until_true times 'delta has joined' "$first" $((before + 1))
  until_true has_shards delta "$first" 3
  more_rows "$first" 6
  end "$first"
  cat "$work/$first.err"
  ends "${pids[delta]}" 0
  conserved "$first"
  connected "$first"
}
turns_away_who_simulates_something_else() {
  begin stranger
  start delta stranger --set run.seed=99
  ends "${pids[delta]}" 5
  grep -q 'has another scenario, seed or version' "$work/delta.err"
  more_rows "$first" 6
  end "$first"
  conserved "$first"
  connected "$first"
  nobody_has_noticed "$first"
}

law "a node joins under load, has its share and no more, and nobody notices" joins_under_load
end_nodes
law "the nodes that follow are restarted one after the other, and nobody notices" restarts_one_after_the_other
end_nodes
law "a killed node comes back as another life, and has its share again" comes_back_after_a_kill
end_nodes
law "the central is killed while shards move to a newcomer, and the run goes on" goes_on_when_the_central_dies_while_shards_move
end_nodes
law "a node is killed while it joins, and joins when it comes again" dies_while_it_joins
end_nodes
law "who simulates something else is turned away, and the run goes on" turns_away_who_simulates_something_else
cat "$work/figures" 2>/dev/null || true
exit "$failed"
