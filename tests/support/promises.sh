# shellcheck shell=bash disable=SC2154 # who reads it in has `chargemill`, `work` and `asks_promises NODE`: promises.py noted, where the doors of NODE are
# What doors have shown is on a disk, so it outlives whoever showed it: by identity, not by number.

# promised NODE: what its doors show by now may not be lost any more; it goes to $work/promises.
promised() {
  until_true shows_promises "$1" || { cat "$work/shown"; return 1; }
  cat "$work/shown" >>"$work/promises"
}
shows_promises() { asks_promises "$1" >"$work/shown"; }
# keeps_promises [--data DIR...]: after the end all of that is in the nodes' journals, also in those of the lost, as it was shown. Sessions have ended,
# unless $long_sessions is set.
keeps_promises() {
  local what
  if (($# == 0)); then set -- --data "$work/data"; fi
  for what in tickets sessions; do
    "$chargemill" history "$what" "$@" --limit 1000000 --format json >"$work/kept-$what"
  done
  python3 tests/cluster/promises.py kept "$work/kept-tickets" "$work/kept-sessions" ${long_sessions:+open} <"$work/promises"
}
