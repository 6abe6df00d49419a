# shellcheck shell=bash disable=SC2154 # who reads it in has `chargemill`, `work`, busy_town.sh and `door NODE PATH`: what the node that leads answers
# What doors have shown is on a disk, so it outlives whoever showed it: by identity, not by number.

# shown NODE WHAT: ids of sessions of its newest tickets, or sessions, one a line.
shown() { door "$1" "/api/v1/$2?limit=10000" | grep -o 'session-[0-9a-f]*' | sort -u; }
# remember NODE WHAT: those it has shown in two looks a second apart go to $work/acknowledged. What it shows once may be in the
# commit that is about to reach the disk.
remember() {
  local now
  rm -f "$work/acknowledged"
  until_true shown "$1" "$2" >"$work/once" # there is one
  now=$(wc -l <"$work/run-$1/timeseries.csv")
  until_true rows "$1" $((now + 1))
  until_true shown "$1" "$2" >"$work/again"
  comm -12 "$work/once" "$work/again" >"$work/acknowledged"
  [[ -s $work/acknowledged ]] || { echo "no $2 are shown twice: $(wc -l <"$work/once"), then $(wc -l <"$work/again")"; return 1; }
}
# missing WHAT --data DIR...: of what was remembered, those that no journal has. The run is over.
missing() {
  "$chargemill" history "$1" --limit 1000000 --format csv "${@:2}" | { grep -o 'session-[0-9a-f]*' || true; } | sort -u >"$work/kept"
  comm -23 "$work/acknowledged" "$work/kept"
}
# none_is_missing WHAT --data DIR...
none_is_missing() {
  missing "$@" >"$work/missing"
  echo "of $(wc -l <"$work/acknowledged") acknowledged $1 $(wc -l <"$work/missing") are in no journal"
  if [[ -s $work/missing ]]; then head -n 5 "$work/missing"; return 1; fi
}
