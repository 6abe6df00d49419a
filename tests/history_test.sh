#!/usr/bin/env bash
# The journal as people and scripts meet it: what is kept and read, a second writer, a kill, a full disk.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"

scenario() {
  printf '[run]\nname = "small"\nduration = "%s"\nspeed = 1\n' "$1"
  printf '[network]\ncharge_points = 50\n[drivers]\ncount = 64\nsessions_per_cp_per_day = 2000\n'
}
scenario 1h >"$work/long.toml"
scenario 5s >"$work/short.toml"

small=("$chargemill" run "$work/short.toml" --speed max --progress off)
run() { "${small[@]}" "$@"; }

# says PATTERN COMMAND...: on stdout. Into a file: a reader that leaves early would end the writer.
says() {
  local pattern=$1
  shift
  "$@" >"$work/said"
  grep -Eq -- "$pattern" "$work/said" || { echo "no $pattern: $*"; return 1; }
}

has_rows() { (($(rows "$@" | wc -l) > 1)); }
rows() { "$chargemill" history "$@" --format csv; }

reads_the_history() {
  run --out "$work/kept" --duration 10m >/dev/null
  for what in faults health sessions tickets stats; do
    says '[a-z_]' "$chargemill" history "$what" --data "$work/kept"
    says '^[[{]' "$chargemill" history "$what" --data "$work/kept" --format json
  done
  has_rows sessions --data "$work/kept/journal"
  has_rows health --data "$work/kept"
  bash -c "set -o pipefail; $chargemill history health --data $work/kept --limit 100000 | head -n 1"
  ends_with 2 "$chargemill" history
  ends_with 2 "$chargemill" history sessions --data "$work/kept" --limit -1
  ends_with 2 "$chargemill" history sessions --data "$work/kept" --kind RED
  ends_with 2 "$chargemill" history sessions --data "$work/kept" --since yesterday
  ends_with 4 "$chargemill" history sessions --data "$work/nowhere"
  ends_with 4 "$chargemill" history sessions --data "$work"
  run --no-journal --out "$work/unkept" >/dev/null
  [[ ! -e $work/unkept/journal ]]
}

# Whoever names no directory gets the run that began last, also when it keeps its journal elsewhere, and hears what was not to be expected.
reads_the_newest_run() {
  mkdir "$work/here"
  cd "$work/here"
  run --duration 10m >/dev/null
  rows sessions >"$work/own" 2>"$work/err"
  [[ ! -s $work/err ]]
  run --duration 20m --data kept >/dev/null
  rows sessions >"$work/out" 2>"$work/err"
  cmp "$work/out" <(rows sessions --data kept)
  grep -q "this is $work/here/kept, where runs/.* keeps its journal" "$work/err"
  run --no-journal >/dev/null
  rows sessions >"$work/out" 2>"$work/err"
  grep -q 'this is runs/.*; runs/.* is newer and has no journal' "$work/err"
  rm -r kept
  rows sessions 2>"$work/err" | cmp - "$work/own"
}

# Whoever names no limit gets the newest 100, and hears that there are more; whoever names one got what was asked for.
says_that_there_are_more() {
  run --out "$work/many" --duration 10m >/dev/null
  for format in table json csv; do
    "$chargemill" history health --data "$work/many" --format "$format" >"$work/out" 2>"$work/err"
    grep -q 'the newest 100, there are more: --limit' "$work/err"
  done
  [[ $(rows health --data "$work/many" 2>/dev/null | wc -l) == 101 ]]
  "$chargemill" history health --data "$work/many" --limit 100 2>"$work/err" >/dev/null
  "$chargemill" history health --data "$work/many" --cp CP-000001 --since 1s 2>>"$work/err" >/dev/null
  [[ ! -s $work/err ]]
}

# It has such a name, and nothing of so late a time.
says_only_how_far_it_goes() {
  grep -q '^chargemill history: the newest record is of 20[0-9-]*T[0-9:.]*+00:00$' "$work/err" && (($(wc -l <"$work/err") == 1))
}

# A name that nobody has is told from a charge point, a driver or a zone that has nothing to show.
says_that_nobody_has_that_name() {
  local what
  for what in faults health sessions tickets stats; do
    ends_with 0 "$chargemill" history "$what" --data "$work/kept" --cp CP-999999 --format json >"$work/out" 2>"$work/err"
    grep -q "no such charge point in this journal: 'CP-999999'" "$work/err"
    ends_with 0 "$chargemill" history "$what" --data "$work/kept" --cp CP-000001 --since 2030-01-01T00:00:00Z >"$work/out" 2>"$work/err"
    says_only_how_far_it_goes || { echo "$what:"; cat "$work/err"; return 1; }
  done
  for what in sessions tickets; do
    ends_with 0 "$chargemill" history "$what" --data "$work/kept" --driver DRV-999999 >"$work/out" 2>"$work/err"
    grep -q "no such driver in this journal: 'DRV-999999'" "$work/err"
    ends_with 0 "$chargemill" history "$what" --data "$work/kept" --driver DRV-000001 --since 2030-01-01T00:00:00Z >"$work/out" 2>"$work/err"
    says_only_how_far_it_goes || { echo "$what:"; cat "$work/err"; return 1; }
  done
  for what in faults health sessions tickets; do
    ends_with 0 "$chargemill" history "$what" --data "$work/kept" --zone Z99 --format csv >"$work/out" 2>"$work/err"
    grep -q "no such zone in this journal: 'Z99'" "$work/err"
    ends_with 0 "$chargemill" history "$what" --data "$work/kept" --zone Z01 --since 2030-01-01T00:00:00Z >"$work/out" 2>"$work/err"
    says_only_how_far_it_goes || { echo "$what:"; cat "$work/err"; return 1; }
  done
}

# An option that would change nothing is refused, with its name.
refuses_what_does_not_apply() {
  local what flag value
  while read -r what flag value; do
    ends_with 2 "$chargemill" history "$what" "$flag" "$value" --data "$work/many" 2>"$work/err" || return 1
    grep -q -- "$flag" "$work/err" || { echo "$what $flag:"; cat "$work/err"; return 1; }
  done <<'END'
faults --days 1
sessions --days 0
faults --driver DRV-000001
health --driver DRV-000001
stats --driver DRV-000001
stats --zone Z01
stats --kind FAULT
stats --until 1h
stats --limit 3
END
  ends_with 2 "$chargemill" history faults --since 1s --until 1h --data "$work/many" 2>"$work/err"
  ends_with 0 "$chargemill" history stats --cp CP-000001 --days 1 --since 1h --data "$work/many" >/dev/null
}

# refused_for TEXT DATA: neither history nor a run makes anything of it, and both say so.
refused_for() {
  local text=$1 data=$2
  ends_with 4 "$chargemill" history health --data "$data" >"$work/out" 2>"$work/err"
  cat "$work/out" "$work/err"
  [[ ! -s $work/out ]]
  grep -q -- "$text" "$work/err"
  ends_with 4 run --no-out --data "$data" >"$work/out" 2>"$work/err"
  cat "$work/err"
  grep -q -- "$text" "$work/err"
}
# Whatever lies where a journal should be: an error that names it, no crash, and nothing that is wrong.
names_what_is_no_journal() {
  local segment size cut
  run --no-out --data "$work/sound" --duration 10m >/dev/null
  segment=$(basename "$(find "$work/sound" -name '*.segment')")
  size=$(stat -c %s "$work/sound/$segment")
  for cut in 0 1 4096 8192 12288 $((size / 2)) $((size * 3 / 4)); do
    rm -rf "$work/cut"
    cp -r "$work/sound" "$work/cut"
    truncate -s "$cut" "$work/cut/$segment"
    echo "$cut of $size bytes:"
    refused_for "$segment" "$work/cut"
  done
  mkdir -p "$work/text" "$work/folder/$segment"
  seq 100000 >"$work/text/$segment"
  refused_for "$segment" "$work/text"
  refused_for "$segment" "$work/folder"
  refused_for "$work/sound/$segment" "$work/sound/$segment" # a file
  echo "no journal" >"$work/file"
  refused_for "$work/file" "$work/file"
  mkdir -p "$work/renamed"
  cp "$work/sound/$segment" "$work/renamed/00000000000000000007-0.segment"
  refused_for 00000000000000000007-0.segment "$work/renamed"
}

live=("$chargemill" run "$work/long.toml" --progress off --speed 60 --set central.shards=4)

refuses_a_second_writer() {
  local pid
  "${live[@]}" --no-out --data "$work/shared" >/dev/null 2>&1 &
  pid=$!
  until_true has_rows sessions --data "$work/shared"  # read while it is written
  ends_with 4 "${live[@]}" --no-out --data "$work/shared" 2>"$work/err" >/dev/null
  grep -q "$pid" "$work/err" || { cat "$work/err"; kill -9 "$pid"; return 1; }
  kill -INT "$pid"
  wait "$pid" || true
}

# A run is killed without warning; the next one goes on where its journal ends.
goes_on_after_a_kill() {
  local pid open life
  for life in 1 2; do
    "${live[@]}" --out "$work/life$life" --data "$work/killed" --set journal.checkpoint_interval=1s >/dev/null 2>&1 &
    pid=$!
    until_true has_rows tickets --data "$work/killed" --kind DELIVERED --since "$((life * 100))s"
    until_true more_sessions_than "$((life * 40))"
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || true
  done
  open=$(rows sessions --data "$work/killed" --kind ACTIVE --limit 100000 | grep -c ACTIVE)
  ((open > 0))
  ends_with 0 "${live[@]}" --out "$work/next" --data "$work/killed" --duration 60s >"$work/out" 2>"$work/err"
  grep -q "run 3 at .*, $open open sessions" "$work/next/log.ndjson"
  grep -q '"ok": true' "$work/next/summary.json"
  # Each session began once, ended at most once, and its ticket was delivered at most once.
  rows sessions --data "$work/killed" --limit 100000 | cut -d, -f1 | sort | uniq -d | grep . && return 1
  rows tickets --data "$work/killed" --limit 100000 | cut -d, -f1,10 | sort | uniq -d | grep . && return 1
  # Those that were open when it was killed are over, with what was known of them.
  [[ $(rows sessions --data "$work/killed" --kind ACTIVE --until "$(restart_time)" --limit 100000 | wc -l) == 1 ]]
  ends_with 4 "$chargemill" run "$work/short.toml" --charge-points 3 --data "$work/killed" --no-out 2>"$work/err"
  grep -q 'belongs to another network' "$work/err"
}
# energy_of DATA: what all its sessions have delivered, in mJ.
energy_of() {
  "$chargemill" history sessions --data "$1" --limit 1000000 --format json |
    python3 -c 'import json, sys; print(sum(round((row["total_kwh"] or 0) * 3.6e9) for row in json.load(sys.stdin)))'
}
# agree DATA RUN...: history and the summaries of the runs that wrote there, and something was open at the end of each.
agree() {
  local run
  for run in "${@:2}"; do
    grep -q '"active": [1-9]' "$run/summary.json" || { echo "$run: no session is open"; return 1; }
  done
  add_up "$@"
}
# add_up DATA RUN...: history and the summaries of the runs that wrote there.
add_up() {
  local data=$1 metered=0 run kept
  shift
  for run; do
    metered=$((metered + $(grep -o '"delivered_mj": [0-9]*' "$run/summary.json" | grep -o '[0-9]*')))
  done
  kept=$(energy_of "$data")
  [[ $kept == "$metered" ]] || { echo "$*: $kept mJ in the history, $metered over the meters"; return 1; }
}
# Whatever ends a run well, and on however many workers and nodes: what meters have counted since their last report is kept.
keeps_the_energy_of_open_sessions() {
  local pid
  local rare=(--set network.telemetry_interval=7s) short=(--duration 5m)
  run --out "$work/sum1" --data "$work/sums" "${rare[@]}" "${short[@]}" >/dev/null 2>&1
  run --out "$work/sum2" --data "$work/sums" "${rare[@]}" "${short[@]}" >/dev/null 2>&1 # it ends what the first has left open
  agree "$work/sums" "$work/sum1" "$work/sum2"
  run --out "$work/sum3" --nodes 2 "${rare[@]}" "${short[@]}" >/dev/null 2>&1
  agree "$work/sum3" "$work/sum3"
  "${live[@]}" --out "$work/sum4" "${rare[@]}" "${short[@]}" >/dev/null 2>&1
  agree "$work/sum4" "$work/sum4"
  "${live[@]}" --out "$work/sum5" "${rare[@]}" >/dev/null 2>&1 &
  pid=$!
  until_true has_rows tickets --data "$work/sum5"
  kill -INT "$pid"
  ends_with 130 wait "$pid"
  agree "$work/sum5" "$work/sum5"
}
# The demo has every kind of fault, and breakers that open and close: to its end, and until somebody interrupts it.
keeps_the_energy_of_the_demo() {
  local pid demo=("$chargemill" run --charge-points 1000 --drivers 1000 --progress off --set run.lateness_limit=1h)
  "${demo[@]}" --speed max --out "$work/demo1" >/dev/null 2>&1 || [[ $? == 99 ]] # thresholds are of the whole demo
  agree "$work/demo1" "$work/demo1"
  "${demo[@]}" --speed 300 --out "$work/demo2" >/dev/null 2>&1 &
  pid=$!
  until_true has_rows faults --data "$work/demo2" --kind RECOVERY
  kill -INT "$pid"
  ends_with 130 wait "$pid"
  agree "$work/demo2" "$work/demo2"
}
# Links that are cut until after the end: central closes sessions whose engines go on, and cannot say so.
keeps_the_energy_of_sessions_behind_cut_links() {
  local unheard
  { cat "$work/short.toml"; printf '[[fault]]\nkind = "partition"\nat = "4m"\nduration = "1h"\n'; } >"$work/cut.toml"
  "$chargemill" run "$work/cut.toml" --speed max --progress off --duration 5m --out "$work/cut1" --data "$work/cuts" >/dev/null
  unheard=$(grep -o '"unreported_mj": [0-9]*' "$work/cut1/summary.json" | grep -o '[0-9]*')
  ((unheard > 0)) || { echo "nothing was unheard"; return 1; }
  add_up "$work/cuts" "$work/cut1"
  run --out "$work/cut2" --data "$work/cuts" --duration 1m >/dev/null # now their engines say it
  add_up "$work/cuts" "$work/cut1" "$work/cut2"
  says '[1-9]' grep -o '"corrected": [0-9]*' "$work/cut2/summary.json"
}
# The journal's keys reach it: what is older than its limit is gone, and the next run goes on all the same.
keeps_what_it_is_told_to() {
  local limits=(--set journal.segment_bytes=1MiB --set journal.keep_bytes=2MiB)
  run --no-out --data "$work/brief" --duration 2h "${limits[@]}" >/dev/null
  (($(find "$work/brief" -name '*.segment' | wc -l) > 1))
  (($(find "$work/brief" -name '*.segment' | wc -l) <= 4))
  run --no-out --data "$work/brief" --duration 1m "${limits[@]}" >/dev/null
  has_rows sessions --data "$work/brief"
}
# What is older than so long before the newest record is gone, and without that key it is there.
keeps_no_longer_than_it_is_told_to() {
  local limits=(--duration 2h --set journal.segment_bytes=1MiB)
  run --no-out --data "$work/old" "${limits[@]}" >/dev/null
  has_rows sessions --data "$work/old" --until 1h # so long before the newest record
  run --no-out --data "$work/young" "${limits[@]}" --set journal.keep=20m >/dev/null
  [[ $(rows sessions --data "$work/young" --until 1h | wc -l) == 1 ]] # the line of the columns
  has_rows sessions --data "$work/young"
}
# commits_of RECORDS INTERVAL: how often the journal of a run is written, which lasts longer than many commits on a slow disk.
commits_of() {
  run --out "$work/commits" --duration 30m --set "journal.commit_records=$1" --set "journal.commit_interval=$2" >/dev/null
  grep -m 1 -o '"commits": [0-9]*' "$work/commits/summary.json" | grep -o '[0-9]*'
  rm -rf "$work/commits"
}
# Whoever waits for many records, and for long, commits seldom; either key alone makes it more often.
commits_when_it_is_told_to() {
  local seldom by_records by_time
  seldom=$(commits_of 16384 2s)
  by_records=$(commits_of 1 2s)
  by_time=$(commits_of 16384 1ms)
  ((by_records > seldom && by_time > seldom)) || { echo "$seldom; $by_records by records, $by_time by time"; return 1; }
}
# D-175: one fault in the first minute, one nearly two hours later.
counts_the_faults_of_the_last_days() {
  { cat "$work/short.toml"; printf '[[fault]]\nkind = "engine_ko"\nat = "%s"\nduration = "30s"\ncp = "CP-000001"\n' 1m 110m; } \
    >"$work/faulty.toml"
  "$chargemill" run "$work/faulty.toml" --speed max --progress off --no-out --data "$work/faulty" --duration 2h >/dev/null
  says '"fault_count": 2' "$chargemill" history stats --data "$work/faulty" --format json
  says '"fault_count": 2' "$chargemill" history stats --data "$work/faulty" --days 1 --format json
  says '"fault_count": 1' "$chargemill" history stats --data "$work/faulty" --days 0.04 --format json # 58 minutes
  says '"fault_count": 0' "$chargemill" history stats --data "$work/faulty" --days 0.001 --format json
}
more_sessions_than() { (($(rows sessions --data "$work/killed" --limit 100000 | wc -l) > $1)); }
may_mount() { mkdir -p "$work/mounted" && mount -t tmpfs none "$work/mounted" && umount "$work/mounted"; }
# The disk is full after a few hundred records; the run ends as planned, and says what it could not keep.
outlives_a_full_disk() {
  local code=0
  mkdir -p "$work/full"
  mount -t tmpfs -o size=300k none "$work/full"
  "${live[@]}" --out "$work/fullrun" --data "$work/full" --duration 5m >"$work/out" 2>"$work/err" || code=$?
  umount "$work/full"
  [[ $code == 0 ]] || { echo "exit $code"; cat "$work/out"; return 1; }
  grep -q 'the journal cannot be written' "$work/err"
  grep -q 'the journal cannot be written' "$work/fullrun/log.ndjson"
  says 'WARNING +the journal does not hold all' cat "$work/out"
}
may_mount_and_ask() { may_mount && command -v curl; }
# is_ready CODE LINE: what the readiness says now, of the journal above all.
is_ready() { [[ $(curl -sS -o "$work/ready" -w '%{http_code}' "$base/readyz?verbose") == "$1" ]] && grep -q "$2" "$work/ready"; }
# Whoever watches over a run sees at once that its journal has no room, and that it has again.
is_not_ready_while_its_disk_is_full() {
  local pid base="" code=0
  mkdir -p "$work/tight"
  mount -t tmpfs -o size=300k none "$work/tight"
  "${live[@]}" --http 127.0.0.1:0 --no-out --data "$work/tight" >/dev/null 2>"$work/tight.err" &
  pid=$!
  until_true grep -q '^HTTP ' "$work/tight.err" && base=http://$(awk '/^HTTP / { print $2 }' "$work/tight.err")
  { until_true is_ready 503 '^\[-\]journal .*No space left on device' && mount -o remount,size=200m "$work/tight" &&
    until_true is_ready 200 '^\[+\]journal ok'; } || code=1
  kill -INT "$pid"
  wait "$pid" || true
  umount "$work/tight"
  [[ $code == 0 ]] || { cat "$work/tight.err" "$work/ready"; return 1; }
}
restart_time() { sed -n 's/.*run 3 at \([^,]*\),.*/\1/p' "$work/next/log.ndjson"; }

law "history reads what a run has kept, as table, JSON and CSV" reads_the_history
law "history without --data reads the run that began last, wherever it is kept" reads_the_newest_run
law "history says that there are more rows than it shows" says_that_there_are_more
law "history says that nobody has the name of a charge point or driver" says_that_nobody_has_that_name
law "history refuses what it would ignore" refuses_what_does_not_apply
law "history and a run name what is no journal, or not all of one" names_what_is_no_journal
law "4 when somebody else writes the data directory, who is named and read meanwhile" refuses_a_second_writer
law "a run that was killed is continued: nothing lost, nothing twice, all conserved" goes_on_after_a_kill
law "history and summary agree on what was delivered, to the millijoule" keeps_the_energy_of_open_sessions
law "so they do of the demo, to its end or interrupted" keeps_the_energy_of_the_demo
law "so they do on sessions that central closed without their engines" keeps_the_energy_of_sessions_behind_cut_links
law "a journal keeps so many bytes as it is told to" keeps_what_it_is_told_to
law "a journal keeps records for so long as it is told to" keeps_no_longer_than_it_is_told_to
law "a journal commits as often as it is told to" commits_when_it_is_told_to
law "statistics count the faults of so many days (D-175)" counts_the_faults_of_the_last_days
law_if "no right to mount a small disk" "a journal that breaks is told, and the run goes on" may_mount outlives_a_full_disk
law_if "no right to mount a small disk, or no curl" "readiness says that the disk is full, and that it is over" may_mount_and_ask is_not_ready_while_its_disk_is_full
exit "$failed"
