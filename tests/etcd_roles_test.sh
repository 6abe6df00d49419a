#!/usr/bin/env bash
# Nodes that meet through real etcd processes and are there for different things (--roles): who is elected, who gets shards.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
export HOME=$work # nodes keep their journals there

if ! command -v etcd >/dev/null; then
  echo "skipped - nodes of etcd have roles: etcd-server is not installed"
  exit 0
fi
# shellcheck source=tests/support/etcd.sh
source tests/support/etcd.sh
trap finish EXIT
start_all_etcd || exit 1
# shellcheck source=tests/support/busy_town.sh
source tests/support/busy_town.sh
write_busy_town 5s $'stop_timeout = "2s"\n' # what was on its way to a killed node is open for long

declare -A pids
# node NETWORK NAME ROLES [ARGS]: in the background.
node() {
  local network=$1 name=$2 roles=$3
  shift 3
  rm -rf "$work/run-$name" "$work/$name.err"
  "$chargemill" node --config "$work/town.toml" --name "$name" --roles "$roles" --progress off --http off --tcp off \
    --data "$work/data-$network" --out "$work/run-$name" --set "cluster.name=$network" "$@" >"$work/$name.out" 2>"$work/$name.err" &
  pids[$name]=$!
  echo "$!" >>"$work/pids"
}
# trio NETWORK ROLES ROLES ROLES: alpha, beta and gamma, once they run; who leads is $first.
first=
trio() {
  local network=$1
  node "$network" alpha "$2"
  node "$network" beta "$3"
  node "$network" gamma "$4"
  until_true grep -q 'is the central (token' "$work/gamma.err"
  first=$(sed -n 's/^node gamma: \(.*\) is the central (token [0-9]*) of .*/\1/p' "$work/gamma.err")
  until_true rows "$first" 4 # somebody charges
}
all_connected() { holds "$1" 's["charge_points"]["disconnected"] == 0 and s["charge_points"]["total"] == 300 and s["conservation"]["ok"]'; }
# owners NETWORK: by name, how many of the table's shards each has.
owners() {
  curl -sf -m 5 -X POST "$(client 1)/v3/kv/range" -d "{\"key\":\"$(printf '/chargemill/%s/shards' "$1" | base64)\"}" |
    python3 -c 'import base64, collections, json, sys
lines = base64.b64decode(json.load(sys.stdin)["kvs"][0]["value"]).decode().splitlines()[1:]
names = [line.split()[2] for line in lines if line.startswith(("owner", "idle"))]
loads = collections.Counter({name: 0 for name in names})
for count, owner in (line.split() for line in lines if line[0].isdigit()): loads[names[int(owner.split(">")[0])]] += int(count)
print(*sorted(f"{name}={count}" for name, count in loads.items()))'
}
# fleets NETWORK: by name, how many of those of the 12 shards that are used each has; who has none is left out.
fleets() {
  curl -sf -m 5 -X POST "$(client 1)/v3/kv/range" -d "{\"key\":\"$(printf '/chargemill/%s/shards' "$1" | base64)\"}" |
    python3 -c 'import base64, collections, json, sys
lines = base64.b64decode(json.load(sys.stdin)["kvs"][0]["value"]).decode().splitlines()[1:]
names = [line.split()[2] for line in lines if line.startswith(("owner", "idle"))]
runs = [line.split()[1:] for line in lines if line.startswith("fleets")] or [line.split() for line in lines if line[0].isdigit()]
homes = [names[int(owner.split(">")[0])] for count, owner in runs for _ in range(int(count))][:12]
print(*sorted(f"{name}={count}" for name, count in collections.Counter(homes).items()))'
}

elects_and_deals_by_role() {
  local now
  trio deals central shards,drivers shards,drivers
  [[ $first == alpha ]]
  [[ $(owners deals) == 'alpha=0 beta=512 gamma=512' ]] || { owners deals; return 1; }
  kill -9 "${pids[gamma]}"
  until_true is_mended alpha
  [[ $(owners deals) == 'alpha=0 beta=1024 gamma=0' ]] || { owners deals; return 1; }
  now=$(wc -l <"$work/run-alpha/timeseries.csv")
  until_true rows alpha $((now + calm)) # its charge points begin anew
  until_true are_connected alpha
  kill -INT "${pids[alpha]}"
  ends "${pids[alpha]}" 130
  ends "${pids[beta]}" 0
  all_connected alpha
}
follows_a_central_that_has_nothing() {
  local next now
  trio follows central central shards,drivers
  [[ $first != gamma ]]
  next=$([[ $first == alpha ]] && echo beta || echo alpha)
  kill -9 "${pids[$first]}"
  until_true rows "$next" 4
  [[ $(owners follows) == *'gamma=1024'* ]] || { owners follows; return 1; }
  now=$(wc -l <"$work/run-$next/timeseries.csv")
  until_true rows "$next" $((now + 8))
  until_true are_connected "$next"
  kill -INT "${pids[$next]}"
  ends "${pids[$next]}" 130
  ends "${pids[gamma]}" 0
  all_connected "$next"
  # All sessions live elsewhere, and this town has no faults: none is dropped (SH-02).
  holds "$next" 's["sessions"]["completed"] > 0 and s["sessions"]["failed"] == 0 and s["sessions"]["lost"] == 0'
  "$chargemill" history tickets --data "$work/data-follows" --limit 1000000 --format csv >"$work/tickets.csv"
  python3 tests/cluster/booked_once.py "$work/run-$next/summary.json" <"$work/tickets.csv"
}
leaves_without_shards() {
  trio leaves central central shards,drivers
  local idle
  idle=$([[ $first == alpha ]] && echo beta || echo alpha)
  kill -TERM "${pids[$idle]}"
  ends "${pids[$idle]}" 143
  until_true grep -q "$idle has given all its shards away and leaves" "$work/$first.err"
  kill -INT "${pids[$first]}"
  ends "${pids[$first]}" 130
  all_connected "$first"
}
has_dealt() { [[ $(owners "$1") == "$2" ]]; }
are_fleets() { [[ $(fleets "$1") == "$2" ]]; }
lets_join_by_role() {
  local name now
  trio joins central shards,drivers shards,drivers
  node joins delta central
  until_true grep -q 'delta has joined' "$work/$first.err"
  node joins epsilon shards,drivers
  until_true grep -q 'epsilon has joined' "$work/$first.err"
  # Of the 12 that are used: a third of them, and nothing to who only leads.
  until_true has_dealt joins 'alpha=0 beta=510 delta=0 epsilon=4 gamma=510'
  kill -9 "${pids[alpha]}"
  until_true rows delta 4 # it leads, though it came later
  now=$(wc -l <"$work/run-delta/timeseries.csv")
  until_true rows delta $((now + 8))
  until_true are_connected delta
  kill -INT "${pids[delta]}"
  ends "${pids[delta]}" 130
  for name in beta gamma epsilon; do ends "${pids[$name]}" 0; done
  all_connected delta
}
stops_without_a_role() {
  trio headless central shards,drivers shards,drivers
  kill -9 "${pids[alpha]}"
  ends "${pids[beta]}" 5
  ends "${pids[gamma]}" 5
  grep -q "stops: no node with the role 'central' is left" "$work/beta.err"
  trio homeless central shards,drivers central
  kill -9 "${pids[beta]}"
  ends "${pids[$first]}" 5
  grep -q "stops: no node with the role 'shards' is left" "$work/$first.err"
}
does_not_begin_without_a_role() {
  node lacks alpha central --expect-nodes 2
  node lacks beta central --expect-nodes 2
  ends "${pids[alpha]}" 2
  ends "${pids[beta]}" 2
  grep -q "no node of 'lacks' has the role 'shards': .*alpha (central)" "$work/beta.err"
  node lacks alpha shards,drivers --expect-nodes 2
  node lacks beta shards,drivers --expect-nodes 2
  ends "${pids[alpha]}" 2
  ends "${pids[beta]}" 2
  grep -q "no node of 'lacks' has the role 'central': .*beta (shards,drivers)" "$work/alpha.err"
}
drives_apart_from_shards() {
  local now name
  node apart alpha central --expect-nodes 4
  node apart beta shards --expect-nodes 4
  node apart gamma shards --expect-nodes 4
  node apart delta drivers --expect-nodes 4
  until_true rows alpha 4 # somebody charges
  are_fleets apart delta=12 || { fleets apart; return 1; }
  kill -9 "${pids[gamma]}"
  until_true is_mended alpha
  [[ $(owners apart) == 'alpha=0 beta=1024 delta=0 gamma=0' ]] || { owners apart; return 1; }
  are_fleets apart delta=12 || { fleets apart; return 1; }
  # Another one comes for drivers: half of the fleets go to it, and more of them once their node is lost.
  node apart epsilon drivers --expect-nodes 4
  until_true are_fleets apart 'delta=6 epsilon=6'
  until_true grep -q 'fleets moved from delta to epsilon' "$work/alpha.err" # it says so after the table
  kill -9 "${pids[delta]}"
  until_true grep -q 'and 6 fleets of others live elsewhere now' "$work/alpha.err"
  are_fleets apart epsilon=12 || { fleets apart; return 1; }
  # It comes back, and the other one leaves in peace.
  node apart delta drivers --expect-nodes 4
  until_true are_fleets apart 'delta=6 epsilon=6'
  kill -TERM "${pids[epsilon]}"
  ends "${pids[epsilon]}" 143
  are_fleets apart delta=12 || { fleets apart; return 1; }
  now=$(wc -l <"$work/run-alpha/timeseries.csv")
  until_true rows alpha $((now + calm)) # its charge points begin anew
  until_true are_connected alpha
  kill -INT "${pids[alpha]}"
  ends "${pids[alpha]}" 130
  for name in beta delta; do ends "${pids[$name]}" 0; done
  all_connected alpha
  holds alpha 's["requests"]["accepted"] > 0 and s["sessions"]["completed"] > 0'
}
ends_in_order_when_all_who_could_lead_leave() {
  local other
  trio last central,shards central,shards shards,drivers
  other=$([[ $first == alpha ]] && echo beta || echo alpha)
  kill -TERM "${pids[$first]}" "${pids[$other]}"
  ends "${pids[$first]}" 143
  ends "${pids[$other]}" 143
  ends "${pids[gamma]}" 0
  grep -q 'nobody else could lead: the run ends' "$work/$first.err"
  all_connected "$first"
  holds "$first" 's["sessions"]["failed"] == 0 and s["sessions"]["lost"] == 0'
}
# It is asked to leave while nobody leads, and is the only one left that could.
ends_in_order_when_it_has_to_lead_and_leaves() {
  local other
  trio torn central,shards central,shards shards,drivers
  other=$([[ $first == alpha ]] && echo beta || echo alpha)
  kill -9 "${pids[$first]}"
  kill -TERM "${pids[$other]}"
  ends "${pids[$other]}" 143
  grep -q "node $other: leads now" "$work/$other.err"
  grep -q 'nobody else could lead: the run ends' "$work/$other.err"
  ends "${pids[gamma]}" 0
}
gives_one_digest_in_virtual_time() {
  local name
  local virtual=(--speed max --duration 3m --expect-nodes 3)
  "$chargemill" run "$work/town.toml" --speed max --duration 3m --http off --tcp off --progress off --out "$work/run-one" >"$work/out"
  node virtual alpha central "${virtual[@]}"
  node virtual beta shards "${virtual[@]}"
  node virtual gamma drivers "${virtual[@]}"
  for name in alpha beta gamma; do ends "${pids[$name]}" 0; done
  for key in digest sent started delivered_mj total; do
    [[ $(figure "$work/run-alpha" "$key") == "$(figure "$work/run-one" "$key")" ]] || { figure "$work/run-alpha" "$key"; return 1; }
  done
}

law "only who has the role is elected, and only who has the role gets shards, also those of a lost node" elects_and_deals_by_role
law "a central without shards that is killed is followed by another one with the role" follows_a_central_that_has_nothing
end_nodes
law "a node without shards leaves at once" leaves_without_shards
end_nodes
law "a node that joins gets shards if it is there for them, and leads if it is there for that" lets_join_by_role
end_nodes
law "nodes that lack a role after a loss stop with exit code 5 and say which" stops_without_a_role
end_nodes
law "nodes that lack a role do not begin: exit code 2, and which" does_not_begin_without_a_role
law "drivers apart from shards go on when a node of either is lost, joins or leaves" drives_apart_from_shards
end_nodes
law "when all who could lead are asked to leave, the run ends in order" ends_in_order_when_all_who_could_lead_leave
end_nodes
law "a node that is asked to leave, and has to lead meanwhile, ends the run in order" ends_in_order_when_it_has_to_lead_and_leaves
end_nodes
law "in virtual time roles give one digest, drivers apart too" gives_one_digest_in_virtual_time
exit "$failed"
