# shellcheck shell=bash disable=SC2154 # who reads it in has `work`
# Three real etcd processes on this machine, for shell tests. Whoever reads this in has a folder $work and `until_true` of
# laws.sh; at its exit it ends what $work/pids lists, with `finish` where nothing else does.

: >"$work/pids"
# finish: of etcd and of nodes.
finish() {
  local pid
  # Laws run in shells of their own; of what they started only the file knows.
  while read -r pid; do
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) =~ ^(etcd|chargemill)$ ]]; then kill -9 "$pid" || true; fi
  done <"$work/pids"
  wait 2>/dev/null || true
  rm -rf "$work"
}
# Of etcd; the doors of nodes are ten thousand above. Below the ports that connections are given.
until base=$((10000 + 8 * (RANDOM % 1200))) && are_free "$base" 8 && are_free $((base + 10000)) 4; do :; done
client() { echo "http://127.0.0.1:$((base + 2 * $1))"; }
peer() { echo "http://127.0.0.1:$((base + 2 * $1 + 1))"; }
start_etcd() {
  local m=$1
  etcd --name "m$m" --data-dir "$work/etcd-$m" --logger zap --log-outputs "$work/etcd-$m.log" \
    --listen-client-urls "$(client "$m")" --advertise-client-urls "$(client "$m")" \
    --listen-peer-urls "$(peer "$m")" --initial-advertise-peer-urls "$(peer "$m")" \
    --initial-cluster "m1=$(peer 1),m2=$(peer 2),m3=$(peer 3)" --initial-cluster-state new &
  echo "$!" >"$work/etcd-$m.pid"
  echo "$!" >>"$work/pids"
}
# signal_etcd SIGNAL MEMBER...
signal_etcd() {
  local m
  for m in "${@:2}"; do kill "-$1" "$(cat "$work/etcd-$m.pid")"; done
}
post() { curl -sf -m 5 -X POST "$(client "$1")/v3/$2" -d '{}'; }
is_leader() { # of etcd
  local status
  status=$(post "$1" maintenance/status) || return 1
  [[ $(grep -o '"leader":"[0-9]*"' <<<"$status") == "\"leader\":$(grep -o '"member_id":"[0-9]*"' <<<"$status" | cut -d: -f2)" ]]
}
leader() { local m; for m in 1 2 3; do if is_leader "$m"; then echo "$m"; return; fi; done; return 1; }
# Returns 1, with what they said, if they do not agree.
start_all_etcd() {
  local m
  for m in 1 2 3; do start_etcd "$m"; done
  if until_true leader >"$work/leader"; then return; fi
  echo "not ok - three members of etcd agree on a leader"
  tail -n 3 "$work"/etcd-*.log
  return 1
}
# ends PID CODE
ends() {
  local code=0
  wait "$1" || code=$?
  [[ $code == "$2" ]] || { echo "exit $code, not $2"; tail -n 5 "$work"/*.err; return 1; }
}
figure() { grep -m 1 "\"$2\":" "$1/summary.json" | tr -d ' ,'; }
# central NETWORK: token, incarnation and name, as etcd has them.
central() {
  curl -sf -m 5 -X POST "$(client 1)/v3/kv/range" -d "{\"key\":\"$(printf '/chargemill/%s/central' "$1" | base64)\"}" |
    python3 -c 'import base64, json, sys
kv = json.load(sys.stdin)["kvs"][0]
print(kv["mod_revision"], base64.b64decode(kv["value"]).decode())'
}
# epoch NETWORK: of its shard table, as etcd has it.
epoch() {
  curl -sf -m 5 -X POST "$(client 1)/v3/kv/range" -d "{\"key\":\"$(printf '/chargemill/%s/shards' "$1" | base64)\"}" |
    python3 -c 'import json, sys
print(json.load(sys.stdin)["kvs"][0]["mod_revision"])'
}
# what is left of the laws before
end_nodes() {
  local pid
  while read -r pid; do
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) == chargemill ]]; then kill -9 "$pid" || true; fi
  done <"$work/pids"
}
