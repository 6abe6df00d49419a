#!/usr/bin/env bash
# Nodes of one network that meet by a list, the same file on each.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
export HOME=$work # nodes of a list keep their journals there
# shellcheck source=tests/support/town.sh
source tests/support/town.sh

# A list of nodes with keys, at ports of this test.
list_nodes() {
  local port name
  port=$(first_port 6)
  "$chargemill" node --generate-keys "$work/keys" alpha beta gamma >"$work/keys.toml" 2>/dev/null
  cp "$work/town.toml" "$work/list.toml"
  printf '[cluster]\nkeys = "keys"\n' >>"$work/list.toml"
  for name in alpha beta gamma; do
    {
      grep -A 1 -F "name = \"$name\"" "$work/keys.toml" | sed '1i [[node]]'
      printf 'data_port = %d\ncontrol_port = %d\n' "$port" $((port + 1))
    } >>"$work/list.toml"
    port=$((port + 2))
  done
}
list_nodes
meets_by_a_list() {
  local one two
  "$chargemill" node --config "$work/list.toml" --name beta 2>"$work/beta" &
  one=$!
  "$chargemill" node --config "$work/list.toml" --name gamma 2>"$work/gamma" &
  two=$!
  ends_with 0 "$chargemill" node --config "$work/list.toml" --name alpha --expect-nodes 3 --progress off \
    --out "$work/run-listed" >"$work/out"
  wait "$one"
  wait "$two"
  grep -q 'node beta: done' "$work/beta"
  ends_with 0 run_on 1 --http off --tcp off
  [[ $(figure listed digest) == "$(figure 1 digest)" ]]
}
has_doors_on_machines_of_their_own() {
  local name pids=() http tcp
  for name in beta gamma alpha; do
    rm -f "$work/err-$name"
    "$chargemill" node --config "$work/list.toml" --name "$name" --speed 1 --duration 900h --progress plain --no-out \
      --http 127.0.0.1:0 --tcp 127.0.0.1:0 --data "$work/machine-$name" >"$work/out-$name" 2>"$work/err-$name" &
    pids+=("$!")
  done
  until_true grep -Eq '^sim=.* supplying=[1-9]' "$work/err-alpha"
  http=$(sed -n 's/^HTTP *\(127[^ ]*\).*/\1/p' "$work/err-alpha")
  tcp=$(sed -n 's/^TCP *\(127[^ ]*\).*/\1/p' "$work/err-alpha")
  [[ $(ctl list | tail -n +2 | wc -l) == 400 ]]
  until_true bash -c "'$chargemill' ctl --tcp $tcp nodes | grep -Eq '^gamma +127.0.0.1:[0-9]+ +alive'"
  # What others have written is on their disks, and they are asked for it.
  until_true bash -c "[[ \$(curl -sN -m 3 'http://$http/api/v1/events?after=0.0.0' | grep -o '\"cp_id\":\"CP-[0-9]*' | sort -u | wc -l) -gt 200 ]]"
  kill -INT "${pids[2]}"
  for name in "${pids[@]}"; do wait "$name" || true; done
  # Gathered, they are one history.
  "$chargemill" history health --limit 1000000 --format csv --data "$work/machine-alpha" --data "$work/machine-beta" \
    --data "$work/machine-gamma" | cut -d , -f 3 | sort -u >"$work/points"
  grep -q CP-000001 "$work/points"
  [[ $(wc -l <"$work/points") -gt 200 ]]
}
keeps_secrets() {
  [[ $(stat -c %a "$work/keys/beta.secret") == 600 ]]
  chmod 644 "$work/keys/beta.secret"
  ends_with 4 "$chargemill" node --config "$work/list.toml" --name beta 2>"$work/err"
  grep -q 'others may read it' "$work/err"
  chmod 600 "$work/keys/beta.secret"
  ends_with 4 "$chargemill" node --generate-keys "$work/keys" beta >"$work/out" 2>"$work/err" # it is kept
  ends_with 2 "$chargemill" node --generate-keys "$work/other-keys" good 'bad name' >"$work/out" 2>"$work/err"
  grep -q "'bad name' is no name of a node: letters" "$work/err"
  [[ ! -e $work/other-keys ]]
}
says_who_is_missing() {
  ends_with 5 "$chargemill" node --config "$work/list.toml" --name beta --wait 1 2>"$work/err"
  grep -q 'nodes are missing: alpha, gamma (1 of 3 met within 1 s)' "$work/err"
  grep -Eq '^node beta: waiting for alpha \(127.0.0.1:[0-9]+\), gamma \(127.0.0.1:[0-9]+\), 1 s$' "$work/err"
  ends_with 5 "$chargemill" node --config "$work/list.toml" --name alpha --wait 1 --no-out 2>"$work/err"
  [[ $(grep -c '^node alpha: waiting for beta (127' "$work/err") == 1 ]]
  ends_with 5 "$chargemill" node --config "$work/list.toml" --name beta --expect-nodes 4 2>"$work/err"
  grep -q '4 nodes are expected' "$work/err"
  ends_with 3 "$chargemill" node --config "$work/list.toml" --name delta 2>"$work/err"
  grep -q "no \[\[node\]\] named 'delta'" "$work/err"
}
a_place_in_use_is_of_this_machine() {
  local name first
  for name in alpha beta; do
    rm -f "$work/first"
    "$chargemill" node --config "$work/list.toml" --name "$name" --no-out --no-journal 2>"$work/first" &
    first=$!
    until_true grep -q "^node $name: waiting for" "$work/first"
    ends_with 4 "$chargemill" node --config "$work/list.toml" --name "$name" --no-out --no-journal 2>"$work/err"
    grep -q 'Address already in use' "$work/err"
    kill -TERM "$first"
    wait "$first" || true
  done
}
says_that_there_is_no_place_for_its_journal() {
  ends_with 4 env -u HOME "$chargemill" node --config "$work/list.toml" --name beta --wait 1 2>"$work/err"
  grep -q 'HOME is not set, .* --data DIR.* --no-journal' "$work/err"
  ends_with 5 env -u HOME "$chargemill" node --config "$work/list.toml" --name beta --wait 1 --no-journal 2>"$work/err"
  ends_with 5 env -u HOME "$chargemill" node --config "$work/list.toml" --name beta --wait 1 --data "$work/placed" 2>"$work/err"
}
# What the first tells of a run that loses a node: it goes on until the node is lost, and speaks of one model time.
goes_on_beside_a_silent_one() {
  python3 - "$work/err-alpha" "$work/run-silent" <<'PYTHON'
import datetime, json, re, sys
lines = open(sys.argv[1]).read().splitlines()
last = json.loads(open(sys.argv[2] + "/log.ndjson").read().splitlines()[-1])
summary = json.load(open(sys.argv[2] + "/summary.json"))
told = [re.match(r"sim=([\d.]+)s .* requests=(\d+) ", line) for line in lines]
for figure in 1, 2:
    figures = [float(one[figure]) for one in told if one]
    assert figures == sorted(figures), figures
silent = next(i for i, line in enumerate(lines) if "silent" in line)
assert sum(1 for one in told[silent:] if one) >= 5, lines[silent:]
assert summary["charge_points"]["total"] == 400, summary["charge_points"]
at = datetime.datetime.fromisoformat(last["sim_ts"][:26]) - datetime.datetime(2026, 1, 5, 17)
assert abs(at.total_seconds() - summary["run"]["sim_s"]) < 0.001, (last, summary["run"])
PYTHON
}
tells_that_a_node_is_silent() {
  local name pids=() code=0
  rm -rf "$work/run-silent"
  for name in beta gamma alpha; do
    rm -f "$work/err-$name"
    "$chargemill" node --config "$work/list.toml" --name "$name" --speed 10 --duration 900h --progress plain --no-journal \
      --out "$work/run-silent" --http off --tcp off >"$work/out-$name" 2>"$work/err-$name" &
    pids+=("$!")
  done
  until_true grep -Eq '^sim=.* requests=[1-9]' "$work/err-alpha"
  kill -9 "${pids[1]}"
  wait "${pids[2]}" || code=$?
  wait "${pids[0]}" || true
  [[ $code == 5 ]] || { echo "exit $code"; cat "$work/err-alpha"; return 1; }
  grep -q '^chargemill: gamma has been silent for 2 s; after 15 s the run ends$' "$work/err-alpha"
  grep -q '"event":"node",.*"text":"gamma has been silent' "$work/run-silent/log.ndjson"
  goes_on_beside_a_silent_one
}
# holds FOLDER: somebody writes the journal there, until the law is over.
holds() {
  mkdir -p "$1"
  local lock
  exec {lock}>"$1/writer.lock"
  flock "$lock"
  echo $$ >&"$lock"
}
of_alpha=() # what else alpha is told
# ends_all CODE...: the three nodes begin, the first last, and end with these codes, long before they would not wait any more.
ends_all() {
  local begun=$SECONDS code name pids=()
  for name in beta gamma; do
    "$chargemill" node --config "$work/list.toml" --name "$name" --data "$work/held" 2>"$work/$name" &
    pids+=("$!")
  done
  ends_with "$1" "$chargemill" node --config "$work/list.toml" --name alpha --data "$work/held" --progress off --no-out \
    "${of_alpha[@]}" >"$work/out" 2>"$work/alpha"
  shift
  for name in beta gamma; do
    code=0
    wait "${pids[0]}" || code=$?
    [[ $code == "$1" ]] || { echo "exit $code, not $1: $name"; cat "$work/$name"; return 1; }
    pids=("${pids[@]:1}")
    shift
  done
  ((SECONDS - begun < 100))
}
names_who_holds_its_data() {
  rm -rf "$work/held"
  holds "$work/held/node-1"
  ends_all 4 4 5
  grep -q "^chargemill: node beta: .*/node-1 is being written by process $$" "$work/beta"
  grep -q "beta: .*/node-1 is being written by process $$" "$work/alpha"
  # Whichever of the two it hears first.
  grep -q "alpha: beta: .*/node-1 is being written by process $$" "$work/gamma"
}
names_who_holds_the_first_ones_data() {
  local name
  rm -rf "$work/held"
  holds "$work/held"
  ends_all 4 5 5
  grep -q "held is being written by process $$" "$work/alpha"
  for name in beta gamma; do grep -q "alpha: .*held is being written by process $$" "$work/$name"; done
}
tells_why_the_first_ends() {
  local taken name
  rm -rf "$work/held"
  taken=$(grep -A 4 'name = "beta"' "$work/list.toml" | sed -n 's/^data_port = //p') # beta is there by then
  of_alpha=(--http "127.0.0.1:$taken")
  ends_all 4 5 5
  grep -q "127.0.0.1:$taken" "$work/alpha"
  for name in beta gamma; do grep -q "alpha: .*127.0.0.1:$taken" "$work/$name"; done
}

law "nodes that meet by a list, with keys, give the same digest" meets_by_a_list
law "the first of a list has doors for all, also for what is on the others' disks" has_doors_on_machines_of_their_own
law "a secret key that others can read is refused" keeps_secrets
law "whoever waits says for whom, and at once" says_who_is_missing
law "a node whose address is in use ends with exit code 4" a_place_in_use_is_of_this_machine
law "a node that has no place for its journal says so, before it waits" says_that_there_is_no_place_for_its_journal
law "that a node is silent is said at once, and the run goes on until it is lost" tells_that_a_node_is_silent
law "a node that follows ends with exit code 4 if somebody else writes its journal, and says who" names_who_holds_its_data
law "so does the first, and those who follow it end at once and say why" names_who_holds_the_first_ones_data
law "whoever follows a first one that cannot begin hears why" tells_why_the_first_ends
exit "$failed"
