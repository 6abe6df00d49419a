# shellcheck shell=bash
# What ./dev bench does; dev reads this file, whose need, build, say and die it uses.

bench_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly bench_folder
readonly peer_packages=(golang-go erlang-base)
readonly tab_packages=(chromium) # for what a tab of the dashboard costs

# The cases of a file of figures whose own check failed, and why.
failed_cases() {
  awk -F'"' '
    $2 == "name" { name = $4 }
    $2 == "error_message" && !said[name]++ { print "  " name ": " $4 }' "$1"
}

# keeps_bars FAMILY FILE: says how a file of figures stands to the bars of the family, or to all; fails if one is missed.
keeps_bars() { awk -v name="$1" -f "$bench_folder/bars.awk" "$bench_folder/bars.txt" "$2"; }

# small_cases FILTER: the small ones, as a filter; those with a tab only where there is a browser.
small_cases() {
  local tab=0
  if [[ -x /usr/bin/chromium ]]; then tab=1; fi
  build/release/bench/chargemill_bench --benchmark_list_tests --benchmark_filter="$1" |
    awk -v tab="$tab" '
      /\/1000000(\/|$)/ { next }
      !tab && /_with_tab\// { print "dev: left out, no chromium: " $0 >"/dev/stderr"; next }
      { print "^" $0 "$" }' | paste -sd'|'
}

cmd_bench() {
  local quick=0 name='' json='' plan=() commit out filter options wrong missed=0
  while (($#)); do
    case $1 in
      --quick) quick=1 ;;
      --json) json=${2:?--json wants a file}; shift ;;
      --workloads | --entities | --points | --centrals | --warm-up | --seconds | --overtime | --repetitions)
        [[ -n ${2:-} ]] || die "bench: $1 wants a number, or a list as one argument (bench/peers/run.sh --help)"
        plan+=("$1" "$2")
        shift
        ;;
      -*) die "bench: unknown option $1 (those of 'peers': bash bench/peers/run.sh --help)" ;;
      *) name=$1 ;;
    esac
    shift
  done
  if ((${#plan[@]})) && [[ $name != peers ]]; then die "bench: ${plan[0]} is for 'peers' only"; fi
  mkdir -p bench/results
  commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
  out=bench/results/$(date -u +%Y-%m-%dT%H%M%SZ)-$commit${name:+-$name}.json
  if [[ $name == peers ]]; then
    need "${peer_packages[@]}"
    build release peers
    options=(--json "$out")
    if ((quick)); then options+=(--quick); fi
    bash bench/peers/run.sh "${options[@]}" "${plan[@]}"
  else
    build release chargemill_bench
    filter="^${name:-.*}/"
    options=(--benchmark_repetitions=3)
    if ((quick)); then
      # Small cases, one short look each: shows that they work, not how fast.
      options=(--benchmark_min_time=0.05)
      export CHARGEMILL_QUICK=1
      filter=$(small_cases "$filter")
      [[ -n $filter ]] || die "no benchmark is called '$name'"
    elif [[ -z $name || $name == dashboard ]]; then
      need "${tab_packages[@]}"
    fi
    build/release/bench/chargemill_bench --benchmark_filter="$filter" "${options[@]}" \
      --benchmark_context="commit=$commit" \
      --benchmark_out="$out" --benchmark_out_format=json
  fi
  [[ -s $out ]] || die "no benchmark is called '$name'"
  if [[ -n $json ]]; then cp "$out" "$json"; fi
  say "written: $out"
  # A short look shows nothing of speed, and the peers' report has its own bars.
  if ((!quick)) && [[ $name != peers ]]; then keeps_bars "$name" "$out" || missed=1; fi
  wrong=$(failed_cases "$out")
  [[ -z $wrong ]] || die "a benchmark failed its own check:"$'\n'"$wrong"
  if ((!quick)) && [[ -z $name || $name == dashboard ]]; then
    need python3
    python3 "$bench_folder/dashboard_bar.py" "$out" || missed=1
  fi
  ((!missed)) || die "a bar is missed"
}
