#!/usr/bin/env bash
# Runs two workloads on chargemill and its peers, in turn, several times over, so that a slow minute of the
# machine hits all of them. README.md says what the workloads are; report.awk turns the runs into figures.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  cat <<'TEXT'
run.sh [OPTIONS]; ./dev bench peers installs and builds what it needs, then calls it.
  --json FILE          figures as JSON; the table goes to FILE with .md for .json as well
  --quick              one short repetition, small sizes: shows that all work, not how fast
  --workloads LIST     of round_trip, cp_1hz                      both
  --entities LIST      sizes of the round trip                    1000 100000 1000000
  --points LIST        sizes of CP-1Hz                            100000
  --centrals LIST      of CP-1Hz: 1 is C1, 2 is CS                1
  --warm-up SECONDS    of CP-1Hz, not measured                    2
  --seconds SECONDS    of CP-1Hz, measured                        10
  --repetitions N                                                 5
TEXT
}

readonly out=build/peers programs=build/release/bench round_trip_centrals=4 round_trip_limit=60
readonly runs=$out/runs.jsonl errors=$out/errors.log
workloads="round_trip cp_1hz" sizes="1000 100000 1000000" points=100000 variants=1
warm_up=2 seconds=10 repetitions=5 round_trip_seconds=2 json=
declare -A given_up=() # cases that did not finish in time; they are not tried again

parse_options() {
  while (($#)); do
    case $1 in
      --quick) # the engine's own benchmark has no case of 10,000
        sizes="1000 100000" points="1000 10000"
        warm_up=1 seconds=3 repetitions=1 round_trip_seconds=1
        ;;
      --json) json=${2:?--json wants a file}; shift ;;
      --workloads) workloads=${2:?}; shift ;;
      --entities) sizes=${2:?}; shift ;;
      --points) points=${2:?}; shift ;;
      --centrals) variants=${2:?}; shift ;;
      --warm-up) warm_up=${2:?}; shift ;;
      --seconds) seconds=${2:?}; shift ;;
      --repetitions) repetitions=${2:?}; shift ;;
      --help) usage; exit 0 ;;
      *) echo "run.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
  done
}

build_programs() {
  local program
  mkdir -p "$out"
  for program in round_trip cp_1hz; do
    GOCACHE=$PWD/$out/go-cache GO111MODULE=off go build -o "$out/go_$program" "bench/peers/go/$program.go"
    erlc -o "$out" "bench/peers/erlang/$program.erl"
  done
}

# attempt PEER COMMAND...: one run of the present case, on two cores; appends a line to $runs. The command
# prints its figures as one flat object.
attempt() {
  local peer=$1 key="$workload $1 $entities $centrals" figures outcome=ok status=0
  shift
  if [[ -n ${given_up[$key]:-} ]]; then return; fi
  figures=$(ERL_CRASH_DUMP_SECONDS=0 timeout -k 5 "$limit" taskset -c 0,1 "$@" 2>>"$errors") || status=$?
  if ((status == 124 || status == 137)); then
    outcome="did not finish in $limit s"
    given_up[$key]=1
  elif ((status != 0)); then
    outcome="failed with status $status"
  elif [[ $figures == *'"checksum": "failed"'* ]]; then
    outcome="void: checksum"
  fi
  if [[ $outcome != ok ]]; then figures='{"per_second": 0}'; fi
  printf '  %-16s %s\n' "$peer" "$(sed 's/, .*//; s/.*: //; s/}//' <<<"$figures")" >&2
  if [[ $outcome != ok ]]; then echo "  $outcome" >&2; fi
  printf '{"workload": "%s", "peer": "%s", "entities": %d, "centrals": %d, "outcome": "%s", %s\n' \
    "$workload" "$peer" "$entities" "$centrals" "$outcome" "${figures#\{}" >>"$runs"
}

# engine_round_trip CASE: the engine's own benchmark has the same shape; this gives its figures as a peer would.
engine_round_trip() {
  "$programs/chargemill_bench" --benchmark_format=json \
    --benchmark_filter="^engine/$1/$entities/$centrals(/|\$)" |
    awk '
      /"(items_per_second|rounds|energy_mj)":/ { gsub(/[",:]/, ""); figure[$1] = $2 }
      /"error_message": "checksum/ { print "{\"checksum\": \"failed\"}"; void = 1; exit }
      END {
        if (void) exit 0
        if (figure["items_per_second"] == 0) exit 1
        printf "{\"per_second\": %.0f, \"rounds\": %.0f, \"energy_mj\": %.0f, \"checksum\": \"ok\"}\n",
          figure["items_per_second"], figure["rounds"], figure["energy_mj"]
      }'
}
export -f engine_round_trip
export programs

round_trip() {
  local policy workers
  centrals=$round_trip_centrals limit=$round_trip_limit
  for entities in $sizes; do
    echo "  round trips a second, $entities entities" >&2
    export entities centrals
    attempt chargemill bash -o pipefail -c 'engine_round_trip round_trip'
    attempt chargemill-spread bash -o pipefail -c 'engine_round_trip round_trip_spread'
    attempt go "$out/go_round_trip" --entities "$entities" --centrals "$centrals" --seconds "$round_trip_seconds"
    attempt erlang erl +P 2097152 -noshell -noinput -pa "$out" \
      -run round_trip main "$entities" "$centrals" "$round_trip_seconds"
    for policy in stealing sharing; do
      for workers in 1 2; do
        attempt "caf-$policy-$workers" "$programs/peer_caf_round_trip" --entities="$entities" \
          --centrals="$centrals" --seconds="$round_trip_seconds" \
          --scheduler.policy="$policy" --scheduler.max-threads="$workers"
      done
    done
  done
}

cp_1hz() {
  local policy options
  limit=$((warm_up + seconds + 60))
  for entities in $points; do
    for centrals in $variants; do
      echo "  statuses a second, $entities charge points, centrals: $centrals" >&2
      options=(--entities "$entities" --centrals "$centrals" --warm-up "$warm_up" --seconds "$seconds")
      attempt chargemill "$programs/peer_chargemill_cp_1hz" "${options[@]}"
      attempt go "$out/go_cp_1hz" "${options[@]}"
      attempt erlang erl +P 2097152 +sbwt none -noshell -noinput -pa "$out" \
        -run cp_1hz main "$entities" "$centrals" "$warm_up" "$seconds"
      for policy in stealing sharing; do
        attempt "caf-$policy-2" "$programs/peer_caf_cp_1hz" --entities="$entities" \
          --centrals="$centrals" --warm-up="$warm_up" --seconds="$seconds" \
          --scheduler.policy="$policy" --scheduler.max-threads=2
      done
    done
  done
}

machine() {
  printf '%s, %d cores, %d GiB, Linux %s' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
    "$(nproc)" "$(awk '/^MemTotal/ { print int($2 / 1048576 + 0.5) }' /proc/meminfo)" "$(uname -r)"
}

# What the host has taken from this machine since its start, and all of its time, in ticks of the kernel.
ticks() { awk '$1 == "cpu" { print $9, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat; }

# Percent of the time since $ticks.
stolen() { awk -v before="$ticks" -v now="$(ticks)" 'BEGIN {
  split(before, b, " "); split(now, n, " ")
  printf "%.2f", (n[2] > b[2] ? 100 * (n[1] - b[1]) / (n[2] - b[2]) : 0) }'; }

# One line "NAME VERSION" each.
versions() {
  echo "gcc $(g++ -dumpfullversion)"
  go version | awk '{ print "go", substr($3, 3) }'
  # shellcheck disable=SC2016 # dpkg-query expands these
  dpkg-query -W -f '${Package} ${Version}\n' erlang-base libcaf-dev libmimalloc-dev |
    sed 's/^erlang-base/erlang/; s/^libcaf-dev/caf/; s/^libmimalloc-dev/mimalloc/'
}

report() {
  local table=/dev/null
  if [[ -n $json ]]; then table=${json%.json}.md; fi
  awk -v machine="$(machine)" -v versions="$(versions | paste -sd';')" -v commit="$commit" \
    -v stolen="$(stolen)" -v date="$date" -v warm_up="$warm_up" -v seconds="$seconds" -v repetitions="$repetitions" \
    -v json="${json:-/dev/null}" -f bench/peers/report.awk "$runs" | tee "$table"
}

parse_options "$@"
# Of the beginning: somebody may commit while this runs.
commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
build_programs
ticks=$(ticks)
: >"$runs"
: >"$errors"
for ((repetition = 1; repetition <= repetitions; repetition++)); do
  echo "repetition $repetition of $repetitions" >&2
  for workload in $workloads; do "$workload"; done
done
report
# Who takes too long is a result; who counts wrong or breaks is not.
if grep -E '"outcome": "(void|failed)' "$runs" >&2; then
  echo "run.sh: a run failed its own check or broke" >&2
  exit 1
fi
