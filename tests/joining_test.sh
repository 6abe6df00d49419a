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
lease_s=5
write_busy_town "${lease_s}s" $'stop_timeout = "2s"\n' # what was on its way to a killed node is open for long
# shellcheck source=tests/support/busy_nodes.sh
source tests/support/busy_nodes.sh

# pause_figures NODE WHAT
pause_figures() {
  pauses "$1" | awk -v what="$2" '{ at[NR] = $1 }
    END { printf "%s: %d pauses, p50 %d ms, p99 %d ms, longest %d ms\n", what, NR, at[int((NR + 1) / 2)], at[int(NR * 0.99 + 0.999)], at[NR] }' |
    tee -a "$work/figures"
}
nobody_has_noticed() { holds "$1" 's["sessions"]["lost"] == 0 and s["sessions"]["failed"] == 0 and s["requests"]["lost"] == 0 and s["messages"]["lost"] == 0'; }

joins_under_load() {
  local name began late
  begin join
  promised "$first"
  began=$(milliseconds)
  start delta join
  until_true times 'delta has joined' "$first" 1
  echo "a node had joined after $(($(milliseconds) - began)) ms" | tee -a "$work/figures"
  until_true has_got delta "$first" 3
  late=$(($(milliseconds) - began))
  took "$late"
  echo "and had its share after $late ms" | tee -a "$work/figures"
  more_rows "$first" 12
  for name in alpha beta gamma delta; do until_true has_shards "$name" "$first" 3; done
  # 12 shards, 4 nodes: a quarter, and no more.
  [[ $(moved_to delta "$first") == 3 && $(grep -c 'shards moved from' "$work/$first.err") == 3 ]]
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  pause_figures "$first" "a join of a fourth node"
  ends "${pids[delta]}" 0
  conserved "$first"
  connected "$first"
  nobody_has_noticed "$first"
  keeps_promises
  booked_once "$first"
}
# note_longest BEGAN: in $longest, as much as has passed since then.
note_longest() {
  local now
  now=$(($(milliseconds) - $1))
  if ((now > longest)); then longest=$now; fi
}
restarts_one_after_the_other() {
  local name began longest=0
  begin rolling
  for name in $(others "$first"); do
    promised "$first"
    began=$(milliseconds)
    kill -TERM "${pids[$name]}"
    until_true has_parted "$name" "$first"
    ends "${pids[$name]}" 143
    note_longest "$began"
    until_true times "$name is lost" "$first" 1
    began=$(milliseconds)
    start "$name" rolling
    until_true times "$name has joined" "$first" 1
    until_true has_got "$name" "$first" 4
    note_longest "$began"
  done
  echo "none took longer than $longest ms to leave with all that it had, or to join and have its share" | tee -a "$work/figures"
  took "$longest"
  more_rows "$first" 12
  for name in alpha beta gamma; do until_true has_shards "$name" "$first" 4; done
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  pause_figures "$first" "a rolling restart"
  for name in $(others "$first"); do ends "${pids[$name]}" 0; done
  conserved "$first"
  connected "$first"
  nobody_has_noticed "$first"
  keeps_promises
  booked_once "$first"
}
# leads_now NODE: who does since that one left, as it has said.
leads_now() { sed -n "s/^node $1: \([a-z]*\) leads now, and the run goes on there\$/\1/p" "$work/$1.err" | tail -n 1; }
# gap NODE: how long nobody had ordered anything when all heard that it leads, in ms, as it has said.
gap() { sed -n "s/^node $1: all hear it: \([0-9]*\)\.\([0-9]*\) s after .* had stopped ordering\$/\1\2/p" "$work/$1.err" | tail -n 1 | sed 's/^0*\([0-9]\)/\1/'; }
# Nobody else wants the cores of this machine, so that its times are those of the nodes.
is_idle() { awk -v cores="$(nproc)" '{ exit !($1 < cores) }' /proc/loadavg; }
# hands_the_lead_on LEADER NETWORK: it is asked to stop and ends; the node that leads then is $next. Into $longest goes how long that took.
hands_the_lead_on() {
  local leader=$1 was_idle=no watcher began
  promised "$leader"
  if is_idle; then was_idle=yes; fi
  rm -f "$work/watching"
  # shellcheck disable=SC2046 # a word each
  python3 tests/cluster/hand_over_gap.py "$(port "$leader")" $(for name in $(others "$leader"); do port "$name"; done) >"$work/gap" 2>"$work/watching" &
  watcher=$!
  until_true grep -q watching "$work/watching"
  began=$(milliseconds)
  kill -TERM "${pids[$leader]}"
  ends "${pids[$leader]}" 143
  note_longest "$began"
  next=$(leads_now "$leader")
  [[ -n $next ]]
  until_true said_its_gap "$next"
  wait "$watcher" || { cat "$work/gap"; return 1; }
  echo "$leader handed the lead on: nobody ordered for $(gap "$next") ms; from its last decision to the next, as the doors of both showed them, $(cat "$work/gap") ms" |
    tee -a "$work/figures"
  # R11. On a machine that others use, words wait for a core: there it is a figure.
  if [[ $was_idle == yes ]] && is_idle; then echo "$(gap "$next") $(cat "$work/gap")" >>"$work/gaps"; fi
}
said_its_gap() { [[ -n $(gap "$1") ]]; }
restarts_who_leads() {
  local name next='' leader began longest=0
  begin relay
  rm -f "$work/gaps"
  leader=$first
  for _ in 1 2; do
    hands_the_lead_on "$leader"
    holds "$leader" 's["run"]["stop_reason"] == "handed over" and s["run"]["partial"] and not s["run"]["invalid"]'
    grep -q "node $next: leads now" "$work/$next.err"
    began=$(milliseconds)
    start "$leader" relay # without doors of its own before it leads: the former ones are free
    until_true times "$leader has joined" "$next" 1
    until_true has_got "$leader" "$next" 4
    note_longest "$began"
    leader=$next
  done
  took "$longest"
  until_true rows "$leader" 12
  for name in alpha beta gamma; do until_true has_shards "$name" "$leader" 4; done
  until_true are_connected "$leader"
  end "$leader"
  cat "$work/$leader.err"
  for name in $(others "$leader"); do ends "${pids[$name]}" 0; done
  conserved "$leader"
  connected "$leader"
  holds "$leader" 's["sessions"]["lost"] == 0 and s["sessions"]["failed"] == 0 and s["requests"]["lost"] == 0'
  leads_alone
  keeps_promises
  booked_once "$leader"
}
# What nodes have said of themselves, and what was seen at their doors. The better of both times: what a machine seems to be, by its
# load, is that of the last minute.
hands_the_lead_on_at_once() {
  echo "in ms, as the nodes said, and as their doors showed:"
  cat "$work/gaps"
  awk 'NR == 1 || $1 < said { said = $1 } NR == 1 || $2 < shown { shown = $2 } END { exit !(NF == 2 && said <= 1000 && shown <= 1000) }' \
    "$work/gaps"
}
was_idle_then() { [[ -s $work/gaps ]]; }
is_ready() { curl -sf -m 5 -o "$work/ready" "http://127.0.0.1:$(port "$1")/readyz"; }
# Of two nodes the last to be asked has nobody whom it could hand anything on to.
ends_the_run_where_nobody_else_could_lead() {
  local name leader
  begin alone
  for name in $(others "$first"); do
    kill -TERM "${pids[$name]}"
    until_true has_parted "$name" "$first"
    ends "${pids[$name]}" 143
    until_true times "$name is lost" "$first" 1
  done
  more_rows "$first" 4
  until_true is_ready "$first" # one is all there is to be
  until_true are_connected "$first"
  kill -TERM "${pids[$first]}"
  ends "${pids[$first]}" 143
  conserved "$first"
  connected "$first"
  booked_once "$first"
}
ends_the_run_by_a_second_signal() {
  begin twice
  kill -TERM "${pids[$first]}"
  until_true times 'leaves: its shards go to others' "$first" 1
  sleep 0.3 # a signal that comes sooner is the same one
  if kill -INT "${pids[$first]}"; then
    # It may have left before the second one came.
    until_true has_ended "${pids[$first]}"
    if [[ -z $(leads_now "$first") ]]; then
      ends "${pids[$first]}" 130
      conserved "$first"
    fi
  fi
}
has_ended() { [[ ! -e /proc/$1/exe ]]; }
# The one that would be named first dies in the middle: another one leads, and nothing is lost but that node.
outlives_the_one_that_it_names() {
  local heir name next
  begin middle
  heir=$(others "$first" | sed -n 1p)
  promised "$first"
  # It takes less than a second until that one would lead, if it did anything.
  kill -STOP "${pids[$heir]}"
  kill -TERM "${pids[$first]}"
  kill -9 "${pids[$heir]}"
  until_true times 'leaves: its shards go to others' "$first" 1
  for name in $(others "$first"); do if [[ $name != "$heir" ]]; then next=$name; fi; done
  ends "${pids[$first]}" 143
  [[ $(leads_now "$first") == "$next" ]]
  until_true is_mended "$next"
  until_true rows "$next" "$calm"
  until_true are_connected "$next"
  end "$next"
  cat "$work/$next.err"
  conserved "$next"
  connected "$next"
  holds "$next" 's["sessions"]["lost"] == 0'
  leads_alone
  keeps_promises
  booked_once
}
# Whoever is elected, the one that was asked or the other one: it has left when the other one leads.
leaves_while_nobody_leads() {
  local leaver next
  begin vacant
  leaver=$(others "$first" | sed -n 1p)
  next=$(others "$first" | sed -n 2p)
  promised "$first"
  kill -9 "${pids[$first]}"
  kill -TERM "${pids[$leaver]}"
  ends "${pids[$leaver]}" 143
  until_true is_mended "$next"
  until_true rows "$next" 12
  until_true are_connected "$next"
  end "$next"
  cat "$work/$next.err"
  conserved "$next"
  connected "$next"
  holds "$next" 's["sessions"]["lost"] == 0'
  leads_alone
  keeps_promises
  booked_once
}
comes_back_after_a_kill() {
  local lost began
  begin back
  lost=$(others "$first" | tail -n 1)
  promised "$first"
  kill -9 "${pids[$lost]}"
  start "$lost" back # at once: it waits until its former lease is over
  until_true is_mended "$first"
  began=$(milliseconds)
  until_true times "$lost has joined" "$first" 1
  until_true has_got "$lost" "$first" 4
  took $(($(milliseconds) - began))
  more_rows "$first" 12
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  ends "${pids[$lost]}" 0
  conserved "$first"
  connected "$first"
  holds "$first" 's["sessions"]["lost"] == 0'
  keeps_promises
  booked_once
}
is_followed_by_any() { local name; for name in $(others "$first") delta; do if is_mended "$name"; then echo "$name"; return; fi; done; return 1; }
goes_on_when_the_central_dies_while_shards_move() {
  local next
  begin orphan
  promised "$first"
  start delta orphan
  until_true times 'delta has joined' "$first" 1
  kill -9 "${pids[$first]}"
  until_true is_followed_by_any
  next=$(is_followed_by_any)
  until_true rows "$next" "$calm"
  until_true are_connected "$next"
  end "$next"
  cat "$work/$next.err"
  conserved "$next"
  connected "$next"
  holds "$next" 's["sessions"]["lost"] == 0'
  leads_alone
  keeps_promises
  booked_once
}
dies_while_it_joins() {
  local before
  begin early
  promised "$first"
  start delta early
  until_true times 'delta has come' "$first" 1
  kill -9 "${pids[delta]}"
  until_true times 'delta is lost' "$first" 1
  before=$(grep -c 'delta has joined' "$work/$first.err" || true) # it may have been quick
  start delta early
  until_true times 'delta has joined' "$first" $((before + 1))
  until_true has_shards delta "$first" 3
  more_rows "$first" 6
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  ends "${pids[delta]}" 0
  conserved "$first"
  connected "$first"
  keeps_promises
  booked_once
}
turns_away_who_simulates_something_else() {
  begin stranger
  start delta stranger --set run.seed=99
  ends "${pids[delta]}" 5
  grep -q 'has another scenario, seed or version' "$work/delta.err"
  more_rows "$first" 6
  until_true are_connected "$first"
  end "$first"
  conserved "$first"
  connected "$first"
  nobody_has_noticed "$first"
  booked_once "$first"
}

law "a node joins under load, within twice the lease it has its share and no more, and nobody notices" in_time joins_under_load
end_nodes
law "the nodes that follow are restarted one after the other, each leaves and joins within twice the lease, and nobody notices" \
  in_time restarts_one_after_the_other
end_nodes
law "the node that leads is restarted, and the one that leads then: each leaves and joins within twice the lease, and nobody notices" \
  in_time restarts_who_leads
law_if "others want the cores of this machine" "nobody orders for a second at most while the lead is handed on" was_idle_then hands_the_lead_on_at_once
end_nodes
law "where nobody else could lead, whoever asks the node that leads to stop ends the run" ends_the_run_where_nobody_else_could_lead
end_nodes
law "a second signal ends a run whose leader is about to leave" ends_the_run_by_a_second_signal
end_nodes
law "a node is killed while the one that leads hands over, and another one leads" outlives_the_one_that_it_names
end_nodes
law "a node that follows is asked to leave while nobody leads, and the run goes on" leaves_while_nobody_leads
end_nodes
law "a killed node comes back as another life, and within twice the lease it has its share again" in_time comes_back_after_a_kill
end_nodes
law "the central is killed while shards move to a newcomer, and the run goes on" goes_on_when_the_central_dies_while_shards_move
end_nodes
law "a node is killed while it joins, and joins when it comes again" dies_while_it_joins
end_nodes
law "who simulates something else is turned away, and the run goes on" turns_away_who_simulates_something_else
cat "$work/figures" 2>/dev/null || true
exit "$failed"
