#!/usr/bin/env bash
# One network on several nodes: processes that `run --nodes` starts. Those that meet by a list: meeting_test.sh.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
export HOME=$work # nodes of a list keep their journals there
# shellcheck source=tests/support/metrics.sh
source tests/support/metrics.sh

# shellcheck source=tests/support/town.sh
source tests/support/town.sh

gives_one_digest() {
  local nodes
  ends_with 0 run_on 1 --http off --tcp off
  for nodes in 2 3 4; do
    ends_with 0 run_on "$nodes" --workers $((nodes % 2 + 1))
    for key in digest sent started delivered_mj total; do
      [[ $(figure "$nodes" "$key") == "$(figure 1 "$key")" ]] || { echo "$nodes nodes: $(figure "$nodes" "$key")"; return 1; }
    done
    [[ $(figure "$nodes" nodes) == "\"nodes\":$nodes" ]]
    same_states run-1 "run-$nodes"
  done
}
names_the_same_entities() {
  ends_with 0 run_on 1 --http off --tcp off --digest-every 1m
  ends_with 0 run_on 3 --digest-every 1m
  "$chargemill" compare "$work/run-1" "$work/run-3" >"$work/out"
  cmp "$work/run-1/digests.bin" "$work/run-3/digests.bin"
}
keeps_the_sums_in_real_time() {
  ends_with 0 run_on 3 --speed 20
  grep -q '^CONSERVED requests, sessions, energy, trips: ok' "$work/run-3/summary.txt"
  grep -Eq '"started": [1-9]' "$work/run-3/summary.json"
  grep -q '^  node_transit' "$work/run-3/summary.txt"
  # What was promised is on disk, on every node.
  local records
  records=$(figure 3 records)
  [[ $(figure 3 durable_records) == "\"durable_records\":${records#*:}" ]]
}
# rows NODES WHAT: all that the run's journals have of it, but for the numbers of the rows.
rows() {
  "$chargemill" history "$2" --data "$work/run-$1" --limit 1000000 --format csv | cut -d, -f "$3-" | sort
}
keeps_one_history() {
  local what from nodes
  ends_with 0 run_on 1 --http off --tcp off
  for nodes in 2 3; do
    ends_with 0 run_on "$nodes" --workers 1
    [[ -d $work/run-$nodes/journal/node-1 ]]
    for what in faults:2 health:2 sessions:2 tickets:1; do
      from=${what#*:}
      rows 1 "${what%:*}" "$from" >"$work/rows-1"
      rows "$nodes" "${what%:*}" "$from" >"$work/rows-n"
      [[ $(wc -l <"$work/rows-1") -gt 2 ]] || { echo "no ${what%:*}"; return 1; }
      cmp "$work/rows-1" "$work/rows-n" || { diff "$work/rows-1" "$work/rows-n" | head -n 5; return 1; }
    done
    "$chargemill" history stats --data "$work/run-1" --format json >"$work/stats-1"
    "$chargemill" history stats --data "$work/run-$nodes" --format json >"$work/stats-n"
    # Sums of fractions depend on their order.
    python3 -c 'import json, math, sys
a, b = (json.load(open(name)) for name in sys.argv[1:])
mean = "mean_time_to_recovery_s"
assert math.isclose(a.pop(mean), b.pop(mean), rel_tol=1e-9) and a == b, (a, b)' "$work/stats-1" "$work/stats-n"
    [[ $(figure "$nodes" durable_records) == "\"durable_records\":"[1-9]* ]]
  done
  # Newest first, also where the rows come from different nodes.
  "$chargemill" history faults --data "$work/run-3" --limit 50 --format csv | tail -n +2 | cut -d, -f 2 >"$work/times"
  sort -rc "$work/times"
  # Several names are one set, too.
  "$chargemill" history faults --limit 1000000 --format csv --data "$work/run-3/journal/node-1" \
    --data "$work/run-3/journal/node-2" >"$work/out"
  [[ $(wc -l <"$work/out") -lt $(wc -l < <(rows 3 faults 1)) ]]
  # The page of the run has faults of all nodes in it.
  "$chargemill" report "$work/run-3" --format html >"$work/page"
  python3 - "$work/page" <<'END'
import base64, re, sys, zlib
packed = re.search(r'<script type="text/plain" id="data">([^<]*)<', open(sys.argv[1]).read()).group(1)
assert b'"cp_id":"CP-' in zlib.decompress(base64.b64decode(packed))
END
}
# lives NODES: two in one data directory.
lives() {
  rm -rf "$work/kept-$1"
  ends_with 0 run_on "$1" --http off --tcp off --data "$work/kept-$1" "${@:2}"
  ends_with 0 run_on "$1" --http off --tcp off --data "$work/kept-$1" "${@:2}" 2>"$work/err"
}
goes_on_where_it_ended() {
  local nodes
  lives 1
  grep -Eq '^CARRIED   [1-9][0-9]* of the sessions started were open' "$work/run-1/summary.txt"
  for nodes in 2 3; do
    lives "$nodes" --workers 1
    for key in digest sent started carried_over delivered_mj; do
      [[ $(figure "$nodes" "$key") == "$(figure 1 "$key")" ]] || { echo "$nodes nodes: $(figure "$nodes" "$key")"; return 1; }
    done
    "$chargemill" history sessions --data "$work/kept-1" --limit 1000000 --format csv | cut -d, -f 2- | sort >"$work/rows-1"
    "$chargemill" history sessions --data "$work/kept-$nodes" --limit 1000000 --format csv | cut -d, -f 2- | sort >"$work/rows-n"
    cmp "$work/rows-1" "$work/rows-n"
  done
}
refuses_a_journal_of_another_place() {
  rm -rf "$work/kept"
  ends_with 0 run_on 2 --data "$work/kept"
  ends_with 4 run_on 3 --data "$work/kept" 2>"$work/err"
  grep -q 'kept was written by a run on 2 nodes, and this one has 3: go on with as many' "$work/err"
  ends_with 4 run_on 1 --http off --tcp off --data "$work/kept" 2>"$work/err"
  grep -q 'kept was written by a run on 2 nodes, and this one has 1: go on with as many' "$work/err"
  rm -rf "$work/kept/node-1"
  mkdir "$work/kept/node-1"
  printf 'x' >"$work/kept/node-1/00000000000000000001-0.segment"
  ends_with 4 run_on 2 --data "$work/kept" 2>"$work/err"
  grep -q 'node 1: ' "$work/err"
}
goes_on_without_a_lost_journal() {
  rm -rf "$work/kept"
  ends_with 0 run_on 2 --data "$work/kept"
  rm -rf "$work/kept/node-1"
  ends_with 0 run_on 2 --data "$work/kept"
  # No session of the second life has the number of one of the first.
  "$chargemill" history sessions --data "$work/kept" --limit 1000000 --format csv | cut -d, -f 2 | sort >"$work/rows-n"
  sort -uc "$work/rows-n"
}
goes_on_after_a_kill() {
  local pid child code=0
  rm -rf "$work/kept"
  rm -f "$work/err" # of the run before
  "$chargemill" run "$work/town.toml" --nodes 3 --speed 20 --duration 900h --progress plain --no-out \
    --data "$work/kept" >"$work/out" 2>"$work/err" &
  pid=$!
  until_true grep -Eq '^sim=.* supplying=[1-9]' "$work/err"
  child=$(pgrep -P "$pid" | tail -n 1)
  kill -9 "$child"
  wait "$pid" || code=$?
  [[ $code == 5 ]] || { echo "exit $code"; return 1; }
  ends_with 0 run_on 3 --speed 20 --data "$work/kept"
  grep -q '^CONSERVED requests, sessions, energy, trips: ok' "$work/run-3/summary.txt"
  # Nothing is booked twice: of each session there is one start and one end.
  "$chargemill" history sessions --data "$work/kept" --limit 1000000 --format csv | cut -d, -f 2 | sort >"$work/rows-n"
  [[ $(wc -l <"$work/rows-n") -gt 2 ]]
  sort -uc "$work/rows-n"
}
# with_doors NODES LAW...: runs LAW while the town runs in real time on so many nodes; $http and $tcp are its doors.
with_doors() {
  local nodes=$1 pid code=0
  shift
  rm -rf "$work/run-doors"
  rm -f "$work/err" # of the run before
  "$chargemill" run "$work/town.toml" --nodes "$nodes" --speed 1 --duration 900h --progress plain --out "$work/run-doors" \
    --http 127.0.0.1:0 --tcp 127.0.0.1:0 >"$work/out" 2>"$work/err" &
  pid=$!
  until_true grep -Eq '^sim=.* supplying=[1-9]' "$work/err"
  http=$(sed -n 's/^HTTP *\(127[^ ]*\).*/\1/p' "$work/err")
  tcp=$(sed -n 's/^TCP *\(127[^ ]*\).*/\1/p' "$work/err")
  "$@" & # in the background, where set -e holds
  wait "$!" || code=$?
  kill -INT "$pid"
  wait "$pid" || true
  return "$code"
}
# The charge points of the town are dealt out shard by shard: the first and the last live on different nodes.
shows_all_charge_points() {
  [[ $(ctl list | tail -n +2 | wc -l) == 400 ]]
  ctl list | tail -n +2 | cut -d ' ' -f 1 | sort -uc
  ctl status CP-000001 | grep -q '^CP-000001 '
  ctl status CP-000400 | grep -q '^CP-000400 '
  [[ $(get '/api/v1/charge-points?limit=1000' | grep -o '{"cp_id":"CP-[0-9]*","state"' | sort -u | wc -l) == 400 ]]
  get /api/v1/charge-points/CP-000010 | grep -q '"cp_id":"CP-000010"'
  until_true is_ready
}
is_ready() { get '/readyz?verbose=true' >"$work/ready" && grep -q '^ready' "$work/ready"; }
# has_counted_all: a scrape; what others have counted is told each second.
has_counted_all() {
  local node
  get /metrics >"$work/metrics" || return 1
  [[ $(grep '^chargemill_charge_points{' "$work/metrics" | awk '{ sum += $2 } END { print sum }') == 400 ]] || return 1
  for node in 'node 0' 'node 1' 'node 2'; do
    grep -Eq "^chargemill_messages_total\\{node=\"$node\"\\} [1-9]" "$work/metrics" || return 1
  done
  grep -q '^chargemill_cluster_nodes{state="alive"} 3' "$work/metrics" &&
    grep -q '^chargemill_cluster_expected_nodes 3' "$work/metrics" &&
    grep -q '^chargemill_cluster_link_bytes_total{node="node 2"}' "$work/metrics"
}
counts_all_nodes() {
  until_true has_counted_all || { cat "$work/metrics"; return 1; }
  if command -v promtool >/dev/null; then promtool check metrics <"$work/metrics"; fi
}
# has_agreed: now; what others have to tell comes each second.
has_agreed() { get /metrics >"$work/metrics" && agrees_both_ways "$work/metrics" >"$work/agreed"; }
agrees_with_rules_and_dashboards() {
  until_true has_agreed || { cat "$work/agreed"; return 1; }
}
lists_its_nodes() {
  until_true bash -c "'$chargemill' ctl --tcp $tcp nodes | grep -q 'node 2 .*alive'"
  ctl nodes | grep -Eq '^node 0 .*leads'
  until_true has_listed_all || { cat "$work/nodes.json"; return 1; }
}
# has_listed_all: now; each tells of itself each second.
has_listed_all() {
  ctl --json nodes >"$work/nodes.json" || return 1
  python3 - "$work/nodes.json" "$(get /api/v1/nodes)" <<'PYTHON'
import json, sys
rows = json.load(open(sys.argv[1]))
others = json.loads(sys.argv[2])["nodes"]
assert [r["name"] for r in rows] == ["node 0", "node 1", "node 2"], rows
assert [r["name"] for r in others] == ["node 0", "node 1", "node 2"], others
assert sum(r["charge_points"] for r in rows) == 400 and all(r["shards"] >= 1 for r in rows), rows
assert all(r["fleets"] == r["shards"] for r in rows), rows
assert all(r["workers"] >= 1 and r["messages"] > 0 and r["rss_mib"] > 0 for r in rows), rows
assert len({r["incarnation"] for r in rows}) == 3, rows
PYTHON
}
obeys_on_every_node() {
  local cp
  for cp in CP-000001 CP-000200 CP-000400; do
    ctl stop "$cp" | grep -q 'STOP 1'
    until_true bash -c "'$chargemill' ctl --tcp $tcp status $cp | grep -q STOPPED"
    ctl resume "$cp" | grep -q 'RESUME 1'
    until_true bash -c "! '$chargemill' ctl --tcp $tcp status $cp | grep -q STOPPED"
    ctl shutdown "$cp" | grep -q SHUTDOWN
    until_true bash -c "'$chargemill' ctl --tcp $tcp status $cp | grep -q 'BROKEN *DISCONNECTED'"
    ctl power-on "$cp" | grep -q POWER_ON
    until_true bash -c "! '$chargemill' ctl --tcp $tcp status $cp | grep -q BROKEN"
    ctl inject "$cp" engine_ko | grep -q INJECT
    until_true bash -c "'$chargemill' ctl --tcp $tcp status $cp | grep -q BROKEN"
    until_true bash -c "curl -sf 'http://$http/api/v1/faults?cp=$cp' | grep -q FAULT"
  done
  ctl stop all | grep -q 'STOP 400'
  until_true bash -c "[[ \$('$chargemill' ctl --tcp $tcp list | grep -Ec 'STOPPED|BROKEN') == 400 ]]"
}
tells_events_of_all_nodes() {
  local id reader
  curl -sN -m 60 "http://$http/api/v1/events?after=0.0.0" >"$work/events" &
  reader=$!
  until_true bash -c "[[ \$(grep -o '\"cp_id\":\"CP-[0-9]*' '$work/events' | sort -u | wc -l) -gt 100 ]]"
  kill "$reader" || true
  grep -Eq '^id: [0-9]+\.[0-9]+\.[0-9]+$' "$work/events"
  id=$(sed -n '/^id: /{s///p;q}' "$work/events") # no reader that leaves early ends it
  curl -sN -m 30 -H "Last-Event-ID: $id" "http://$http/api/v1/events" >"$work/more" &
  reader=$!
  until_true grep -q '^event: ' "$work/more"
  kill "$reader" || true
  [[ $(curl -s -o "$work/out" -w '%{http_code}' -H 'Last-Event-ID: 7' "http://$http/api/v1/events") == 400 ]]
  grep -q 'another number of nodes' "$work/out"
}
# Without a journal each node remembers what happens to its own.
remembers_on_every_node() {
  local pid
  rm -f "$work/err" # of the run before
  "$chargemill" run "$work/town.toml" --nodes 3 --speed 1 --duration 900h --progress off --no-out --http 127.0.0.1:0 \
    --tcp off >"$work/out" 2>"$work/err" &
  pid=$!
  until_true grep -q '^HTTP' "$work/err"
  http=$(sed -n 's/^HTTP *\(127[^ ]*\).*/\1/p' "$work/err")
  until_true bash -c "[[ \$(curl -sN -m 3 'http://$http/api/v1/events?after=0.0.0' | grep -o '\"cp_id\":\"CP-[0-9]*' | sort -u | wc -l) -gt 200 ]]"
  kill -INT "$pid"
  wait "$pid" || true
}
says_what_it_cannot() {
  ctl add cp CP-900 2>"$work/why" && return 1
  grep -q 'nobody joins a network on several nodes' "$work/why"
  [[ $(curl -s -o "$work/why" -w '%{http_code}' "http://$http/api/v1/charge-points" -d '{"cp_id":"CP-900"}') == 409 ]]
  grep -q 'nobody joins a network on several nodes' "$work/why"
}
reads_in_virtual_time() {
  local pid
  rm -f "$work/err" # of the run before
  "$chargemill" run "$work/town.toml" --nodes 3 --duration 900h --progress off --no-out --http 127.0.0.1:0 \
    --tcp 127.0.0.1:0 >"$work/out" 2>"$work/err" &
  pid=$!
  until_true grep -q '^TCP' "$work/err"
  tcp=$(sed -n 's/^TCP *\(127[^ ]*\).*/\1/p' "$work/err")
  [[ $(ctl list | tail -n +2 | wc -l) == 400 ]]
  ctl status CP-000400 | grep -q '^CP-000400 '
  ctl stop CP-000400 2>"$work/why" && return 1
  grep -q 'virtual time' "$work/why"
  kill -INT "$pid"
  wait "$pid" || true
}
# ticks PID...: of processor time, all threads of each.
ticks() {
  local one stat sum=0
  for one in "$@"; do
    stat=$(<"/proc/$one/stat")
    # shellcheck disable=SC2086 # words are fields; the third is the first behind the name
    set -- ${stat##*) }
    sum=$((sum + ${12} + ${13}))
  done
  echo "$sum"
}
# take_little PID...: together less than a tenth of a core.
take_little() {
  local before began spent took
  before=$(ticks "$@")
  began=$(date +%s%N)
  sleep 5 # that is what is measured
  spent=$((($(ticks "$@") - before) * 1000 / $(getconf CLK_TCK)))
  took=$((($(date +%s%N) - began) / 1000000))
  echo "$# processes took $spent ms of processor time in $took ms"
  ((10 * spent <= took))
}
# with_two LAW ARGS...: runs LAW while a network runs on two nodes of two workers each; $pid is the first one, $other the second.
with_two() {
  local what=$1 pid other code=0
  rm -f "$work/err" # of the run before
  "$chargemill" run "${@:2}" --nodes 2 --workers 2 --duration 900h --progress plain --no-out --http off --tcp off >"$work/out" 2>"$work/err" &
  pid=$!
  until_true grep -q '^sim=' "$work/err" # all have begun
  other=$(pgrep -P "$pid")
  "$what" & # in the background, where set -e holds
  wait "$!" || code=$?
  kill -CONT "$other"
  kill -INT "$pid"
  wait "$pid" || true
  return "$code"
}
# What waits for a tick of the clock, for another worker or for the other node sleeps meanwhile.
does_not_spin() {
  printf '[run]\nname = "quiet"\n[network]\ncharge_points = 10\n[drivers]\ncount = 10\nsessions_per_cp_per_day = 0.1\n' >"$work/quiet.toml"
  with_two are_idle "$work/quiet.toml" --speed 1
}
are_idle() { take_little "$pid" "$other"; }
# In virtual time one of its workers waits at the barrier for the other, and that one for what the other node has to say: longer than
# any of them may look around before it sleeps, and not as long as it takes until that node is lost.
sleeps_while_it_waits() { with_two waits_for_one_that_sleeps "$work/town.toml"; }
waits_for_one_that_sleeps() {
  kill -STOP "$other"
  take_little "$pid"
}
stops_on_a_signal() {
  local pid code=0
  rm -rf "$work/run-2"
  rm -f "$work/err" # of the run before
  "$chargemill" run "$work/town.toml" --nodes 2 --speed 1 --progress plain --out "$work/run-2" \
    >"$work/out" 2>"$work/err" &
  pid=$!
  until_true grep -q '^sim=' "$work/err"
  kill -INT "$pid"
  wait "$pid" || code=$?
  [[ $code == 130 ]] || { echo "exit $code"; return 1; }
  grep -q '"partial": true' "$work/run-2/summary.json"
}
says_which_node_was_killed() {
  local pid child code=0
  rm -f "$work/err" # of the run before
  "$chargemill" run "$work/town.toml" --nodes 3 --duration 900h --progress off --no-out \
    >"$work/out" 2>"$work/err" &
  pid=$!
  until_true pgrep -P "$pid"
  child=$(pgrep -P "$pid" | tail -n 1)
  kill -9 "$child"
  wait "$pid" || code=$?
  [[ $code == 5 ]] || { echo "exit $code"; cat "$work/err"; return 1; }
  grep -q 'was ended by signal 9' "$work/err" "$work/out"
  until_true bash -c "! pgrep -P $pid"
}

law "1, 2, 3 and 4 nodes give one digest, the same sums, and every charge point the same state" gives_one_digest
law "every entity has the same history on 3 nodes, minute by minute" names_the_same_entities
law "in real time the sums of all nodes agree" keeps_the_sums_in_real_time
law "several nodes keep the history that one keeps, and history reads their journals as one" keeps_one_history
law "a run goes on where it ended, on any number of nodes to the same digest" goes_on_where_it_ended
law "a journal of another number of nodes, or a damaged one, is refused and named" refuses_a_journal_of_another_place
law "a node that has lost its journal begins its part anew, under new session numbers" goes_on_without_a_lost_journal
law "after a node was killed the run goes on from the journals of all" goes_on_after_a_kill
law "doors of a run on several nodes show the charge points of all" with_doors 3 shows_all_charge_points
law "a scrape counts all nodes, and each by its name" with_doors 3 counts_all_nodes
law "a scrape of a cluster has every metric that rules and dashboards name, and no other" \
  with_doors 2 agrees_with_rules_and_dashboards
law "ctl nodes and /api/v1/nodes list them with their parts" with_doors 3 lists_its_nodes
law "orders reach charge points on every node" with_doors 3 obeys_on_every_node
law "events of all nodes are told, and can be resumed" with_doors 3 tells_events_of_all_nodes
law "without a journal every node remembers" remembers_on_every_node
law "what several nodes cannot do is said" with_doors 2 says_what_it_cannot
law "in virtual time doors read the charge points of all nodes" reads_in_virtual_time
law "nodes that have nothing to do take less than a tenth of a core" does_not_spin
law "a node that waits for another one in virtual time takes less than a tenth of a core" sleeps_while_it_waits
law "one SIGINT stops all nodes and leaves a partial summary" stops_on_a_signal
law "a node that is killed ends the run with exit code 5, and leaves no process behind" says_which_node_was_killed
exit "$failed"
