#!/usr/bin/env bash
# Virtual time as people use it: the same scenario and seed give one digest on any number of workers, and where two runs
# part is found.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"

# Forty recorded sessions at ten stations, in the first two minutes.
{
  echo 'sessionId,kwhTotal,created,ended,stationId'
  for i in {0..39}; do
    printf '%d,0.2,2026-01-05 17:%02d:%02d,2026-01-05 17:%02d:%02d,s%d\n' \
      "$i" $((i / 20)) $((i % 20 * 3)) $((i / 20 + 1)) $((i % 20 * 3)) $((i % 10))
  done
} >"$work/recorded.csv"
{
  printf '[run]\nname = "lively"\nduration = "3m"\nspeed = "max"\nstart = 2026-01-05T17:00:00Z\n'
  printf '[network]\ncharge_points = 400\n[central]\nshards = 16\n'
  printf '[drivers]\ncount = 400\nsessions_per_cp_per_day = 100\nreplay = "recorded.csv"\n'
  for kind in engine_crash engine_silent engine_ko start_refused monitor_loss partition telemetry_error; do
    printf '[[fault]]\nkind = "%s"\nrate = 10\nduration = "5s"\n' "$kind"
  done
  printf '[[fault]]\nkind = "central_restart"\nat = "90s"\nduration = "5s"\n'
} >"$work/lively.toml"

# run_in NAME ARGS...: the lively network into $work/NAME; its digest is the last line of $work/NAME.digest.
run_in() {
  local name=$1
  shift
  "$chargemill" run "$work/lively.toml" --progress off --http off --tcp off --out "$work/$name" "$@" >"$work/$name.said"
  grep '^DIGEST' "$work/$name.said" >"$work/$name.digest"
}
figure() { python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."): value = value[key]
print(value)' "$work/$1/summary.json" "$2"; }

gives_one_digest() {
  local workers
  for workers in 1 8; do run_in "on-$workers" --workers "$workers"; done # with a journal
  for workers in 2 3; do run_in "on-$workers" --workers "$workers" --no-journal; done
  run_in again --workers 8 --no-journal
  cat "$work"/on-*.digest "$work/again.digest" | sort -u >"$work/all"
  [[ $(wc -l <"$work/all") == 1 ]] || { head -v "$work"/*.digest; return 1; }
  same_states on-1 on-8
}
# figures NAME: of the run's summary and series, what the number of workers may not change. Not: what was measured by the wall,
# of the machine, or of the disk.
figures() {
  python3 - "$work/$1" <<'END'
import csv, json, sys
summary = json.load(open(sys.argv[1] + "/summary.json"))
leave_out = {"run": ["workers", "wall_s", "speed_reached"], "messages": ["per_s", "mailbox_depth", "mailbox_depth_max"], "latency_ms": ["tick_lateness"],
             "journal": ["records", "durable_records", "commits", "bytes", "segments", "commit_ms"]}
del summary["resources"]
for part, keys in leave_out.items():
    for key in keys: del summary[part][key]
print(json.dumps(summary, indent=1))
for row in csv.DictReader(open(sys.argv[1] + "/timeseries.csv")):
    print({key: value for key, value in row.items() if key != "wall_s" and not key.startswith("tick_lateness")})
END
}
# rows NAME WHAT: all that its journal has of it, but for the numbers of the rows.
rows() { "$chargemill" history "$2" --data "$work/$1" --limit 1000000 --format csv | cut -d, -f "$3-" | sort; }
shows_the_same() {
  local what name
  for name in on-1 on-8; do
    figures "$name" >"$work/$name.figures"
    (($(grep -c "^{'sim_s'" "$work/$name.figures") > 170)) # a row each second
    for what in faults:2 health:2 sessions:2 tickets:1; do
      rows "$name" "${what%:*}" "${what#*:}" >"$work/$name.${what%:*}"
      (($(wc -l <"$work/$name.${what%:*}") > 2)) || { echo "no ${what%:*}"; return 1; }
    done
  done
  for what in figures faults health sessions tickets; do
    diff "$work/on-1.$what" "$work/on-8.$what" >"$work/diff" || { echo "$what:"; head -n 6 "$work/diff"; return 1; }
  done
  for what in request_decision session_start fault_detection; do
    grep -Eq 'Total count *= *[1-9]' "$work/on-1/latency_$what.hgrm" || { echo "no $what"; return 1; }
    cmp "$work/on-1/latency_$what.hgrm" "$work/on-8/latency_$what.hgrm"
  done
}
is_worth_comparing() {
  local key
  for key in sessions.completed sessions.failed faults.injected faults.recovered faults.restarts; do
    (($(figure on-8 "$key") > 0)) || { echo "no $key"; return 1; }
  done
  sed '/^replay/d' "$work/lively.toml" >"$work/unrecorded.toml"
  "$chargemill" run "$work/unrecorded.toml" --progress off --no-journal --http off --tcp off --out "$work/bare" >"$work/out"
  (($(figure on-8 trips.offered) > $(figure bare trips.offered)))
}
gives_another_digest() {
  run_in other --seed 7 --no-journal
  [[ -s $work/on-1.digest ]] && ! cmp -s "$work/on-1.digest" "$work/other.digest"
}
looks_alike() {
  local entities
  run_in seen-1 --workers 1 --no-journal --digest-every 30s
  run_in seen-8 --workers 8 --no-journal --digest-every 30s
  cmp "$work/on-1.digest" "$work/seen-8.digest"
  cmp "$work/seen-1/digests.csv" "$work/seen-8/digests.csv"
  cmp "$work/seen-1/digests.bin" "$work/seen-8/digests.bin"
  "$chargemill" compare "$work/seen-1" "$work/seen-8" >"$work/out"
  grep -q '^digest    the same' "$work/out"
  # Each look at every entity, eight bytes each: points and monitors, drivers, four a shard, the central.
  entities=$(wc -l <"$work/seen-1/entities.txt")
  ((entities == 400 + 400 + 400 + 4 * 16 + 1)) || { echo "$entities entities"; return 1; }
  (($(stat -c %s "$work/seen-1/digests.bin") == entities * 8 * ($(wc -l <"$work/seen-1/digests.csv") - 1)))
}
# As if the driver of line 900 had gone another way from the third look on.
finds_where_they_part() {
  local entities
  cp -r "$work/seen-8" "$work/parted"
  entities=$(wc -l <"$work/parted/entities.txt")
  printf 'XXXXXXXX' | dd of="$work/parted/digests.bin" bs=8 seek=$((2 * entities + 899)) conv=notrunc status=none
  sed -i '4,$s/,.*/,0123/' "$work/parted/digests.csv"
  sed -i 's/\("digest": "\)[^"]*/\10123/' "$work/parted/summary.json"
  ends_with 99 "$chargemill" compare "$work/seen-1" "$work/parted" >"$work/out"
  grep -q "^parted    at 90.000 s of model time, first $(sed -n 900p "$work/seen-1/entities.txt")$" "$work/out"
  ends_with 99 "$chargemill" compare "$work/seen-1" "$work/parted" --format json >"$work/out"
  grep -q '"sim_ns": 90000000000' "$work/out"
}
needs_somewhere_to_write() {
  ends_with 2 "$chargemill" run "$work/lively.toml" --no-out --digest-every 30s 2>"$work/err"
  grep -q "'run.digest_every' is set, and no run directory to write to" "$work/err"
}

law "one digest on 1, 2, 3 and 8 workers, run after run, with faults, a restart of central and recorded sessions" gives_one_digest
law "what people see is the same on 1 and on 8 workers: figures, time series, latencies and the journal's history" shows_the_same
law "these runs have sessions, replays, faults and restarts in them" is_worth_comparing
law "another seed gives another digest" gives_another_digest
law "--digest-every changes nothing, and sees the same on 1 and on 8 workers" looks_alike
law "compare names the first time and entity that differ" finds_where_they_part
law "digests are not looked for where nothing is written" needs_somewhere_to_write
exit "$failed"
