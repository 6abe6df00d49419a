#!/usr/bin/env bash
# The command as people and scripts meet it: signals, exit codes, streams and files of the real program.
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
{
  scenario 1h | sed 's/= 2000/= 9000\ntimeout = "1h"/'
  printf '[[fault]]\nkind = "central_restart"\nat = "1s"\nduration = "50m"\n'
} >"$work/deaf.toml"
{ scenario 5s; printf '[[thresholds]]\nexpr = "sessions.started > 1000000"\n'; } >"$work/crossed.toml"
{ scenario 5s; printf '[[thresholds]]\nexpr = "no.such.thing < 1"\n[netwrok]\n'; } >"$work/wrong.toml"

interrupt_once() {
  local pid code=0
  rm -f "$work/err"  # of another law, which has what is waited for
  "$chargemill" run "$work/long.toml" --out "$work/once" --progress plain >"$work/out" 2>"$work/err" &
  pid=$!
  until_true grep -q '^sim=' "$work/err"
  kill -INT "$pid"
  wait "$pid" || code=$?
  [[ $code == 130 ]] || { echo "exit $code"; return 1; }
  grep -q 'stopping (Ctrl-C again to abort)' "$work/err"
  grep -q '"partial": true' "$work/once/summary.json"
  grep -q '"stop_reason": "SIGINT"' "$work/once/summary.json"
  [[ $(tail -n 1 "$work/out") == "PARTIAL   stopped by SIGINT" ]]
  for file in manifest.json scenario.resolved.toml summary.txt timeseries.csv latency.hgrm report.html; do
    [[ -s $work/once/$file ]] || { echo "no $file"; return 1; }
  done
}

# waits_for_central NAME ARGS...: a run that has open requests, which nobody will decide; its process is $pid.
waits_for_central() {
  local name=$1
  shift
  rm -f "$work/err"  # of another law, which has what is waited for
  "$chargemill" run "$work/deaf.toml" "$@" --out "$work/$name" --progress plain >/dev/null 2>"$work/err" &
  pid=$!
  until_true grep -q '^sim=[3-9]' "$work/err"
}
# insists PID: one more signal, unless the program has given up.
insists() {
  grep -q aborted "$work/err" && return
  kill -INT "$1" 2>/dev/null
  return 1
}
interrupt_twice() {
  local pid code=0
  waits_for_central twice --stop-timeout 1h
  kill -TERM "$pid"
  until_true grep -q 'stopping on SIGTERM (a second signal aborts)' "$work/err"
  until_true insists "$pid"  # what comes at once with the first is not the second
  wait "$pid" || code=$?
  [[ $code == 130 ]] || { echo "exit $code"; return 1; }
  [[ -s $work/twice/manifest.json && -s $work/twice/scenario.resolved.toml ]] || { ls -la "$work/twice"; return 1; }
}

two_at_once() {
  local pid code=0
  waits_for_central at-once --stop-timeout 2s
  # It gets both when it goes on, whatever keeps this shell from a processor in between.
  kill -STOP "$pid"
  kill -TERM "$pid"
  kill -INT "$pid"
  kill -CONT "$pid"
  wait "$pid" || code=$?
  [[ $code == 130 || $code == 143 ]] || { echo "exit $code"; return 1; }
  grep -q '"partial": true' "$work/at-once/summary.json"
  grep -q '"open": [1-9]' "$work/at-once/summary.json"
  [[ -s $work/at-once/report.html ]]
}

names_the_mistake() {
  ends_with 3 "$chargemill" validate "$work/wrong.toml" 2>"$work/err"
  grep -q "wrong.toml:12:" "$work/err"
  grep -q "did you mean 'network'" "$work/err"
  grep -q "unknown threshold" "$work/err"
  grep -q "wrong.toml: 2 mistakes found$" "$work/err"
}

names_the_file_that_was_meant() {
  local command
  for command in run 'config show' validate; do
    # shellcheck disable=SC2086 # two words
    ends_with 3 "$chargemill" $command demo 2>"$work/err"
    grep -q '= help: a scenario is a file: .*config/scenarios/demo.toml; run without one is the demo$' "$work/err"
  done
  CHARGEMILL_RUN_SPEED=3 "$chargemill" config show 2>"$work/err" | grep -q '^# no scenario is named: the defaults, not the demo'
  [[ ! -s $work/err ]]
}
is_no_text() {
  printf '\177ELF\002\001\001\000\000[run]\n\001 = 2\n' >"$work/binary.toml"
  ends_with 3 "$chargemill" validate "$work/binary.toml" 2>"$work/err"
  grep -q 'this is no text' "$work/err"
  grep -q 'binary.toml: 1 mistake found$' "$work/err"
  [[ $(tail -c 1 "$work/err" | od -An -c | tr -d ' ') == '\n' ]]
  : >"$work/empty.toml"
  "$chargemill" validate "$work/empty.toml" >"$work/out" 2>"$work/err"
  grep -q 'there are no charge points' "$work/err"
  printf '[network]\nexternal = 500\n[drivers]\nexternal = 400\n' >"$work/outside.toml"
  "$chargemill" validate "$work/outside.toml" | grep -q '^outside    places for 500 charge points and 400 drivers'
}

repeats() {
  "$chargemill" run "$work/short.toml" --speed max --repeat 2 --quiet --out "$work/rep" >"$work/out"
  [[ ! -s $work/out && -s $work/rep/r1/summary.json && -s $work/rep/r2/summary.json ]]
  "$chargemill" compare "$work/rep" "$work/rep" >/dev/null
  ends_with 99 "$chargemill" run "$work/crossed.toml" --speed max --repeat 2 --quiet --no-out 2>"$work/err"
  grep -q '^chargemill: run 1 of 2: FAIL: 1 of 1 threshold crossed' "$work/err"
  grep -q '^chargemill: run 2 of 2: FAIL: ' "$work/err"
}

small=("$chargemill" run "$work/short.toml" --speed max --progress off)
run() { "${small[@]}" "$@"; }

refuses_to_overwrite() {
  mkdir -p "$work/mine"
  echo precious >"$work/mine/report.html"
  ends_with 4 run --out "$work/mine"
  [[ $(cat "$work/mine/report.html") == precious ]]
}

ends_on_time() {  # virtual time ends where it was told to
  run --out "$work/exact" --duration 250ms >/dev/null
  grep -q '"sim_s": 0.25' "$work/exact/summary.json"
}

hangs_up() {
  local pid code=0
  rm -f "$work/err"  # of another law, which has what is waited for
  "$chargemill" run "$work/long.toml" --out "$work/hup" --progress off >/dev/null 2>"$work/err" &
  pid=$!
  until_true test -s "$work/hup/log.ndjson"
  mv "$work/hup/log.ndjson" "$work/hup/log.1"
  kill -HUP "$pid"
  until_true test -e "$work/hup/log.ndjson"
  kill -USR1 "$pid"
  until_true grep -q '^sim=' "$work/err"
  kill -INT "$pid"
  wait "$pid" || code=$?
  [[ $code == 130 ]] || { echo "exit $code"; return 1; }
  grep -q '"event":"verdict"' "$work/hup/log.ndjson"
}

stops_the_row() {
  local pid code=0
  rm -f "$work/err"  # of another law, which has what is waited for
  "$chargemill" run "$work/long.toml" --repeat 3 --set run.lateness_limit=1ns --out "$work/row" \
    --progress plain >/dev/null 2>"$work/err" &
  pid=$!
  until_true grep -q '^sim=.*lateness_p99_ms=[0-9.]*[1-9]' "$work/err"  # something was late
  kill -INT "$pid"
  wait "$pid" || code=$?
  [[ $code == 98 && ! -e $work/row/r2 ]] || { echo "exit $code"; return 1; }
  grep -q 'run 1 of 3' "$work/err"
}

# says PATTERN COMMAND...: on stdout. Into a file: a reader that leaves early would end the writer.
says() {
  local pattern=$1
  shift
  "$@" >"$work/said"
  grep -Eq -- "$pattern" "$work/said" || { echo "no $pattern: $*"; return 1; }
}
says_not() { if says "$@" >/dev/null; then echo "says $1: ${*:2}"; return 1; fi; }

paints() {
  local escape=$'\e'
  says "$escape\\[32mOK" run --no-out --color always
  says "$escape" env FORCE_COLOR=1 "${small[@]}" --no-out
  says_not "$escape" run --no-out
  says_not "$escape" env NO_COLOR=1 FORCE_COLOR=1 "${small[@]}" --no-out
  says_not "$escape" env CHARGEMILL_OUTPUT_COLOR=never FORCE_COLOR=1 "${small[@]}" --no-out
}

other_commands() {
  local library
  says '^libraries +Boost 1\.' "$chargemill" version
  for library in 'CAF 0' 'LMDB 0' 'OpenSSL 3' 'simdjson [0-9]' 'ZeroMQ 4' 'zlib 1'; do
    says "^libraries .*, $library\." "$chargemill" version
  done
  says '"allocator": "mimalloc"' "$chargemill" version --json
  says '^chargemill ' "$chargemill" --version
  says 'cores: ' "$chargemill" doctor
  says 'journal: [0-9]+ MiB free' "$chargemill" doctor
  says 'journal: a durable write takes [0-9.]+ ms' "$chargemill" doctor
  says 'CPU limit of the control group: ' "$chargemill" doctor
  says 'huge pages: ' "$chargemill" doctor
  says '^network +10000 charge points' "$chargemill" validate config/scenarios/demo.toml
  says '^  find-max ' "$chargemill" help
  says '^  --charge-points ' "$chargemill" help run
  says '^  --origin ' "$chargemill" help config show
  says '^memory +about [0-9]+ MiB, without the journal$' "$chargemill" validate config/scenarios/demo.toml
  says '"drivers"' "$chargemill" config schema
  says '^run.duration .*short.toml:3$' "$chargemill" config show --origin "$work/short.toml" --seed 3 --repeat 2
  grep -Eq '^run.seed +3 +--seed$' "$work/said"
  grep -Eq '^run.repeat +2 +--repeat$' "$work/said"
  says '^# no scenario is named: the defaults, not the demo' "$chargemill" config show
  says '^thresholds\[0\].expr  *"sessions.started > 1000000"  *.*crossed.toml:11$' \
    "$chargemill" config show --origin "$work/crossed.toml"
  "$chargemill" config show "$work/crossed.toml" >"$work/shown.toml"
  ends_with 0 "$chargemill" validate "$work/shown.toml" >/dev/null
  run --out "$work/shown" >/dev/null
  says '"trips"' "$chargemill" report "$work/shown" --format json
  says '<!DOCTYPE html>' "$chargemill" report "$work/shown" --format html
  ends_with 4 "$chargemill" report "$work/nowhere"
}

# Whoever reads a little of what any command prints gets that, and the command is content.
leaves_readers_alone() {
  local words
  run --out "$work/read" >/dev/null
  for words in "config schema" "config show" "help run" "report $work/read --format html" \
    "history health --data $work/read --limit 100000" "generate sessions --count 100000"; do
    # Without what begin.sh sets: of nothing but defaults nobody expects anything, and nobody is warned.
    env -u CHARGEMILL_RUN_LATENESS_LIMIT bash -c "set -o pipefail; $chargemill $words | head -c 5" >"$work/said" 2>"$work/err" || { echo "$words: $?"; return 1; }
    [[ ! -s $work/err && $(wc -c <"$work/said") == 5 ]] || { echo "$words:"; cat "$work/err"; return 1; }
  done
}

# What was asked for is shown, also without progress; what was not, is not.
shows_consoles() {
  local seed=config/scenarios/seed-classroom.toml
  "$chargemill" run "$seed" --speed max --no-out --progress off --set output.console=on >/dev/null 2>"$work/err"
  grep -q '| ACCEPTED |' "$work/err"
  "$chargemill" run "$seed" --speed max --no-out --progress off >/dev/null 2>"$work/err"
  grep '| ACCEPTED |' "$work/err" && return 1
  ends_with 3 "$chargemill" run "$seed" --quiet --set output.console=on 2>/dev/null
}

finds_what_fits() {
  ends_with 0 bash -c "ulimit -v 400000; $chargemill find-max $work/short.toml --speed max --duration 500ms --precision 1 \
    --workers 1 --set drivers.sessions_per_cp_per_day=1 --from 400000" >"$work/out" 2>"$work/err"
  grep -q '400000 charge points  fails   does not fit: not enough memory' "$work/err"
  grep -q '^charge points' "$work/out"
}

# As shipped, and all of it: a stage that is out of place shows in the figures.
weathers_the_storm() {
  ends_with 0 "$chargemill" run config/scenarios/storm.toml --speed max --progress off --out "$work/storm" >"$work/out"
  grep -q 'all 4 thresholds hold' "$work/out"
  # disconnected charge points: none, half of them, none again
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["disconnected"] > most && NR > 20 { most = $at["disconnected"] }
    END { exit !(most > 2000 && most < 3000 && $at["disconnected"] == 0) }' "$work/storm/timeseries.csv"
}
stays_at_the_soak() {
  ends_with 0 "$chargemill" run config/scenarios/soak.toml --speed max --progress off --no-journal --no-out >"$work/out"
  grep -q 'all 5 thresholds hold' "$work/out"
}

# What the README's first page promises of it.
has_all_the_demo_shows() {
  ends_with 0 "$chargemill" run config/scenarios/demo.toml --speed max --progress off --no-journal --no-out >"$work/out"
  grep -q 'all 6 thresholds hold' "$work/out"
  grep -Eq '^FAULTS .* raised [1-9][0-9]{2} .* recovered [1-9][0-9]{2} ' "$work/out"
  grep -Eq '^BREAKERS +opened [1-9][0-9] +half-opened [1-9][0-9]* +closed [1-9]' "$work/out"
}
# All sessions that begin within a day of the sample's first.
drives_the_recording_again() {
  local sessions
  sessions=$(awk -F, 'NR > 1 && $3 < "2026-01-06 02:30:51"' config/scenarios/sessions-sample.csv | wc -l)
  ends_with 0 "$chargemill" run config/scenarios/replay.toml --speed max --progress off --no-journal --no-out >"$work/out"
  grep -q 'the threshold holds' "$work/out"
  grep -Eq "^TRIPS +offered $sessions +done $sessions +shed 0$" "$work/out"
  grep -Eq "^REQUESTS +sent $sessions +accepted $sessions +denied 0 " "$work/out"
}

# Installed under a prefix that nobody knew when it was built: the demo is the one that came with it. A few seconds of it
# show little of what its thresholds ask for.
stands_where_it_is_put() {
  local at=$work/put
  cmake --install build/release --prefix "$at" >/dev/null
  (cd "$at" && ends_with 99 bin/chargemill run --duration 10s --speed max --progress off --no-journal --out run >/dev/null)
  grep -q '"share/chargemill/config/scenarios/demo.toml"' "$at/run/manifest.json"
  ends_with 0 "$at/bin/chargemill" validate "$at/share/chargemill/config/scenarios/replay.toml" >/dev/null
  cmp LICENSE "$at/share/doc/chargemill/LICENSE"
  [[ -s $at/share/man/man1/chargemill.1 && -s $at/share/bash-completion/completions/chargemill ]]
}

says_what_was_meant() {
  ends_with 2 "$chargemill" runn 2>"$work/err"
  grep -q "did you mean 'run'" "$work/err"
  ends_with 2 "$chargemill" foo 2>"$work/err"
  grep -q "unknown command 'foo'; chargemill --help lists all" "$work/err"
  ends_with 2 "$chargemill" help foo 2>/dev/null
  ends_with 2 "$chargemill" config schmea 2>"$work/err"
  grep -q "unknown command 'schmea'; did you mean 'schema'" "$work/err"
  ends_with 2 "$chargemill" generate alrets 2>"$work/err"
  grep -q "did you mean 'alerts'" "$work/err"
  ends_with 2 "$chargemill" run --sed 3 2>"$work/err"
  grep -q "did you mean '--seed'" "$work/err"
  ends_with 2 "$chargemill" run --color blue 2>"$work/err"
  ends_with 2 "$chargemill" run a.toml b.toml 2>"$work/err"
  grep -q "'b.toml' is too much: chargemill run \[OPTIONS\] \[SCENARIO.toml\]" "$work/err"
  ends_with 2 "$chargemill" run --seed 1 --seed 2 2>"$work/err"
  grep -q -- '--seed is given more than once' "$work/err"
  ends_with 2 "$chargemill" config 2>"$work/err"
  grep -q 'a command is missing, one of show, schema' "$work/err"
  ends_with 2 "$chargemill" find-max "$work/short.toml" --max -1 2>"$work/err"
  [[ $(wc -c <"$work/err") -lt 200 ]]
  ends_with 2 "$chargemill" run "$work/short.toml" --duration 5us 2>"$work/err"
  grep -q "'run.duration' must be at least 1ms" "$work/err"
}

law "one SIGINT drains and leaves a complete summary, marked partial" interrupt_once
law "a second signal aborts at once, and what was run can still be read" interrupt_twice
law "console lines that are asked for are shown, with progress or without" shows_consoles
law "a reader may leave early, whatever it reads" leaves_readers_alone
law "two signals at once, as timeout(1) sends them, are one request" two_at_once
law "a signal ends a row of repeats, whatever became of its run" stops_the_row
law "SIGHUP opens the log anew, SIGUSR1 shows the status, and the run goes on" hangs_up
law "colours follow the stream, NO_COLOR and the flag" paints
law "version, doctor, validate, config and report say what they should" other_commands
law "what is to come and what was mistyped is said" says_what_was_meant
law "0 when all is well" ends_with 0 run --no-out
law "2 for a command line that is none" ends_with 2 "$chargemill" run --sed 3
law "2 for a command that is none" ends_with 2 "$chargemill" runn
law "2 for a wrong value of a flag" ends_with 2 "$chargemill" run --speed fast
law "3 for the same in a variable" env CHARGEMILL_RUN_SPEED=fast bash -c "$chargemill run; [[ \$? == 3 ]]"
law "3 for a wrong scenario: every mistake in one pass, with line and the right key" names_the_mistake
law "a scenario that is named without its file is told which one was meant" names_the_file_that_was_meant
law "validate reads what is no text, what is empty, and tells of places for others" is_no_text
law "4 when the address space is too small" \
  ends_with 4 bash -c "ulimit -v 400000; $chargemill run config/scenarios/million.toml --no-out"
law "the shipped storm cuts off half a network, takes it back and meets a spike" weathers_the_storm
law "the shipped soak stays up for eight hours of model time" stays_at_the_soak
law "the demo shows faults, breakers and recoveries in its hour, and its thresholds hold" has_all_the_demo_shows
law "the shipped recording is driven again, all of it" drives_the_recording_again
law "what is installed needs neither the sources nor the prefix it was built for" stands_where_it_is_put
law "find-max tries no load that does not fit in memory" finds_what_fits
law "4 when the summary cannot be written" bash -c "! $chargemill run $work/short.toml --speed max --no-out >/dev/full"
law "99 when a threshold is crossed" \
  ends_with 99 "$chargemill" run "$work/crossed.toml" --speed max --no-out --progress off
law "98 when the run was later than it may be" \
  ends_with 98 "$chargemill" run "$work/short.toml" --duration 1s --set run.lateness_limit=1ns --no-out
law "a reader that has seen enough is no error" \
  bash -c "set -o pipefail; $chargemill run $work/short.toml --speed max --no-out --progress off | head -n 1"
law "--repeat keeps its runs together; --quiet says nothing, but which of them failed" repeats
law "no file of somebody else's is overwritten" refuses_to_overwrite
law "virtual time ends at the duration, not after it" ends_on_time
exit "$failed"
