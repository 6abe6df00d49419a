# shellcheck shell=bash disable=SC2034,SC2154 # who reads it in has etcd.sh, busy_town.sh and `chargemill`
# Nodes of the busy town that are real processes: how they begin, what they have said, and how they end.

# port NODE: of its HTTP door, if it leads.
port() { case $1 in alpha) echo $((base + 10000)) ;; beta) echo $((base + 10001)) ;; gamma) echo $((base + 10002)) ;; *) echo $((base + 10003)) ;; esac; }
# start NODE NETWORK [ARGS]: a process; its pid is in ${pids[NODE]}. What it says goes behind what it has said in an earlier life.
start() {
  local name=$1 network=$2
  shift 2
  "$chargemill" node --config "$work/town.toml" --name "$name" --progress off --http "127.0.0.1:$(port "$name")" --tcp off --data "${data:-$work/data}" \
    --out "$work/run-$name" --set "cluster.name=$network" "$@" >>"$work/$name.out" 2>>"$work/$name.err" &
  pids[$name]=$!
  echo "$!" >>"$work/pids"
}
# begin NETWORK [ARGS]: three nodes; their pids are in ${pids[alpha]} and so on, who leads is $first.
declare -A pids
first=
begin() {
  local network=$1 name
  shift
  rm -rf "$work"/run-* "$work"/*.err
  if [[ ${kept:-} != "$network" ]]; then rm -rf "$work/data" "$work/promises"; fi
  for name in alpha beta gamma; do start "$name" "$network" "$@"; done
  until_true grep -q 'is the central (token' "$work/alpha.err"
  first=$(sed -n 's/^node alpha: \(.*\) is the central (token [0-9]*) of .*/\1/p' "$work/alpha.err")
  until_true rows "$first" 4 # it runs, and somebody charges
}
others() { local name; for name in alpha beta gamma; do if [[ $name != "$1" ]]; then echo "$name"; fi; done; }
a_successor() { local name; for name in $(others "$first"); do if is_mended "$name"; then echo "$name"; return; fi; done; return 1; }
value() { python3 -c 'import json, sys
at = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."): at = at[key]
print(at)' "$work/run-$1/summary.json" "$2"; }
# end NODE: by the signal of whoever drives it; then all that are left have ended.
end() {
  kill -INT "${pids[$1]}"
  ends "${pids[$1]}" 130
}
# more_rows NODE N: of its series, from now on.
more_rows() {
  local now
  now=$(wc -l <"$work/run-$1/timeseries.csv")
  until_true rows "$1" $((now + $2))
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
connected() { holds "$1" 's["charge_points"]["disconnected"] == 0 and s["charge_points"]["total"] == 300'; }
conserved() { holds "$1" 's["conservation"]["ok"] and not s["run"]["invalid"]'; }
# has_parted NODE LEADER
has_parted() { grep -q "$1 has given all its shards away" "$work/$2.err"; }
# times TEXT NODE N: it has said so N times at least.
times() { [[ $(grep -c "$1" "$work/$2.err") -ge $3 ]]; }
# moved_to NODE LEADER: how many shards.
moved_to() { sed -n "s/.* \([0-9]*\) shards moved from [a-z]* to $1 .*/\1/p" "$work/$2.err" | awk '{ sum += $1 } END { print sum + 0 }'; }
has_got() { [[ $(moved_to "$1" "$2") -ge $3 ]]; }
# homes LEADER: of all shards, as its page has them: a line for each node, `NAME SHARDS`.
homes() {
  curl -sf -m 5 "http://127.0.0.1:$(port "$1")/api/v1/nodes" | python3 -c 'import json, sys
for n in json.load(sys.stdin)["nodes"]: print(n["name"], n["shards"])'
}
has_shards() { homes "$2" >"$work/homes" && grep -qx "$1 $3" "$work/homes"; } # NODE LEADER SHARDS
# pauses NODE: how long shards moved, in ms, as it has said.
pauses() { sed -n 's/.* shards moved from .*): \([0-9]*\)\.\([0-9]*\) s, of which.*/\1\2/p' "$work/$1.err" | sed 's/^0*\([0-9]\)/\1/' | sort -n; }

asks_promises() { python3 tests/cluster/promises.py noted "$(port "$1")"; }
# shellcheck source=tests/support/promises.sh
source tests/support/promises.sh
# booked_once [NODE]: of all that the journals say: each session ended once, and no charge point had two at a time. Where nobody
# was killed there are as many tickets as the summary of NODE has.
booked_once() {
  "$chargemill" history tickets --data "$work/data" --limit 1000000 --format csv >"$work/tickets.csv"
  python3 tests/cluster/booked_once.py ${1:+"$work/run-$1/summary.json"} <"$work/tickets.csv"
}
# leads_alone: a token has one owner.
leads_alone() {
  grep -hEo '[a-z]+ (is the central|leads) \(token [0-9]+' "$work"/*.err | sed 's/is the central/leads/' | sort -u >"$work/leads"
  cut -d' ' -f4 "$work/leads" | sort | uniq -d >"$work/twice"
  [[ ! -s $work/twice ]] || { cat "$work/leads"; return 1; }
}

# in_time COMMAND...: it says, by `took`, how long it was until all was well again: twice the lease of $lease_s at most. Who is kept
# from a processor is no slower for it: of two tries the better one counts.
in_time() {
  rm -f "$work/took"
  "$@"
  if is_in_time; then return; fi
  end_nodes
  "$@"
  is_in_time || { echo "took $(xargs <"$work/took") ms, lease $lease_s s"; return 1; }
}
took() { echo "$1" >>"$work/took"; } # MILLISECONDS
is_in_time() { [[ -s $work/took && $(sort -n "$work/took" | sed -n 1p) -le $((2 * lease_s * 1000)) ]]; }
