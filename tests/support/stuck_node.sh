# shellcheck shell=bash disable=SC2154 # who reads it in has `work`, `pids`, `nodes_of NODE` and `readiness NODE`
# What is to be seen of a node that does not do what a law waits for. It takes seconds and stops the node meanwhile: for a law that
# has failed.

# show_stuck NODE...: what those with doors think of all nodes, then what these do just now, thread by thread. To $work/besides,
# which laws.sh shows after the end of the law's log.
show_stuck() {
  local name
  {
    for name in "${!pids[@]}"; do
      echo "--- $EPOCHREALTIME: $name, as it sees the nodes, and is ready (one that does not lead has no doors):"
      nodes_of "$name" 2>/dev/null || echo "no answer"
      readiness "$name" 2>/dev/null || echo "no answer"
    done
    for name in "$@"; do
      echo "--- $EPOCHREALTIME: $name, process ${pids[$name]}, $(grep '^State' "/proc/${pids[$name]}/status")"
      show_threads "${pids[$name]}"
    done
  } >"$work/besides" 2>&1 || true # whatever is missing, the rest is shown
}
# show_threads PID: where each is; without gdb only what the kernel knows of it.
show_threads() {
  local task
  if command -v gdb >/dev/null; then
    timeout 60 gdb -p "$1" -batch -nx -ex 'set pagination off' -ex 'thread apply all bt 12' 2>&1 | grep -E '^(Thread |#|[Nn]o |ptrace)' || true
    return
  fi
  for task in "/proc/$1/task"/*; do
    echo "$(cat "$task/comm"): $(grep '^State' "$task/status"), in $(cat "$task/wchan" 2>/dev/null)"
  done
}
