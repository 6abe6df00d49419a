#!/usr/bin/env bash
# Nodes that are killed in virtual time and return: the result is that of one node that nobody has disturbed.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
export HOME=$work # nodes of a list keep their journals there
seeds=${CHARGEMILL_RETURN_SEEDS:-1}

{
  printf '[run]\nname = "town"\nduration = "5m"\nspeed = "max"\nstart = 2026-01-05T17:00:00Z\n'
  printf '[network]\ncharge_points = 400\n[drivers]\ncount = 400\nsessions_per_cp_per_day = 100\n'
  printf 'choose = "any_in_zone"\n[[fault]]\nkind = "engine_crash"\nrate = 20\n'
  printf '[[fault]]\nkind = "central_restart"\nat = "90s"\nduration = "5s"\n'
} >"$work/town.toml"

# run_in NAME ARGS...: the town into $work/NAME, without a word.
run_in() {
  local name=$1
  shift
  rm -rf "${work:?}/$name"
  "$chargemill" run "$work/town.toml" --progress off --http off --tcp off --out "$work/$name" "$@" >"$work/out-$name" 2>"$work/err-$name"
}
# calmly [SEED]: the town that nobody disturbs, into $work/calm, or calm-SEED. It is the same each time: played once.
calmly() {
  local name=calm${1:+-$1}
  if [[ ! -e $work/$name/summary.json ]]; then run_in "$name" ${1:+--seed "$1"}; fi
}
# figure NAME KEY: of the summary, as it stands there.
figure() { grep -m 1 "\"$2\":" "$work/$1/summary.json" | tr -d ' ,'; }
# has_bytes FILE BYTES: so many, or more.
has_bytes() { [[ $(stat -c %s "$1" 2>/dev/null || echo 0) -ge $2 ]]; }
# soon PID COMMAND...: as until_true, but without a breath, and up to three minutes: what it waits for is the work of that process.
# Returns 1 as well once that is over: this shell came too late.
soon() {
  local pid=$1 end=$((SECONDS + 180))
  shift
  until "$@"; do
    ((SECONDS <= end)) || { echo "never true: $*"; return 1; }
    [[ -e /proc/$pid/exe ]] || { echo "too late: $*"; return 1; }
  done
}
# find_process SHELL NODE: of a run that SHELL has started, in $process: whoever writes the log of that node.
find_process() {
  local run nursery
  run=$(pgrep -P "$1") && nursery=$(pgrep -P "$run") || return 1
  for process in $(pgrep -P "$nursery"); do
    if readlink "/proc/$process/fd/"* | grep -q "/recovery/node-$2.log$"; then return 0; fi
  done
  return 1
}
# has_saved FILE MEETING: a state of that meeting, or of a later one; its number is in the file's head.
has_saved() { [[ $(od -An -tu8 -j24 -N8 "$1" 2>/dev/null | tr -d ' ' || true) -ge $2 ]]; }
# kill_one SHELL NAME NODE BYTES: once the log of that node has so many bytes; or, with s before a number, once it has saved that meeting.
# Returns 1 if the run is over before.
kill_one() {
  local process
  case $4 in
    s*) soon "$1" has_saved "$work/$2/recovery/node-$3.state" "${4#s}" || return 1 ;;
    *) soon "$1" has_bytes "$work/$2/recovery/node-$3.log" "$4" || return 1 ;;
  esac
  soon "$1" find_process "$1" "$3" && kill -9 "$process"
}
# disturbed NAME DEATHS ARGS...: the town while nodes are killed; DEATHS are NODE:BYTES or NODE:sMEETING, one after the other. A run
# takes seconds: one that is over while this shell waits for a core is played again.
disturbed() {
  local name=$1 deaths=$2 pid death code is_done=no
  shift 2
  for _ in 1 2 3 4 5; do
    code=0 is_done=yes
    run_in "$name" --recover 60s "$@" &
    pid=$!
    for death in $deaths; do
      kill_one "$pid" "$name" "${death%:*}" "${death#*:}" || { is_done=no; break; }
    done
    wait "$pid" || code=$?
    if [[ $is_done == yes || $code != 0 ]]; then break; fi
  done
  [[ $is_done == yes ]] || { echo "nobody was killed in time"; return 1; }
  [[ $code == 0 ]] || { echo "exit $code"; cat "$work/err-$name"; return 1; }
  [[ $(grep -c 'was ended by signal 9, and is started again' "$work/err-$name") == $(wc -w <<<"$deaths") ]]
  [[ ! -e $work/$name/recovery ]] # what nobody needs any more is gone
}
# rows NAME WHAT FROM: all that the run's journals have of it, from that column on.
rows() { "$chargemill" history "$2" --data "$work/$1" --limit 1000000 --format csv | cut -d, -f "$3-" | sort; }
# are_alike A B: whatever a user can see of them.
are_alike() {
  local key what
  for key in digest sent started delivered_mj total; do
    [[ $(figure "$2" "$key") == "$(figure "$1" "$key")" ]] || { echo "$2: $(figure "$2" "$key"), not $(figure "$1" "$key")"; return 1; }
  done
  same_states "$1" "$2"
  grep -q '^CONSERVED requests, sessions, energy, trips: ok' "$work/$2/summary.txt"
  for what in faults:2 health:2 sessions:2 tickets:1; do
    cmp <(rows "$1" "${what%:*}" "${what#*:}") <(rows "$2" "${what%:*}" "${what#*:}") || { echo "${what%:*} differ"; return 1; }
  done
}

gives_the_digest_of_one() {
  local seed nodes workers node bytes
  for ((seed = 1; seed <= seeds; ++seed)); do
    calmly "$seed"
    for nodes in 2 3 4; do
      for workers in 1 2; do
        RANDOM=$((seed * 100 + nodes * 10 + workers))
        node=$((1 + RANDOM % (nodes - 1)))
        bytes=$((RANDOM * 10))
        echo "seed $seed, $nodes x $workers: node $node at $bytes bytes"
        disturbed many "$node:$bytes" --seed "$seed" --nodes "$nodes" --workers "$workers"
        are_alike "calm-$seed" many
      done
    done
  done
}
survives_more_than_one() {
  calmly
  disturbed many '1:30000 2:90000' --nodes 3 --workers 1
  are_alike calm many
  disturbed many '1:40000 1:120000' --nodes 2 --workers 1
  are_alike calm many
}
# From a state that it has saved, and what its log has since.
goes_on_from_its_state() {
  local seed nodes workers node meeting
  for ((seed = 1; seed <= seeds; ++seed)); do
    calmly "$seed"
    for nodes in 2 3 4; do
      for workers in 1 2; do
        RANDOM=$((seed * 100 + nodes * 10 + workers))
        node=$((1 + RANDOM % (nodes - 1)))
        meeting=$((100 + RANDOM % 1500))
        echo "seed $seed, $nodes x $workers: node $node after meeting $meeting"
        disturbed many "$node:s$meeting" --seed "$seed" --nodes "$nodes" --workers "$workers" --set cluster.save_every=$((50 + RANDOM % 100))
        are_alike "calm-$seed" many
      done
    done
  done
}
survives_before_and_after_its_states() {
  calmly
  disturbed many '1:10000 1:s600 1:s1200 2:s1800' --nodes 3 --workers 1 --set cluster.save_every=300
  are_alike calm many
  # A log that begins anew stays short: 58 bytes a meeting, and some mail.
  run_in many --nodes 2 --recover 60s --set cluster.save_every=300
  are_alike calm many
}
writes_no_record_twice_from_a_state() {
  run_in one --nodes 3 --workers 1
  disturbed many '2:s1000' --nodes 3 --workers 1 --set cluster.save_every=250
  [[ $(figure many records) == "$(figure one records)" ]] || { figure many records; return 1; }
  [[ $(figure many durable_records) == "$(figure one durable_records)" ]]
  "$chargemill" history stats --data "$work/one" --format json >"$work/stats-1"
  "$chargemill" history stats --data "$work/many" --format json >"$work/stats-n"
  cmp "$work/stats-1" "$work/stats-n"
}
writes_no_record_twice() {
  run_in one --nodes 3 --workers 1
  disturbed many '2:100000' --nodes 3 --workers 1
  [[ $(figure many records) == "$(figure one records)" ]]
  [[ $(figure many durable_records) == "$(figure one durable_records)" ]]
  "$chargemill" history stats --data "$work/one" --format json >"$work/stats-1"
  "$chargemill" history stats --data "$work/many" --format json >"$work/stats-n"
  cmp "$work/stats-1" "$work/stats-n"
}
continues_an_earlier_run() {
  rm -rf "$work/kept-1" "$work/kept-n"
  run_in one --data "$work/kept-1"
  run_in one --data "$work/kept-1"
  run_in many --nodes 3 --workers 1 --data "$work/kept-n"
  disturbed many '1:60000' --nodes 3 --workers 1 --data "$work/kept-n"
  local key
  for key in digest sent started delivered_mj; do
    [[ $(figure many "$key") == "$(figure one "$key")" ]] || { figure many "$key"; return 1; }
  done
  "$chargemill" history sessions --data "$work/kept-1" --limit 1000000 --format csv | cut -d, -f 2- | sort >"$work/rows-1"
  "$chargemill" history sessions --data "$work/kept-n" --limit 1000000 --format csv | cut -d, -f 2- | sort >"$work/rows-n"
  cmp "$work/rows-1" "$work/rows-n"
}

# Nodes of a list, on ports of this test; whoever starts them starts them again.
list_nodes() {
  local port name
  port=$(first_port 6)
  "$chargemill" node --generate-keys "$work/keys" alpha beta gamma >"$work/keys.toml" 2>/dev/null
  cp "$work/town.toml" "$work/list.toml"
  printf '[cluster]\nkeys = "keys"\nrecover = "%s"\nsave_every = %s\n' "$1" "$2" >>"$work/list.toml"
  for name in alpha beta gamma; do
    {
      grep -A 1 -F "name = \"$name\"" "$work/keys.toml" | sed '1i [[node]]'
      printf 'data_port = %d\ncontrol_port = %d\n' "$port" $((port + 1))
    } >>"$work/list.toml"
    port=$((port + 2))
  done
}
# node NAME: in the background; its process is in $work/pid-NAME.
node() {
  "$chargemill" node --config "$work/list.toml" --name "$1" --progress off --http off --tcp off --no-out \
    --data "$work/machine-$1" >"$work/out-$1" 2>"$work/err-$1" &
  echo $! >"$work/pid-$1"
}
node_ends() {
  local expected=$1 code=0
  wait "$(cat "$work/pid-$2")" || code=$?
  [[ $code == "$expected" ]] || { echo "$2: exit $code, not $expected"; cat "$work/err-$2"; return 1; }
}
# kill_beta BYTES RECOVER [SAVE_EVERY]: a town of three machines, and one of them is lost; BYTES as for kill_one.
kill_beta() {
  local pid code
  for _ in 1 2 3 4 5; do
    rm -rf "$work"/machine-* "$work/keys"
    list_nodes "$2" "${3:-10000}"
    node beta
    node gamma
    node alpha
    pid=$(cat "$work/pid-beta")
    case $1 in
      s*) soon "$pid" has_saved "$work/machine-beta.recovery/node-1.state" "${1#s}" || true ;;
      *) soon "$pid" has_bytes "$work/machine-beta.recovery/node-1.log" "$1" || true ;;
    esac
    kill -9 "$pid" 2>/dev/null || true
    code=0
    wait "$pid" || code=$?
    if [[ $code == 137 ]]; then return; fi
    # Over while this shell waited for a core: once more.
    node_ends 0 alpha
    node_ends 0 gamma
  done
  echo "beta was not killed in time: exit $code"
  return 1
}
digest_of() { sed -n 's/.*DIGEST *\([0-9a-f]*\).*/\1/p' "$1"; }
returns_to_its_list() {
  calmly
  kill_beta 50000 60s
  node beta
  node_ends 0 alpha
  node_ends 0 beta
  node_ends 0 gamma
  [[ -n $(digest_of "$work/out-alpha") && $(digest_of "$work/out-alpha") == "$(digest_of "$work/out-calm")" ]]
}
returns_with_a_torn_log() {
  calmly
  kill_beta 50000 60s
  # The process ended in the middle of one.
  printf '\x50\0\0\0torn' >>"$work/machine-beta.recovery/node-1.log"
  node beta
  node_ends 0 alpha
  node_ends 0 beta
  node_ends 0 gamma
  [[ $(digest_of "$work/out-alpha") == "$(digest_of "$work/out-calm")" ]]
}
refuses_another_log() {
  kill_beta 50000 60s
  cp "$work/machine-gamma.recovery/node-2.log" "$work/machine-beta.recovery/node-1.log"
  node beta
  node_ends 5 beta
  grep -q 'cannot return without its log, .*/node-1.log: that is of another place among the nodes' "$work/err-beta"
  node_ends 5 alpha
  node_ends 5 gamma
  kill_beta 50000 60s
  rm "$work/machine-beta.recovery/node-1.log"
  node beta
  node_ends 5 beta
  grep -q 'node-1.log: there is none' "$work/err-beta"
  node_ends 5 alpha
  node_ends 5 gamma
}
falls_back_to_its_log() {
  calmly
  kill_beta 50000 60s
  # Its log has all from the beginning: what lies where a state would be is not needed.
  echo "no state" >"$work/machine-beta.recovery/node-1.state"
  node beta
  node_ends 0 alpha
  node_ends 0 beta
  node_ends 0 gamma
  [[ $(digest_of "$work/out-alpha") == "$(digest_of "$work/out-calm")" ]]
}
refuses_another_state() {
  kill_beta s600 60s 300
  cp "$work/machine-gamma.recovery/node-2.state" "$work/machine-beta.recovery/node-1.state"
  node beta
  node_ends 5 beta
  grep -q 'cannot return without its log, .*/node-1.log: its state, .*/node-1.state, is of another scenario, seed, version or place' "$work/err-beta" || { cat "$work/err-beta"; return 1; }
  node_ends 5 alpha
  node_ends 5 gamma
  kill_beta s600 60s 300
  truncate -s -1 "$work/machine-beta.recovery/node-1.state"
  node beta
  node_ends 5 beta
  grep -q 'its state, .*/node-1.state, is not there, or is damaged' "$work/err-beta" || { cat "$work/err-beta"; return 1; }
  node_ends 5 alpha
  node_ends 5 gamma
}
returns_to_its_list_from_a_state() {
  calmly
  kill_beta s600 60s 300
  node beta
  node_ends 0 alpha
  node_ends 0 beta
  node_ends 0 gamma
  [[ -n $(digest_of "$work/out-alpha") && $(digest_of "$work/out-alpha") == "$(digest_of "$work/out-calm")" ]]
  [[ ! -e $work/machine-beta.recovery ]]
}
waits_so_long() {
  local name
  kill_beta 50000 3s
  node_ends 5 alpha
  node_ends 5 gamma
  # Who is second hears it from the first, which leaves because of it.
  for name in alpha gamma; do
    grep -q 'beta is lost' "$work/out-$name" "$work/err-$name" || { cat "$work/out-alpha" "$work/err-$name"; return 1; }
  done
}
needs_virtual_time() {
  local code=0
  run_in one --nodes 2 --recover 60s --speed 1 || code=$?
  [[ $code == 2 ]] || { echo "exit $code"; return 1; }
  grep -q "'cluster.recover' needs virtual time" "$work/err-one"
}

law "a node killed at a random window returns, and nothing differs from one node" gives_the_digest_of_one
law "two nodes may die in one run, and one twice" survives_more_than_one
law "a node that returns from a saved state differs in nothing from one node" goes_on_from_its_state
law "a node may die before its first state, after it, and again" survives_before_and_after_its_states
law "a node that returns from a saved state writes no record twice" writes_no_record_twice_from_a_state
law "a node that returns writes no record twice" writes_no_record_twice
law "a node that returns goes on from an earlier run as it did" continues_an_earlier_run
law "a node of a list returns when it is started again" returns_to_its_list
law "a log whose last record is torn is as good" returns_with_a_torn_log
law "who returns with another log, or with none, is refused and says why" refuses_another_log
law "a node of a list returns from the state that it has saved" returns_to_its_list_from_a_state
law "a node whose log begins with the run needs no state" falls_back_to_its_log
law "who returns with another state, or with half of one, is refused and says why" refuses_another_state
law "a node that does not return in time ends the run" waits_so_long
law "cluster.recover needs virtual time" needs_virtual_time
exit "$failed"
