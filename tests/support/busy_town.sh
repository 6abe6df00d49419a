# shellcheck shell=bash disable=SC2154 # who reads it in has `work`
# A town in real time on three nodes that meet through etcd (etcd.sh), and what is asked of it. Short sessions at all hours, and
# drivers who ask at charge points of all nodes.

# write_busy_town LEASE [KEYS]: to $work/town.toml; KEYS are lines of [run].
write_busy_town() {
  printf '[run]\nname = "town"\nduration = "1h"\nspeed = 1\nstart = 2026-01-05T17:00:00Z\nlateness_limit = "60s"\n%s' "${2:-}"
  printf '[network]\ncharge_points = 300\nmax_session = "4s"\n[drivers]\ncount = 600\nsessions_per_cp_per_day = 6000\n'
  printf 'choose = "any_in_zone"\n[central]\nshards = 12\n'
  printf '[cluster]\netcd = ["%s", "%s", "%s"]\nexpect_nodes = 3\nlease = "%s"\n' "$(client 1)" "$(client 2)" "$(client 3)" "$1"
} >"$work/town.toml"

# rows NODE N: its series has so many, a second each. After $calm of them whatever was open at some moment is over: no session takes
# more than half of that.
# shellcheck disable=SC2034 # of those who read this in
readonly calm=8
rows() { [[ $(wc -l <"$work/run-$1/timeseries.csv") -gt $2 ]]; }
# are_connected NODE: all charge points, as the last row of its series has them.
are_connected() {
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } { last = $at["disconnected"] } END { exit !(NR > 1 && last != "" && last == 0) }' \
    "$work/run-$1/timeseries.csv"
}
# is_mended NODE: it leads, and has given away what was lost.
is_mended() { grep -q 'live elsewhere now' "$work/$1.err"; }
# holds NODE EXPRESSION: of its summary, as s.
holds() {
  python3 -c 'import json, sys
s = json.load(open(sys.argv[1]))
assert eval(sys.argv[2]), (sys.argv[2], s["charge_points"], s["requests"], s["sessions"], s["tickets"], s["central"], s["conservation"], s["run"])' \
    "$work/run-$1/summary.json" "$2"
}
