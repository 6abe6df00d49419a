# shellcheck shell=bash disable=SC2154 # who reads it in has `chargemill` and `work`, and for doors `tcp` and `http`
# A small town for runs on several nodes, in $work/town.toml.

{
  printf '[run]\nname = "town"\nduration = "3m"\nspeed = "max"\nstart = 2026-01-05T17:00:00Z\n'
  printf '[network]\ncharge_points = 400\n[drivers]\ncount = 400\nsessions_per_cp_per_day = 100\n'
  printf 'choose = "any_in_zone"\n[[fault]]\nkind = "engine_crash"\nrate = 20\n'
  printf '[[fault]]\nkind = "central_restart"\nat = "90s"\nduration = "5s"\n'
} >"$work/town.toml"

# run_on NODES [ARGS]: into $work/run-NODES, without a word.
run_on() {
  local nodes=$1
  shift
  rm -rf "$work/run-$nodes"
  "$chargemill" run "$work/town.toml" --nodes "$nodes" --progress off --out "$work/run-$nodes" "$@" >"$work/out"
}
# figure NODES KEY: of the summary, as it stands there.
figure() { grep -m 1 "\"$2\":" "$work/run-$1/summary.json" | tr -d ' ,'; }
ctl() { "$chargemill" ctl --tcp "$tcp" "$@"; }
get() { curl -sf "http://$http$1"; }
