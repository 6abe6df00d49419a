#!/usr/bin/env bash
# A network in real time that loses nodes and goes on: real etcd, real processes, kill -9. CHARGEMILL_CLUSTER_ROUNDS=20
# repeats the central's end so often and prints how long it took to be followed.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"

rounds=${CHARGEMILL_CLUSTER_ROUNDS:-1}
unset CHARGEMILL_CLUSTER_ROUNDS # named as a key of [cluster] would be, and there is none: the program would refuse it

if ! command -v etcd >/dev/null; then
  echo "skipped - nodes outlive each other: etcd-server is not installed"
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

# open_sessions: as the doors of $first show them.
open_sessions() {
  curl -sf -m 30 "http://127.0.0.1:$(port "$first")/api/v1/sessions?status=ACTIVE&limit=1000" | grep -o 'session-[0-9a-f]*' | sort -u
}
# has_open_sessions N: more of them; they are in $work/open-before.
has_open_sessions() { open_sessions >"$work/open-before" && [[ $(wc -l <"$work/open-before") -gt $1 ]]; }
goes_on_without_a_node() {
  local lost began late
  begin node
  until_true has_open_sessions 30 # a third of them where it will be missed
  lost=$(others "$first" | tail -n 1)
  promised "$first"
  began=$(milliseconds)
  kill -9 "${pids[$lost]}"
  until_true is_mended "$first"
  late=$(($(milliseconds) - began))
  took "$late"
  more_rows "$first" "$calm" # its charge points begin anew, and those who were in a session fail
  # None takes longer than 4 s; those of the lost node are over in its heirs' journals only.
  until_true open_sessions >"$work/open-after"
  comm -12 "$work/open-before" "$work/open-after" | tee "$work/open-still"
  [[ ! -s $work/open-still ]]
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  echo "a node's shards lived elsewhere $late ms after its end" | tee -a "$work/figures"
  conserved "$first"
  connected "$first"
  holds "$first" 's["sessions"]["lost"] == 0 and s["sessions"]["failed"] > 0'
  grep -Eq '4 shards with [0-9]+ charge points live elsewhere now, [1-9][0-9]* open sessions' "$work/$first.err"
  ends "${pids[$(others "$first" | sed -n 1p)]}" 0
  keeps_promises
  booked_once
}
# A session that ended where its node's shards went ends there only, also when the next run begins.
finds_the_rest_of_a_lost_nodes_story() {
  local lost kept=story
  rm -rf "$work/data" "$work/promises"
  begin story
  until_true has_open_sessions 50
  lost=$(others "$first" | tail -n 1)
  promised "$first"
  kill -9 "${pids[$lost]}"
  until_true is_mended "$first"
  more_rows "$first" "$calm"
  end "$first"
  end_nodes
  begin story
  grep -q 'continues' "$work/run-$first/log.ndjson"
  until_true rows "$first" "$calm"
  end "$first"
  conserved "$first"
  keeps_promises
  booked_once # every end of a session is the issue of a ticket
  grep -o 'session-[0-9a-f]*' "$work/tickets.csv" | sort | uniq -d >"$work/twice" # nor is one corrected
  [[ ! -s $work/twice ]] || { grep -f "$work/twice" "$work/tickets.csv"; return 1; }
  [[ $(grep -c FAILED "$work/tickets.csv") -gt 5 ]] || { grep -c FAILED "$work/tickets.csv"; return 1; }
}
goes_on_without_a_journal() {
  local lost data=off
  begin forgetful
  until_true has_open_sessions 30
  lost=$(others "$first" | tail -n 1)
  kill -9 "${pids[$lost]}"
  until_true is_mended "$first"
  more_rows "$first" "$calm"
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  conserved "$first"
  connected "$first"
  holds "$first" 's["sessions"]["lost"] > 0 and any("open on nodes that were lost" in w for w in s["warnings"])'
}
follows_a_killed_central() {
  local began next now ports=()
  begin central
  promised "$first"
  for now in $(others "$first"); do ports+=("$(port "$now")"); done
  began=$(milliseconds)
  kill -9 "${pids[$first]}"
  python3 tests/cluster/next_decision.py "$began" "${ports[@]}" | tee -a "$work/decided"
  until_true a_successor
  took $(($(milliseconds) - began)) # of both what came later: a decision, and all that was its own lives elsewhere
  next=$(a_successor)
  until_true rows "$next" "$calm"
  now=$(tail -n 1 "$work/run-$next/timeseries.csv")
  echo "$now"
  until_true are_connected "$next"
  end "$next"
  cat "$work/$next.err"
  conserved "$next"
  connected "$next"
  holds "$next" 's["sessions"]["lost"] == 0 and s["requests"]["accepted"] > 0 and s["central"]["orders_refused"] == 0'
  for now in $(others "$first"); do
    if [[ $now != "$next" ]]; then ends "${pids[$now]}" 0; fi
  done
  leads_alone
  keeps_promises
  booked_once
}
# operate NODE ...: at its door, as an operator.
operate() { python3 tests/cluster/operator_orders.py "$(port "$1")" "${@:2}"; }
# every_thirtieth FROM: charge point, so some of each node's; by name.
every_thirtieth() { awk -v from="$1" 'NR % 30 == from' "$work/points" | sort; }
# shows_stopped NODE: those that are, in $work/stopped.
shows_stopped() { operate "$1" stopped >"$work/shown" && sort "$work/shown" >"$work/stopped"; }
has_stopped() { # NODE FROM
  shows_stopped "$1" || return 1
  comm -13 "$work/stopped" <(every_thirtieth "$2") >"$work/differs"
  [[ ! -s $work/differs ]]
}
# is_as_ordered NODE: but for those that were under orders to the end, those are stopped that this one was told to stop, and no
# others.
is_as_ordered() {
  shows_stopped "$1" || return 1
  comm -23 "$work/stopped" <(every_thirtieth 7) | diff - <(every_thirtieth 21) >"$work/differs"
}
refuses_a_central_that_slept() {
  local next began rest pressing queued
  begin slept
  promised "$first"
  operate "$first" points >"$work/points"
  [[ $(wc -l <"$work/points") == 300 ]]
  # shellcheck disable=SC2046 # a word each
  operate "$first" stop $(every_thirtieth 0)
  # shellcheck disable=SC2046
  operate "$first" press $(every_thirtieth 7) >"$work/pressed" &
  pressing=$!
  until_true test -s "$work/pressed"
  began=$(milliseconds)
  kill -STOP "${pids[$first]}"
  # These it finds at its door when it wakes.
  # shellcheck disable=SC2046
  operate "$first" queue $(every_thirtieth 13) >"$work/queued" 2>"$work/asked" &
  queued=$!
  until_true a_successor
  took $(($(milliseconds) - began))
  next=$(a_successor)
  until_true has_stopped "$next" 0 || { echo "stopped before, and in order now:"; cat "$work/differs"; return 1; }
  # shellcheck disable=SC2046
  operate "$next" resume $(every_thirtieth 0)
  # shellcheck disable=SC2046
  operate "$next" stop $(every_thirtieth 21)
  until_true is_as_ordered "$next" || { cat "$work/differs"; return 1; }
  cp "$work/stopped" "$work/stopped-before"
  until_true grep -q asked "$work/asked" || { cat "$work/asked"; return 1; }
  rest=$((began + 3 * lease_s * 1000 - $(milliseconds))) # three leases: that is what is tested
  if ((rest > 0)); then sleep "$(printf '%d.%03d' $((rest / 1000)) $((rest % 1000)))"; fi
  kill -CONT "${pids[$first]}"
  ends "${pids[$first]}" 5
  grep -q "node $first: stops: its lease could not be renewed in time" "$work/$first.err"
  wait "$pressing"
  wait "$queued"
  [[ ! -s $work/queued ]] || { echo "it slept, and confirmed:"; cat "$work/queued"; return 1; }
  # What it wrote when it woke, if anything was under way, is nobody's: its heirs have said where its journal ends.
  [[ $(find "$work/data" -name disowned | wc -l) == 1 ]]
  until_true rows "$next" "$calm"
  more_rows "$next" 4 # also of what came late
  until_true shows_stopped "$next"
  diff "$work/stopped-before" "$work/stopped"
  until_true are_connected "$next"
  end "$next"
  cat "$work/$next.err"
  echo "orders of the one that slept that others refused: $(value "$next" central.orders_refused)"
  conserved "$next"
  connected "$next"
  leads_alone
  keeps_promises
  booked_once
}
hands_over_in_peace() {
  local leaver began late
  begin leave
  leaver=$(others "$first" | sed -n 1p)
  promised "$first"
  began=$(milliseconds)
  kill -TERM "${pids[$leaver]}"
  until_true has_parted "$leaver" "$first"
  late=$(($(milliseconds) - began))
  ends "${pids[$leaver]}" 143
  took $(($(milliseconds) - began))
  until_true is_mended "$first"
  more_rows "$first" "$calm"
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  echo "a node that left had handed its 4 shards over after $late ms; each was on its way for $(pauses "$first" | xargs) ms" | tee -a "$work/figures"
  [[ $(pauses "$first" | wc -l) == 4 ]]
  conserved "$first"
  connected "$first"
  # Nobody has noticed.
  holds "$first" 's["sessions"]["lost"] == 0 and s["sessions"]["failed"] == 0 and s["requests"]["lost"] == 0 and s["messages"]["lost"] == 0'
  keeps_promises
  booked_once "$first"
}
outlives_all_others() {
  local last
  begin last
  promised "$first"
  kill -9 "${pids[$first]}"
  until_true a_successor
  last=$(a_successor)
  promised "$last"
  kill -9 "${pids[$(others "$first" | grep -v "$last")]}"
  until_true two_are_lost "$last"
  until_true rows "$last" 20
  until_true are_connected "$last"
  end "$last"
  cat "$work/$last.err"
  conserved "$last"
  connected "$last"
  holds "$last" 's["sessions"]["lost"] == 0'
  leads_alone
  keeps_promises
  booked_once
}
two_are_lost() { [[ $(grep -c 'live elsewhere now' "$work/$1.err") -ge 2 ]]; }
# is_back MEMBER: of etcd.
is_back() { post "$1" maintenance/status >"$work/status"; }
survives_etcds_leader_and_a_node() {
  local lost m began late
  begin both
  promised "$first"
  until_true leader >"$work/leader"
  m=$(tail -n 1 "$work/leader")
  lost=$(others "$first" | tail -n 1)
  began=$(milliseconds)
  signal_etcd KILL "$m"
  kill -9 "${pids[$lost]}"
  until_true is_mended "$first"
  late=$(($(milliseconds) - began))
  took "$late"
  echo "a node's shards lived elsewhere $late ms after its end and that of etcd's leader" | tee -a "$work/figures"
  until_true leader
  start_etcd "$m"
  until_true is_back "$m"
  more_rows "$first" "$calm"
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  conserved "$first"
  connected "$first"
  holds "$first" 's["sessions"]["lost"] == 0'
  keeps_promises
  booked_once
}

law "a node is killed, and within twice the lease the others go on with its charge points and their sessions" in_time goes_on_without_a_node
end_nodes
law "the next run finds in the others' journals what became of a lost node's sessions" finds_the_rest_of_a_lost_nodes_story
end_nodes
law "without a journal its charge points come back, and what was lost is counted" goes_on_without_a_journal
end_nodes
for ((round = 0; round < rounds; ++round)); do
  law "the central is killed, and within twice the lease another node leads the run, to its end" in_time follows_a_killed_central
  end_nodes
done
law "a central that slept for three leases ends, the run does not, and no order of it counts any more" in_time refuses_a_central_that_slept
end_nodes
law "a node that is asked to stop leaves its shards to the others, and has gone within twice the lease" in_time hands_over_in_peace
end_nodes
law "the last of three nodes has all of the network" outlives_all_others
end_nodes
law "etcd's leader and a node are killed, and within twice the lease the run goes on without them" in_time survives_etcds_leader_and_a_node
cat "$work/figures" 2>/dev/null || true
if [[ -s $work/decided ]]; then
  sort -n "$work/decided" | awk '{ at[NR] = $1 }
    END { printf "from the end of a central to the next decision, lease 5 s, %d times: p50 %d ms, p99 %d ms\n", NR, at[int((NR + 1) / 2)], at[int(NR * 0.99 + 0.999)] }'
fi
exit "$failed"
