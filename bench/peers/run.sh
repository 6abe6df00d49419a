#!/usr/bin/env bash
# Runs two workloads on chargemill and its peers, in turn, several times over, so that a slow minute of the
# machine hits all of them. README.md says what the workloads are; report.awk turns the runs into figures.
# shellcheck disable=SC2317 # workloads are called by their names
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  cat <<'TEXT'
run.sh [OPTIONS]; ./dev bench peers [OPTIONS] installs and builds what it needs, then calls it.
  --json FILE          figures as JSON; the table goes to FILE with .md for .json as well
  --quick              one short repetition, small sizes: shows that all work, not how fast
  --workloads LIST     of round_trip, cp_1hz                      both
  --entities LIST      sizes of the round trip                    1000 100000 1000000
  --points LIST        sizes of CP-1Hz                            1000 100000 1000000
  --centrals LIST      of CP-1Hz: 1 is C1, 2 and 8 are CS         1
  --warm-up SECONDS    of CP-1Hz, not measured                    2
  --seconds SECONDS    of CP-1Hz, measured                        10
  --overtime SECONDS   of CP-1Hz: how much longer it may take     30
  --repetitions N      alternating runs of each                   5
A LIST is one argument: --entities "1000 100000".
TEXT
}

readonly out=build/peers programs=build/release/bench round_trip_centrals=4 round_trip_limit=60
readonly runs=$out/runs.jsonl errors=$out/errors.log
workloads="round_trip cp_1hz" sizes="1000 100000 1000000" points="1000 100000 1000000" variants=1
warm_up=2 seconds=10 overtime=30 repetitions=5 round_trip_seconds=2 json=
declare -A given_up=()      # cases that did not finish in time; they are not tried again
declare -A with_mimalloc=() # by entities: what stock CAF runs with another allocator

die() { echo "run.sh: $*" >&2; exit 2; }
# check_numbers OPTION LEAST LIST
check_numbers() {
  local number
  [[ $3 =~ ^(0|[1-9][0-9]*)(\ +(0|[1-9][0-9]*))*$ ]] || die "$1 wants whole numbers, not '$3'"
  for number in $3; do
    ((number >= $2)) || die "$1 wants at least $2, not $number"
  done
}
check_number() {
  [[ $3 != *' '* ]] || die "$1 wants one number, not '$3'"
  check_numbers "$@"
}
check_workloads() {
  local name
  [[ -n ${1// /} ]] || die "--workloads wants round_trip, cp_1hz or both"
  for name in $1; do
    [[ $name == round_trip || $name == cp_1hz ]] || die "no workload '$name'; there are round_trip and cp_1hz"
  done
}

parse_options() {
  local value
  while (($#)); do
    value=${2-}
    case $1 in
      --quick)
        sizes="1000 10000" points="1000 10000"
        warm_up=1 seconds=3 repetitions=1 round_trip_seconds=1
        shift
        continue
        ;;
      --help) usage; exit 0 ;;
      --json) [[ -n $value ]] || die "--json wants a file"; json=$value ;;
      --workloads) check_workloads "$value"; workloads=$value ;;
      --entities) check_numbers "$1" "$round_trip_centrals" "$value"; sizes=$value ;;
      --points) check_numbers "$1" 1 "$value"; points=$value ;;
      --centrals) check_numbers "$1" 1 "$value"; variants=$value ;;
      --warm-up) check_number "$1" 0 "$value"; warm_up=$value ;;
      --seconds) check_number "$1" 1 "$value"; seconds=$value ;;
      --overtime) check_number "$1" 1 "$value"; overtime=$value ;;
      --repetitions) check_number "$1" 1 "$value"; repetitions=$value ;;
      *) echo "run.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    shift 2
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
  printf '  %-24s %s\n' "$peer" "$(sed 's/, .*//; s/.*: //; s/}//' <<<"$figures")" >&2
  if [[ $outcome != ok ]]; then echo "  $outcome" >&2; fi
  printf '{"workload": "%s", "peer": "%s", "entities": %d, "centrals": %d, "outcome": "%s", %s\n' \
    "$workload" "$peer" "$entities" "$centrals" "$outcome" "${figures#\{}" >>"$runs"
}

# What stock CAF has done best with in round trips of this size so far: stealing-1, ... Nothing: it has done none.
fastest_caf() {
  local case='"workload": "round_trip", "peer": "caf-\([a-z]*-[0-9]\)", "entities": '"$entities"
  sed -n "s/^{$case,"' .*"outcome": "ok", "per_second": \([0-9]*\).*/\2 \1/p' "$runs" |
    awk '$1 > most { most = $1; best = $2 } END { print best }'
}

# Debian's mimalloc as a shared library.
mimalloc_library() {
  dpkg-query -S '*/libmimalloc.so.*' 2>/dev/null | awk '{ path = $2 } END { print path }'
}

round_trip() {
  local policy workers options caf_round_trip
  centrals=$round_trip_centrals
  for entities in $sizes; do
    echo "  round trips a second, $entities entities" >&2
    # Three rounds and one to warm up of the slowest take 50 s at a million.
    limit=$((round_trip_limit + 30 * (entities / 1000000)))
    options=(--entities "$entities" --centrals "$centrals" --seconds "$round_trip_seconds")
    caf_round_trip=("$programs/peer_caf_round_trip" --entities="$entities" --centrals="$centrals"
      --seconds="$round_trip_seconds")
    attempt chargemill "$programs/peer_chargemill_round_trip" "${options[@]}"
    attempt chargemill-spread "$programs/peer_chargemill_round_trip" "${options[@]}" --homes spread
    attempt go "$out/go_round_trip" "${options[@]}"
    attempt erlang erl +P 2097152 -noshell -noinput -pa "$out" \
      -run round_trip main "$entities" "$centrals" "$round_trip_seconds"
    for policy in stealing sharing; do
      for workers in 1 2; do
        attempt "caf-$policy-$workers" "${caf_round_trip[@]}" \
          --scheduler.policy="$policy" --scheduler.max-threads="$workers"
      done
    done
    # What was best in the first repetition, so that all runs of this row are of one kind.
    if [[ -z ${with_mimalloc[$entities]:-} ]]; then with_mimalloc[$entities]=$(fastest_caf); fi
    policy=${with_mimalloc[$entities]}
    if [[ -n $policy ]]; then
      attempt "caf-mimalloc-$policy" env LD_PRELOAD="$mimalloc" MIMALLOC_LARGE_OS_PAGES=1 "${caf_round_trip[@]}" \
        --scheduler.policy="${policy%-*}" --scheduler.max-threads="${policy#*-}"
    fi
  done
}

cp_1hz() {
  local policy options
  limit=$((warm_up + seconds + overtime))
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
  changes=$changes awk -v machine="$(machine)" -v versions="$(versions | paste -sd';')" -v commit="$commit" \
    -v stolen="$(stolen)" -v date="$date" -v warm_up="$warm_up" -v seconds="$seconds" -v repetitions="$repetitions" \
    -v json="${json:-/dev/null}" -f bench/peers/report.awk "$runs" | tee "$table"
}

parse_options "$@"
mimalloc=$(mimalloc_library || true)
[[ -n $mimalloc ]] || die "no libmimalloc.so; please install libmimalloc-dev"
# Of the beginning: somebody may commit while this runs.
commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
changes=$(git diff --stat=100 HEAD 2>/dev/null || true)
date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
build_programs
ticks=$(ticks)
: >"$runs"
: >"$errors"
for ((repetition = 1; repetition <= repetitions; repetition++)); do
  echo "repetition $repetition of $repetitions" >&2
  for workload in $workloads; do "$workload"; done
done
status=0
report || status=$?
# Who takes too long is a result; who counts wrong or breaks is not.
if grep -E '"outcome": "(void|failed)' "$runs" >&2; then
  echo "run.sh: a run failed its own check or broke" >&2
  exit 1
fi
if ((status == 3)); then echo "run.sh: a bar is missed" >&2; fi
exit "$status"
