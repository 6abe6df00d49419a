#!/usr/bin/env bash
# A network in real time whose etcd loses its leader, or is away for a while: real etcd, real processes, journals. Where it stays away
# all nodes stop: etcd_test.sh.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"

if ! command -v etcd >/dev/null; then
  echo "skipped - a run outlasts etcd's troubles: etcd-server is not installed"
  exit 0
fi
# shellcheck source=tests/support/etcd.sh
source tests/support/etcd.sh
trap finish EXIT
start_all_etcd || exit 1
# shellcheck source=tests/support/busy_town.sh
source tests/support/busy_town.sh
# shellcheck source=tests/support/busy_nodes.sh
source tests/support/busy_nodes.sh
lease_s=20 # of which no machine under load loses half
write_busy_town "${lease_s}s"
door() { curl -sf -m 30 "http://127.0.0.1:$(port "$1")$2"; }
# readiness NODE: all its checks, whatever they say.
readiness() { curl -s -m 5 "http://127.0.0.1:$(port "$1")/readyz?verbose"; }
is_ready() { door "$1" /readyz >"$work/ready"; }
misses_etcd() { readiness "$first" >"$work/ready" && grep -q '^\[-\]etcd ' "$work/ready"; }
length_of() { wc -l <"$work/run-$1/timeseries.csv"; }
# nobody_is_lost: of the three nodes.
nobody_is_lost() {
  local name
  for name in alpha beta gamma; do kill -0 "${pids[$name]}" || { echo "$name has ended"; cat "$work/$name.err"; return 1; }; done
  if grep ' is lost\|: stops: ' "$work"/{alpha,beta,gamma}.err; then return 1; fi
}
# ends_whole: the one that leads is asked to end, the others follow, and of all that was promised nothing is missing or there twice.
ends_whole() {
  local name
  until_true are_connected "$first"
  end "$first"
  cat "$work/$first.err"
  for name in $(others "$first"); do ends "${pids[$name]}" 0; done
  conserved "$first"
  connected "$first"
  holds "$first" 's["sessions"]["lost"] == 0 and s["sessions"]["failed"] == 0 and s["requests"]["lost"] == 0 and s["messages"]["lost"] == 0'
  "$chargemill" history tickets --data "$work/data" --limit 1000000 --format csv >"$work/tickets.csv"
  python3 tests/cluster/booked_once.py "$work/run-$first/summary.json" <"$work/tickets.csv"
  keeps_promises
}
survives_etcds_leader() {
  local m began took now
  begin survives
  promised "$first"
  until_true leader >"$work/leader"
  m=$(tail -n 1 "$work/leader")
  began=$(milliseconds)
  now=$(length_of "$first")
  signal_etcd KILL "$m"
  until_true leader
  until_true is_ready "$first" || { readiness "$first"; return 1; }
  took=$(($(milliseconds) - began))
  echo "etcd had another leader and the run was ready after $took ms, lease $lease_s s"
  ((took <= 2 * lease_s * 1000))
  until_true rows "$first" $((now + lease_s + 2)) # whoever could not renew its lease has stopped by then
  nobody_is_lost
  start_etcd "$m"
  ends_whole
}
outlasts_etcd() {
  local began took="" before during
  begin outlasts
  promised "$first"
  until_true is_ready "$first"
  before=$(length_of "$first")
  began=$(milliseconds)
  signal_etcd STOP 1 2 3
  while (($(milliseconds) < began + lease_s * 500)); do # that is what is tested
    if [[ -z ${took:-} ]] && misses_etcd; then took=$(($(milliseconds) - began)); fi
    sleep 0.1
  done
  during=$(($(length_of "$first") - before))
  signal_etcd CONT 1 2 3
  began=$(milliseconds)
  echo "readiness missed etcd after ${took:-never} ms of $((lease_s * 500)), and $during rows were written meanwhile"
  [[ -n ${took:-} ]] || { cat "$work/ready"; return 1; }
  grep '^\[+\]nodes ok' "$work/ready" || { cat "$work/ready"; return 1; } # they hear each other as ever
  ((during >= lease_s / 4)) # a second each, where somebody has time
  until_true is_ready "$first" || { readiness "$first"; return 1; }
  took=$(($(milliseconds) - began))
  echo "the run was ready $took ms after etcd was back, lease $lease_s s"
  ((took <= 2 * lease_s * 1000))
  until_true rows "$first" $(($(length_of "$first") + lease_s)) # a node whose lease was lost has stopped by then
  nobody_is_lost
  grep 'etcd does not answer, so membership stays as it is' "$work/$first.err"
  grep 'etcd answers again' "$work/$first.err"
  ends_whole
}
# Away for as long as a newcomer waits for its first answer, and until all miss it; that is less than what any lease lasts.
keeps_its_members() {
  local lease_s=40 began epoch rows during
  begin members --set "cluster.lease=${lease_s}s"
  promised "$first"
  until_true is_ready "$first"
  until_true homes "$first" >"$work/homes-before"
  epoch=$(epoch members)
  rows=$(length_of "$first")
  began=$(milliseconds)
  trap 'signal_etcd CONT 1 2 3' EXIT # others need it, whatever fails here
  signal_etcd STOP 1 2 3
  start delta members --set "cluster.lease=${lease_s}s"
  ends "${pids[delta]}" 4
  grep 'etcd does not answer' "$work/delta.err" || { cat "$work/delta.err"; return 1; }
  until_true misses_etcd || { cat "$work/ready"; return 1; }
  if is_ready "$first"; then echo "it says that it is ready"; return 1; fi
  until_true homes "$first" >"$work/homes-meanwhile"
  during=$(($(milliseconds) - began))
  rows=$(($(length_of "$first") - rows))
  signal_etcd CONT 1 2 3
  echo "etcd was away for $during ms, lease $lease_s s, and $rows rows were written meanwhile"
  diff "$work/homes-before" "$work/homes-meanwhile"
  ((2000 * rows >= during)) # a second each, where somebody has time
  until_true is_ready "$first" || { readiness "$first"; return 1; }
  [[ $(epoch members) == "$epoch" ]] || { echo "the table was written anew: epoch $epoch, then $(epoch members)"; return 1; }
  nobody_is_lost
  start delta members --set "cluster.lease=${lease_s}s"
  until_true times 'delta has joined' "$first" 1 || { cat "$work/delta.err"; return 1; }
  until_true has_shards delta "$first" 3
  ends_whole
  ends "${pids[delta]}" 0
}

law "etcd's leader is killed, alone: nobody is lost, nor anything that was acknowledged" survives_etcds_leader
end_nodes
law "etcd is away for half of a lease: readiness says so, all goes on, and nothing is lost" outlasts_etcd
end_nodes
law "while etcd is away membership stays as it is, a newcomer is not let in and all goes on; once it is back it joins" keeps_its_members
exit "$failed"
