#!/usr/bin/env bash
# Hostile clients at both doors of a running program, good ones beside them: who behaves notices nothing.
# CHARGEMILL_HOSTILE=60 is the long form: 60 seconds of 10,000 idle connections, 1,000 new ones a second and a million
# malformed frames.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
ends_what_began
seconds=${CHARGEMILL_HOSTILE:-4}
if ! command -v python3 >/dev/null; then
  echo "skipped - hostile clients: no python3"
  exit 0
fi

ctl() { "$chargemill" ctl --tcp "127.0.0.1:$tcp" --token-file "$work/tokens" "$@"; }
activated() { [[ $(ctl list | grep -c ' ACTIVATED') == 5 ]]; }
port_of() { sed -n "s/^$1  *[^ ]*:\([0-9]*\).*/\1/p" "$work/run.err"; }

idle=1000 frames=100000
if ((seconds >= 60)); then idle=10000 frames=1000000; fi
token=operator-0123456789abcdef
printf '%s\n' $token >"$work/tokens"
printf '[run]\nname = "besieged"\nduration = "1h"\n[network]\ncharge_points = 5\nzones = 1\n' >"$work/small.toml"
"$chargemill" run "$work/small.toml" --progress off --no-out --no-journal --tcp 127.0.0.1:0 --http 127.0.0.1:0 \
  --set "tcp.token_file=$work/tokens" --set "http.token_file=$work/tokens" >"$work/run.out" 2>"$work/run.err" &
pid=$!
echo "$pid" >>"$work/pids"
until_true grep -q '^TCP  ' "$work/run.err"
tcp=$(port_of TCP) http=$(port_of HTTP)

# besieged: what good clients get; of the short form the best of three, for it judges seconds.
besieged() {
  local code
  for _ in 1 2 3; do
    code=0
    python3 tests/e2e/hostile_clients.py "$tcp" "$http" "$pid" "$seconds" "$idle" 1000 "$frames" "$token" || code=$?
    if [[ $code != 2 ]]; then return "$code"; fi
  done
  return 1
}
withstands() {
  until_true activated
  besieged | tee "${CHARGEMILL_HOSTILE_LOG:-/dev/null}"
}
nothing_has_changed() {
  activated
  ctl status CP-000001 | grep -q 'CP-000001 *ACTIVATED *ACTIVATED *OK *- *-'
}
ends() {
  local code=0
  kill -INT "$pid"
  wait "$pid" || code=$?
  [[ $code == 130 ]]
}
law "good clients keep nine tenths of their rate and memory stays, whatever the others do" withstands
law "what those without a token asked for has not happened" nothing_has_changed
# In this shell: the run is its child.
if ends; then echo "ok - and it ends as it is told"; else
  echo "not ok - and it ends as it is told"
  failed=1
fi
exit "$failed"
