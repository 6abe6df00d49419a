#!/usr/bin/env bash
# Nodes of a list that are there for different things: central, shards, drivers. Those of etcd: etcd_roles_test.sh.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
ends_what_began
export HOME=$work # nodes of a list keep their journals there
# shellcheck source=tests/support/town.sh
source tests/support/town.sh
: >"$work/pids"

# list ROLES ROLES...: to $work/list.toml, a node for each; the town is theirs.
list() {
  local port names=(alpha beta gamma) roles
  port=$(first_port 6)
  cp "$work/town.toml" "$work/list.toml"
  for roles; do
    printf '[[node]]\nname = "%s"\ndata_port = %d\ncontrol_port = %d\nroles = "%s"\n' "${names[0]}" "$port" $((port + 1)) "$roles"
    names=("${names[@]:1}")
    port=$((port + 2))
  done >>"$work/list.toml"
}
# nodes CODE ARGS...: all of the list, until they end; the first with this code. Their run is run-listed.
nodes() {
  local code=$1 name names pids=() pid
  shift
  rm -rf "$work/run-listed"
  mapfile -t names < <(sed -n 's/^name = "\(beta\|gamma\)"$/\1/p' "$work/list.toml")
  for name in "${names[@]}"; do
    "$chargemill" node --config "$work/list.toml" --name "$name" "$@" 2>"$work/$name" &
    pids+=("$!")
    echo "$!" >>"$work/pids"
  done
  ends_with "$code" "$chargemill" node --config "$work/list.toml" --name alpha --progress off --http off --tcp off \
    --out "$work/run-listed" "$@" >"$work/out" 2>"$work/alpha" || { cat "$work/alpha"; return 1; }
  for pid in "${pids[@]}"; do wait "$pid" || true; done
}
mixes=("central shards,drivers" "central,shards drivers" "central,drivers shards" "central shards drivers"
  "central,shards,drivers shards drivers")

gives_one_digest() {
  local mix
  ends_with 0 run_on 1 --http off --tcp off
  for mix in "${mixes[@]}"; do
    # shellcheck disable=SC2086 # one word a node
    list $mix
    nodes 0 --no-journal
    for key in digest sent started delivered_mj total; do
      [[ $(figure listed "$key") == "$(figure 1 "$key")" ]] || { echo "$mix: $(figure listed "$key")"; return 1; }
    done
    same_states run-1 run-listed
  done
}
goes_on_where_it_ended() {
  rm -rf "$work/kept-1" "$work/kept-n"
  list central shards drivers
  ends_with 0 run_on 1 --http off --tcp off --data "$work/kept-1"
  ends_with 0 run_on 1 --http off --tcp off --data "$work/kept-1"
  nodes 0 --data "$work/kept-n"
  nodes 0 --data "$work/kept-n"
  [[ $(figure listed digest) == "$(figure 1 digest)" ]]
  "$chargemill" history sessions --data "$work/kept-1" --limit 1000000 --format csv | cut -d, -f 2- | sort >"$work/rows-1"
  "$chargemill" history sessions --data "$work/kept-n" --limit 1000000 --format csv | cut -d, -f 2- | sort >"$work/rows-n"
  [[ $(wc -l <"$work/rows-1") -gt 2 ]]
  cmp "$work/rows-1" "$work/rows-n"
  # What lay elsewhere is no journal of this node any more.
  list central,shards,drivers shards drivers
  nodes 4 --data "$work/kept-n"
  grep -q 'or to another place among the nodes' "$work/alpha"
}
keeps_the_sums_in_real_time() {
  list central shards drivers
  nodes 0 --speed 20
  grep -q '^CONSERVED requests, sessions, energy, trips: ok' "$work/run-listed/summary.txt"
  grep -Eq '"started": [1-9]' "$work/run-listed/summary.json"
}
# has_listed_all: now; each tells of itself each second.
has_listed_all() {
  ctl --json nodes >"$work/nodes.json" || return 1
  python3 - "$work/nodes.json" "$(get /api/v1/nodes)" <<'PYTHON'
import json, sys
for rows in (json.load(open(sys.argv[1])), json.loads(sys.argv[2])["nodes"]):
    assert [r["roles"] for r in rows] == ["central", "shards", "drivers"], rows
    assert [r["charge_points"] for r in rows] == [0, 400, 0], rows
    assert rows[2]["messages"] > 0, rows
PYTHON
}
# The one that leads has no charge point.
has_doors_where_nothing_else_is() {
  local name pids=() http tcp
  list central shards drivers
  for name in beta gamma alpha; do
    rm -f "$work/err-$name"
    "$chargemill" node --config "$work/list.toml" --name "$name" --speed 1 --duration 900h --progress plain --no-out \
      --http 127.0.0.1:0 --tcp 127.0.0.1:0 --no-journal >"$work/out-$name" 2>"$work/err-$name" &
    pids+=("$!")
    echo "$!" >>"$work/pids"
  done
  until_true grep -Eq '^sim=.* supplying=[1-9]' "$work/err-alpha"
  http=$(sed -n 's/^HTTP *\(127[^ ]*\).*/\1/p' "$work/err-alpha")
  tcp=$(sed -n 's/^TCP *\(127[^ ]*\).*/\1/p' "$work/err-alpha")
  [[ $(ctl list | tail -n +2 | wc -l) == 400 ]]
  get '/api/v1/charge-points/CP-000400' | grep -q '"cp_id":"CP-000400"'
  ctl stop CP-000400 | grep -q 'STOP 1'
  until_true bash -c "'$chargemill' ctl --tcp $tcp status CP-000400 | grep -q STOPPED"
  until_true bash -c "'$chargemill' ctl --tcp $tcp nodes | grep -q '^gamma .*alive'"
  until_true has_listed_all || { cat "$work/nodes.json"; return 1; }
  kill -INT "${pids[2]}"
  for name in "${pids[@]}"; do wait "$name" || true; done
}
refuses_a_list_that_lacks_something() {
  list shards central,drivers
  ends_with 3 "$chargemill" node --config "$work/list.toml" --name beta 2>"$work/err"
  grep -q "node 'alpha' is the first, so it leads, and has not the role 'central'" "$work/err"
  list central central,drivers
  ends_with 3 "$chargemill" node --config "$work/list.toml" --name beta 2>"$work/err"
  grep -q "no node has the role 'shards'" "$work/err"
  list central shards,driver
  ends_with 3 "$chargemill" node --config "$work/list.toml" --name beta 2>"$work/err"
  grep -q "did you mean 'drivers'?" "$work/err"
  list central shards,drivers
  ends_with 2 "$chargemill" node --config "$work/list.toml" --name beta --roles shards 2>"$work/err"
  grep -q "'cluster.roles' needs 'cluster.etcd'" "$work/err"
}

law "nodes with any mix of roles give the digest, the sums and the states of one" gives_one_digest
law "such nodes go on where they ended, and refuse a journal of other roles" goes_on_where_it_ended
law "in real time the sums of nodes with a role each agree" keeps_the_sums_in_real_time
law "a node that only leads has doors for all, and lists what the others are there for" has_doors_where_nothing_else_is
law "a list that leaves a role to nobody is refused and says which" refuses_a_list_that_lacks_something
exit "$failed"
