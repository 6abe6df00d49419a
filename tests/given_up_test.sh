#!/usr/bin/env bash
# A disk that takes nothing any more: the journal is given up, the run goes on, and everybody hears of it. What fails is the
# program's own disk (tests/runtime/journal/child/disk_shim.cpp); no right to mount one is needed.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
ends_what_began

{
  printf '[run]\nname = "small"\nduration = "1h"\nspeed = 60\n'
  printf '[network]\ncharge_points = 50\n[drivers]\ncount = 64\nsessions_per_cp_per_day = 2000\n[central]\nshards = 4\n'
} >"$work/small.toml"

# full AFTER [PART]: how a program begins whose disk is full after so many writes to its journal; PART: only the disk of what
# has that in its path.
full() {
  full=(env "LD_PRELOAD=$PWD/build/release/tests/runtime/journal/libdisk_only_shim.so" "DISK_FAULT=write:28:$1:-1"
    "DISK_FAULT_IN=${2:-}")
}
run=("$chargemill" run "$work/small.toml" --progress off)

# figure RUN KEY...: of its summary.
figure() {
  python3 -c 'import json, sys
at = json.load(open(sys.argv[1]))
for key in sys.argv[2:]: at = at[key]
print(json.dumps(at))' "$work/$1/summary.json" "${@:2}"
}
# is_conserved RUN: all its sums are whole.
is_conserved() { [[ $(figure "$1" conservation ok) == true ]] || { figure "$1" conservation; return 1; }; }
# says_what_is_lost RUN OUTPUT: its summary, to people and to programs. Some was written, and the rest was not.
says_what_is_lost() {
  local records durable lost
  [[ $(figure "$1" journal state) == '"abandoned"' ]]
  records=$(figure "$1" journal records)
  durable=$(figure "$1" journal durable_records)
  lost=$(figure "$1" journal lost)
  ((durable > 0 && durable < records && lost > 0)) || { echo "$durable of $records, $lost lost"; return 1; }
  grep -Eq "WARNING +the journal does not hold all: $durable of $records records are on disk .*No space left" "$2"
}
# says_so RUN ERR [WHO]: the one who looks on, and the log; WHO: whose journal it is, if not that of the node that leads.
says_so() {
  local text="${3:-}the journal is given up, the run goes on without it: .*No space left on device"
  grep -q "^chargemill: $text" "$2"
  grep -q "\"text\":\"$text" "$work/$1/log.ndjson"
}
# is_over PID: it has ended, whether or not somebody has waited for it.
is_over() { [[ ! -e /proc/$1/stat || $(sed 's/.*) //' "/proc/$1/stat") == Z* ]]; }
# ends_by CODE PID: within a minute.
ends_by() {
  until_true is_over "$2" || { kill -KILL "$2"; return 1; }
  ends_with "$1" wait "$2"
}

# counts METRIC: what it says now, over all labels.
counts() { curl -sSf "$base/metrics" | awk -v name="$1" 'index($0, name) == 1 { n += $NF } END { printf "%d\n", n }'; }
# counts_more METRIC N
counts_more() { (($(counts "$1") > $2)); }
is_ready() { [[ $(curl -sS -o "$work/ready" -w '%{http_code}' "$base/readyz?verbose") == "$1" ]] && grep -q "$2" "$work/ready"; }
stop_of() { curl -sS -X POST -w ' %{http_code}' "$base/api/v1/charge-points/$1/stop" | tr -d '\n'; }

# In real time: orders, readiness and metrics meanwhile, and sessions go on.
tells_those_who_ask() {
  local pid base begun
  full 200
  "${full[@]}" "${run[@]}" --http 127.0.0.1:0 --duration 10h --set journal.give_up_after=1s --out "$work/asked" \
    >"$work/asked.out" 2>"$work/asked.err" &
  pid=$!
  echo "$pid" >>"$work/pids"
  until_true grep -q '^HTTP ' "$work/asked.err"
  base=http://$(awk '/^HTTP / { print $2 }' "$work/asked.err")
  until_true grep -q 'the journal cannot be written, records wait' "$work/asked.err"
  until_true says_so asked "$work/asked.err"
  is_ready 503 '^\[-\]journal .*No space left on device' || { cat "$work/ready"; return 1; }
  [[ $(counts 'chargemill_journal_state{state="abandoned"}') == 1 ]]
  [[ $(counts 'chargemill_journal_state{state="working"}') == 0 ]]
  until_true counts_more 'chargemill_journal_writes_total{result="lost"}' 0
  counts_more 'chargemill_journal_commits_total{result="failed"}' 2
  stop_of CP-000001 >"$work/said"
  grep -q '"recorded":false.* 202$' "$work/said" || { cat "$work/said"; return 1; }
  begun=$(counts chargemill_sessions_started_total)
  until_true counts_more chargemill_sessions_started_total "$begun"
  kill -INT "$pid"
  ends_by 130 "$pid"
  is_conserved asked
  says_what_is_lost asked "$work/asked.out"
  # What was acknowledged before is there.
  "$chargemill" history health --data "$work/asked" --format csv >"$work/rows"
  (($(wc -l <"$work/rows") > 1))
}

# In virtual time workers wait for room until it is given up, and then to the planned end for nothing.
ends_as_planned() {
  full 60
  ends_with 0 "${full[@]}" "${run[@]}" --speed max --duration 6h --set journal.give_up_after=1s --out "$work/planned" \
    >"$work/planned.out" 2>"$work/planned.err"
  says_so planned "$work/planned.err"
  is_conserved planned
  says_what_is_lost planned "$work/planned.out"
  # As many sessions as where nothing is kept.
  "${run[@]}" --speed max --duration 6h --no-journal --out "$work/unkept" >/dev/null 2>&1
  [[ $(figure planned sessions) == "$(figure unkept sessions)" ]]
}

# heeds_a_signal_where_it_waits_for_room NODES [WHO]: nobody would wait for a Ctrl-C as long as the journal alone is waited for,
# a day. WHO: as in says_so.
heeds_a_signal_where_it_waits_for_room() {
  local pid
  "${full[@]}" "${run[@]}" --nodes "$1" --speed max --duration 1000h --set journal.give_up_after=24h --out "$work/stopped-$1" \
    >"$work/stopped-$1.out" 2>"$work/stopped-$1.err" &
  pid=$!
  echo "$pid" >>"$work/pids"
  until_true grep -q "^chargemill: ${2:-}the journal cannot be written, records wait" "$work/stopped-$1.err"
  until_true stands_still "$pid"
  kill -INT "$pid"
  ends_by 130 "$pid"
  says_so "stopped-$1" "$work/stopped-$1.err" "${2:-}"
  is_conserved "stopped-$1"
  says_what_is_lost "stopped-$1" "$work/stopped-$1.out"
}
does_so_alone() {
  full 60
  heeds_a_signal_where_it_waits_for_room 1
}
# Where one node has no room all stand, and the one that leads, whose disk is sound, has nothing of its own to complain of.
does_so_for_another_node() {
  full 60 /node-1
  heeds_a_signal_where_it_waits_for_room 2 'node 1: '
  if grep '^chargemill: the journal' "$work/stopped-2.err"; then return 1; fi
  "$chargemill" history health --data "$work/stopped-2/journal/node-1" --format csv >"$work/rows"
  (($(wc -l <"$work/rows") > 1))
}
# stands_still PID: its workers wait: for half a second it used a fifth of one processor at most.
stands_still() {
  local before
  before=$(ticks_of "$1")
  sleep 0.5
  (($(ticks_of "$1") - before < 10))
}
ticks_of() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

has_curl() { command -v curl; }

law_if "no curl" "a journal that is given up is told to all who ask, and the run goes on" has_curl tells_those_who_ask
law "a run in virtual time outlives its journal, and ends as planned" ends_as_planned
law "a signal ends a run whose workers wait for a disk" does_so_alone
law "so it does where those of another node wait, and its journal is named" does_so_for_another_node
exit "$failed"
