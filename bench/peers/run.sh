#!/usr/bin/env bash
# Runs the round-trip workload on chargemill and its peers, in turn, several times over, so that a slow
# minute of the machine hits all of them; writes JSON and prints a table with medians and ratios.
# run.sh [--quick] [--json FILE]; called by ./dev bench peers, which builds and installs what it needs.
set -euo pipefail
cd "$(dirname "$0")/../.."

entities=100000 centrals=4 repetitions=5 seconds=3 json=/dev/null
while (($#)); do
  case $1 in
    --quick) repetitions=1 seconds=1 ;;
    --json) json=$2; shift ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

out=build/peers
results=$out/results.txt
mkdir -p "$out"
: >"$results"
GOCACHE=$PWD/$out/go-cache GO111MODULE=off go build -o "$out/go_round_trip" bench/peers/go/round_trip.go
erlc -o "$out" bench/peers/erlang/round_trip.erl

# record NAME COMMAND...: appends "NAME RATE"; a peer that does not finish in time counts as missing.
record() {
  local name=$1 rate
  shift
  rate=$(timeout 180 "$@" 2>>"$out/errors.log" | sed -n 's/.*"per_second": \([0-9.]*\).*/\1/p') || rate=
  printf '%-16s %s\n' "$name" "${rate:-did not finish}" >&2
  if [[ -n $rate ]]; then echo "$name $rate" >>"$results"; fi
}

# The engine's own benchmark has the same shape; this turns its report into a peer's line.
chargemill() {
  build/release/bench/chargemill_bench --benchmark_format=json \
    --benchmark_filter="^engine/round_trip/$entities/$centrals(/|\$)" |
    sed -n 's/.*"items_per_second": \([0-9.e+]*\).*/\1/p' | head -n 1 |
    awk '{ printf "{\"per_second\": %.0f}\n", $1 }'
}
export -f chargemill
export entities centrals

for ((i = 1; i <= repetitions; i++)); do
  echo "repetition $i of $repetitions (round trips per second)" >&2
  record chargemill bash -c chargemill
  record go "$out/go_round_trip" --entities "$entities" --centrals "$centrals" --seconds "$seconds"
  record erlang erl +P 2097152 -noshell -noinput -pa "$out" \
    -run round_trip main "$entities" "$centrals" "$seconds"
  for policy in stealing sharing; do
    for workers in 1 2; do
      record "caf-$policy-$workers" build/release/bench/peer_caf --entities="$entities" \
        --centrals="$centrals" --seconds="$seconds" \
        --scheduler.policy="$policy" --scheduler.max-threads="$workers"
    done
  done
done

machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
# One line a peer: its median, its name and all its figures; "caf" is the best of its configurations.
sort -k1,1 -k2,2g "$results" | awk '
  { n[$1]++; value[$1, n[$1]] = $2 }
  END {
    for (peer in n) {
      m = n[peer]; list = ""
      median = m % 2 ? value[peer, (m + 1) / 2] : (value[peer, m / 2] + value[peer, m / 2 + 1]) / 2
      for (i = 1; i <= m; i++) list = list (i > 1 ? ", " : "") sprintf("%.0f", value[peer, i])
      printf "%.0f;%s;%s;%s\n", median, peer, "default", list
      if (peer ~ /^caf-/ && median > best) { best = median; name = peer; figures = list }
    }
    if (name != "") printf "%.0f;%s;%s;%s\n", best, "caf", substr(name, 5), figures
  }' | sort -t';' -k1,1nr >"$out/medians.txt"

awk -F';' -v machine="$machine, $(nproc) cores" -v commit="$commit" -v entities="$entities" \
  -v centrals="$centrals" -v date="$(date -u +%Y-%m-%dT%H:%M:%SZ)" '
  { line[NR] = $0; if ($2 == "chargemill") ours = $1 }
  END {
    printf "{\"machine\": \"%s\", \"commit\": \"%s\", \"date\": \"%s\", \"runs\": [", machine, commit, date
    for (i = 1; i <= NR; i++) {
      split(line[i], part, ";")
      printf "%s\n  {\"peer\": \"%s\", \"configuration\": \"%s\", \"workload\": \"round_trip\", ",
        (i > 1 ? "," : ""), part[2], part[3]
      printf "\"entities\": %d, \"centrals\": %d, \"per_second\": [%s], \"median\": %s, \"ratio\": %.2f}",
        entities, centrals, part[4], part[1], ours / part[1]
    }
    print "\n]}"
  }' "$out/medians.txt" >"$json"

awk -F';' -v machine="$machine" '
  { line[NR] = $0; if ($2 == "chargemill") ours = $1 }
  END {
    printf "\n%-18s %16s %18s   %s\n", "peer", "round trips/s", "chargemill is x", machine
    for (i = 1; i <= NR; i++) {
      split(line[i], part, ";")
      printf "%-18s %16.0f %18.2f\n", part[2], part[1], ours / part[1]
    }
  }' "$out/medians.txt"
