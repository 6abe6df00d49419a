#!/usr/bin/env bash
# Nodes that find each other through real etcd processes on this machine.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
cd "$(dirname "$0")/.."
chargemill=$PWD/build/release/chargemill
work=$(mktemp -d)
: >"$work/pids"
finish() {
  local pid
  # Laws run in shells of their own; of what they started only the file knows.
  while read -r pid; do
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) =~ ^(etcd|chargemill)$ ]]; then kill -9 "$pid" || true; fi
  done <"$work/pids"
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
# shellcheck source=tests/support/laws.sh
source tests/support/laws.sh

if ! command -v etcd >/dev/null; then
  echo "skipped - nodes meet through etcd: etcd-server is not installed"
  exit 0
fi

# shellcheck source=tests/support/etcd.sh
source tests/support/etcd.sh
start_all_etcd || exit 1

# A lease that a machine under load does not lose.
{
  printf '[run]\nname = "town"\nduration = "3m"\nspeed = "max"\nstart = 2026-01-05T17:00:00Z\n'
  printf '[network]\ncharge_points = 400\n[drivers]\ncount = 400\nsessions_per_cp_per_day = 100\n'
  printf 'choose = "any_in_zone"\n[[fault]]\nkind = "engine_crash"\nrate = 20\n'
  printf '[cluster]\netcd = ["%s", "%s", "%s"]\nexpect_nodes = 3\nlease = "20s"\n' "$(client 1)" "$(client 2)" "$(client 3)"
} >"$work/town.toml"

# node NAME [ARGS]: in the background; its pid is $pid.
node() {
  local name=$1
  shift
  rm -rf "$work/run-$name" # of the law before
  "$chargemill" node --config "$work/town.toml" --name "$name" --progress off --no-journal --out "$work/run-$name" "$@" \
    >"$work/$name.out" 2>"$work/$name.err" &
  pid=$!
  echo "$pid" >>"$work/pids"
}

meets_and_gives_one_digest() {
  local pids=() name
  "$chargemill" run "$work/town.toml" --http off --tcp off --progress off --out "$work/run-one" >"$work/out"
  for name in gamma alpha beta; do
    node "$name" --set cluster.name=digest
    pids+=("$pid")
  done
  for pid in "${pids[@]}"; do ends "$pid" 0; done
  # Who leads is up to etcd; all say the same, and it alone has the summary.
  name=$(sed -n 's/^node alpha: \(.*\) is the central (token [0-9]*) of .*/\1/p' "$work/alpha.err")
  grep -q "^node beta: $name is the central" "$work/beta.err"
  grep -q "^node gamma: $name is the central" "$work/gamma.err"
  for key in digest sent started delivered_mj total; do
    [[ $(figure "$work/run-$name" "$key") == "$(figure "$work/run-one" "$key")" ]] || { figure "$work/run-$name" "$key"; return 1; }
  done
  [[ $(figure "$work/run-$name" nodes) == '"nodes":3' ]]
  # They took leave: nothing is left for the next ones to wait for.
  curl -sf -X POST "$(client 1)/v3/kv/range" -d "{\"key\":\"$(printf /chargemill/digest/nodes/ | base64)\",\"range_end\":\"$(printf /chargemill/digest/nodes0 | base64)\"}" >"$work/out"
  ! grep -q '"kvs"' "$work/out"
}
survives_etcds_leader() {
  local pids=() name m
  for name in alpha beta gamma; do
    node "$name" --set cluster.name=survives --set run.speed=1 --set run.duration=900h --set cluster.lease=10s
    pids+=("$pid")
  done
  for name in alpha beta gamma; do until_true grep -q 'is the central' "$work/$name.err"; done
  name=$(sed -n 's/^node alpha: \(.*\) is the central (token [0-9]*) of .*/\1/p' "$work/alpha.err")
  until_true grep -q '"event":"plan"\|plan' "$work/run-$name/log.ndjson"
  m=$(leader)
  signal_etcd KILL "$m"
  until_true leader
  sleep 12 # longer than a lease: whoever could not renew it would have stopped
  for pid in "${pids[@]}"; do kill -0 "$pid"; done
  start_etcd "$m"
  kill -INT "${pids[$(case $name in alpha) echo 0 ;; beta) echo 1 ;; gamma) echo 2 ;; esac)]}"
  wait "${pids[@]}" || true
  grep -q '"partial": true' "$work/run-$name/summary.json"
  ! grep -q 'lost its place' "$work"/*.err
}
stops_without_etcd() {
  local pids=() name
  for name in alpha beta gamma; do
    node "$name" --set cluster.name=stops --set run.speed=1 --set run.duration=900h --set cluster.lease=6s
    pids+=("$pid")
  done
  for name in alpha beta gamma; do until_true grep -q 'is the central' "$work/$name.err"; done
  signal_etcd STOP 1 2 3
  for pid in "${pids[@]}"; do ends "$pid" 5 || { signal_etcd CONT 1 2 3; return 1; }; done
  signal_etcd CONT 1 2 3
  grep -q 'node .*: etcd does not answer, so membership stays as it is' "$work"/*.err
  grep -q 'node .*: stops: its lease could not be renewed in time: etcd at 127.0.0.1:' "$work"/*.err
}
it_runs() { (($(cat "$work"/run-{alpha,beta,gamma}/timeseries.csv | wc -l) > 4)); } # a row a second
stops_one_that_slept() {
  local pids=() name
  rm -rf "$work"/run-{alpha,beta,gamma} # of other laws
  for name in alpha beta gamma; do
    node "$name" --set cluster.name=slept --set run.speed=1 --set run.duration=900h --set cluster.lease=5s
    pids+=("$pid")
  done
  until_true it_runs # whoever is lost before all have met ends it for all
  kill -STOP "${pids[1]}"
  sleep 15 # three leases: that is what is tested
  kill -CONT "${pids[1]}"
  ends "${pids[1]}" 5
  grep -q 'node beta: stops: its lease could not be renewed in time' "$work/beta.err"
  kill -9 "${pids[0]}" "${pids[2]}"  # they go on without it
}
is_followed() { # by another, with a higher token
  local now
  now=$(central follows) || return 1
  ((${now%% *} > ${1%% *})) && [[ ${now##* } != "${1##* }" ]]
}
follows_a_killed_central() {
  local alpha beta before at
  node alpha --set cluster.name=follows --set cluster.lease=5s --wait 600
  alpha=$pid
  node beta --set cluster.name=follows --set cluster.lease=5s --wait 600
  beta=$pid
  until_true grep -q 'here are .*, ' "$work/alpha.err"
  until_true central follows
  before=$(central follows)
  at=$(date +%s%N)
  if [[ ${before##* } == alpha ]]; then kill -9 "$alpha"; else kill -9 "$beta"; fi
  until_true is_followed "$before"
  echo "followed after $((($(date +%s%N) - at) / 1000000)) ms with a lease of 5 s" | tee "$work/followed"
  kill -INT "$alpha" "$beta" 2>/dev/null || true
  wait "$alpha" "$beta" || true
}
says_that_etcd_is_away() {
  local code=0
  "$chargemill" node --config "$work/town.toml" --name alpha --set 'cluster.etcd=["http://127.0.0.1:9"]' --no-out \
    >"$work/out" 2>"$work/err" || code=$?
  [[ $code == 4 ]] || { echo "exit $code"; return 1; }
  grep -q 'node alpha: etcd does not answer: etcd at 127.0.0.1:9: Connection refused' "$work/err"
}
says_who_is_missing() {
  local code=0
  node beta --set cluster.name=missing --wait 600
  until_true grep -q 'waits for 3 nodes' "$work/beta.err"
  "$chargemill" node --config "$work/town.toml" --name alpha --set cluster.name=missing --wait 10 --no-out \
    >"$work/out" 2>"$work/err" || code=$?
  [[ $code == 5 ]] || { echo "exit $code"; return 1; }
  grep -q 'nodes are missing: of 3 there are' "$work/err"
  kill -INT "$pid"
  ends "$pid" 130
}
names_mistakes() {
  local code=0 line
  printf '[cluster]\netcd = ["127.0.0.1:2379"]\nlaese = "5s"\nlease = "1s"\n' >"$work/bad.toml"
  "$chargemill" validate "$work/bad.toml" >"$work/out" 2>&1 || code=$?
  [[ $code == 3 ]]
  cat "$work/out"
  grep -q "'127.0.0.1:2379' is no address of etcd" "$work/out"
  grep -q "did you mean 'http://127.0.0.1:2379'" "$work/out"
  grep -q "did you mean '.*lease'" "$work/out"
  for line in 2 3 4; do grep -q "bad.toml:$line:" "$work/out"; done
  "$chargemill" validate config/scenarios/cluster-etcd.toml >"$work/out"
}

law "three nodes meet through etcd, elect a central and end with the digest of one process" meets_and_gives_one_digest
law "a run goes on when etcd's leader is killed" survives_etcds_leader
law "nodes warn when etcd is away, and stop before their leases are over" stops_without_etcd
law "a node that slept for three leases stops when it wakes" stops_one_that_slept
law "a central that is killed is followed by another one with a higher token" follows_a_killed_central
cat "$work/followed" 2>/dev/null || true
law "etcd that is not there is a clear error" says_that_etcd_is_away
law "whoever waits in vain says who is there" says_who_is_missing
law "mistakes in [cluster] get their line and a suggestion" names_mistakes
exit "$failed"
