#!/usr/bin/env bash
# Nodes that find each other through real etcd processes on this machine.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
export HOME=$work # nodes keep their journals there

if ! command -v etcd >/dev/null; then
  echo "skipped - nodes meet through etcd: etcd-server is not installed"
  exit 0
fi

# shellcheck source=tests/support/etcd.sh
source tests/support/etcd.sh
trap finish EXIT
start_all_etcd || exit 1

# A lease that a machine under load does not lose.
{
  printf '[run]\nname = "town"\nduration = "3m"\nspeed = "max"\nstart = 2026-01-05T17:00:00Z\n'
  printf '[network]\ncharge_points = 400\n[drivers]\ncount = 400\nsessions_per_cp_per_day = 100\n'
  printf 'choose = "any_in_zone"\n[[fault]]\nkind = "engine_crash"\nrate = 20\n'
  printf '[cluster]\netcd = ["%s", "%s", "%s"]\nexpect_nodes = 3\nlease = "20s"\n' "$(client 1)" "$(client 2)" "$(client 3)"
} >"$work/town.toml"

# node NAME [ARGS]: in the background; its pid is $pid. $config is its file, if it is another one.
node() {
  local name=$1
  shift
  rm -rf "$work/run-$name" "$work/$name.err" # of the law before, which has what is waited for
  "$chargemill" node --config "${config:-$work/town.toml}" --name "$name" --progress off --no-journal --out "$work/run-$name" "$@" \
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
# certify NAME NAMES: a key and a certificate for NAMES that the authority vouches for, in $work/tls.
certify() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -addext "subjectAltName=$2" \
    -keyout "$work/tls/$1.key" -out "$work/tls/$1.csr"
  openssl x509 -req -in "$work/tls/$1.csr" -copy_extensions copy -days 1 -CA "$work/tls/ca.pem" -CAkey "$work/tls/ca.key" \
    -CAcreateserial -out "$work/tls/$1.pem"
}
# A member of its own that is asked inside TLS and wants a certificate of whoever comes.
start_etcd_behind_tls() {
  mkdir -p "$work/tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=authority \
    -addext basicConstraints=critical,CA:TRUE -keyout "$work/tls/ca.key" -out "$work/tls/ca.pem"
  certify door DNS:localhost,IP:127.0.0.1
  certify node DNS:node
  etcd --name tls --data-dir "$work/etcd-tls" --logger zap --log-outputs "$work/etcd-tls.log" \
    --cert-file "$work/tls/door.pem" --key-file "$work/tls/door.key" --client-cert-auth --trusted-ca-file "$work/tls/ca.pem" \
    --listen-client-urls "https://127.0.0.1:$base" --advertise-client-urls "https://127.0.0.1:$base" \
    --listen-peer-urls "http://127.0.0.1:$((base + 1))" --initial-advertise-peer-urls "http://127.0.0.1:$((base + 1))" \
    --initial-cluster "tls=http://127.0.0.1:$((base + 1))" &
  echo "$!" >>"$work/pids"
  {
    grep -v '^etcd = ' "$work/town.toml"
    printf 'etcd = ["https://localhost:%d"]\netcd_ca_file = "tls/ca.pem"\n' "$base"
    printf 'etcd_tls_cert = "tls/node.pem"\netcd_tls_key = "tls/node.key"\n'
  } >"$work/behind_tls.toml"
  until_true curl -sf -m 5 --cacert "$work/tls/ca.pem" --cert "$work/tls/node.pem" --key "$work/tls/node.key" \
    -X POST "https://localhost:$base/v3/maintenance/status" -d '{}' -o "$work/out"
}
meets_behind_tls() {
  local pids=() name leads config=$work/behind_tls.toml
  start_etcd_behind_tls
  for name in alpha beta gamma; do
    node "$name"
    pids+=("$pid")
  done
  for pid in "${pids[@]}"; do ends "$pid" 0; done
  leads=$(sed -n 's/^node alpha: \(.*\) is the central (token [0-9]*) of .*/\1/p' "$work/alpha.err")
  [[ $(figure "$work/run-$leads" digest) == "$(figure "$work/run-one" digest)" ]]
}
# refused TEXT ARGS...: a node says so and ends.
refused() {
  local code=0
  "$chargemill" node --config "$work/behind_tls.toml" --name alpha --no-out "${@:2}" >"$work/out" 2>"$work/err" || code=$?
  if [[ $code == 4 ]] && grep -q -- "$1" "$work/err"; then return; fi
  echo "exit $code, and not '$1':"
  cat "$work/err"
  return 1
}
says_what_is_wrong_with_tls() {
  local of_etcd="node alpha: etcd does not answer: etcd at .*:$base"
  refused "TLS to etcd: $work/none: cannot read it: No such file" --set "cluster.etcd_ca_file=$work/none"
  refused "TLS to etcd: $work/tls/node.key: it is no certificate in PEM" --set "cluster.etcd_tls_cert=$work/tls/node.key"
  refused "TLS to etcd: $work/tls/door.key: the key belongs to another certificate" --set "cluster.etcd_tls_key=$work/tls/door.key"
  refused "$of_etcd: the certificate of .* is not to be believed" --set "cluster.etcd_ca_file=$work/tls/node.pem"
  refused "$of_etcd: .* wants a certificate of whoever comes" --set cluster.etcd_tls_cert= --set cluster.etcd_tls_key=
}
# has_mistakes LINE...: $work/bad.toml is refused, for something in each of these lines.
has_mistakes() {
  local code=0 line
  "$chargemill" validate "$work/bad.toml" >"$work/out" 2>&1 || code=$?
  cat "$work/out"
  [[ $code == 3 ]]
  for line in "$@"; do grep -q "bad.toml:$line:" "$work/out"; done
}
names_mistakes() {
  printf '[cluster]\netcd = ["127.0.0.1:2379"]\nlaese = "5s"\nlease = "1s"\n' >"$work/bad.toml"
  has_mistakes 2 3 4
  grep -q "'127.0.0.1:2379' is no address of etcd" "$work/out"
  grep -q "did you mean 'http://127.0.0.1:2379'" "$work/out"
  grep -q "did you mean '.*lease'" "$work/out"
  printf '[cluster]\netcd = ["http://a:1", "https://b:1"]\netcd_tls_key = "k"\n' >"$work/bad.toml"
  has_mistakes 2 3
  grep -q "members of etcd with TLS and without it" "$work/out"
  grep -q "'cluster.etcd_tls_key' needs 'cluster.etcd_tls_cert'" "$work/out"
  "$chargemill" validate config/scenarios/cluster-etcd.toml >"$work/out"
}

law "three nodes meet through etcd, elect a central and end with the digest of one process" meets_and_gives_one_digest
law "nodes warn when etcd is away, and stop before their leases are over" stops_without_etcd
law "a node that slept for three leases stops when it wakes" stops_one_that_slept
law "a central that is killed is followed by another one with a higher token" follows_a_killed_central
cat "$work/followed" 2>/dev/null || true
law "etcd that is not there is a clear error" says_that_etcd_is_away
law "whoever waits in vain says who is there" says_who_is_missing
if command -v openssl >/dev/null; then
  law "three nodes meet through etcd behind TLS, which wants their certificates" meets_behind_tls
  law "what is wrong with TLS to etcd has its file, or its reason" says_what_is_wrong_with_tls
else
  echo "skipped - etcd behind TLS: no openssl"
fi
law "mistakes in [cluster] get their line and a suggestion" names_mistakes
exit "$failed"
