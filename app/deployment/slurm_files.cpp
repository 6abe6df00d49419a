#include "app/deployment/deployment_files.hpp"

namespace chargemill::app::deployment {
namespace {

constexpr const char* kBatch = R"(#!/bin/bash
# One network on the nodes of a Slurm job, a task a node:
#
#     sbatch --nodes=4 chargemill.sbatch city-100k.toml --speed 1
#
# What follows the scenario goes to each `chargemill node`. Task 0 leads: its summary is in the job's output, its run
# directory in chargemill-JOB/run, and the job's exit code is its own (99: a threshold crossed). Nodes talk encrypted, with
# keys that live as long as the job.
#
# CHARGEMILL       the program                                  [chargemill]
# CHARGEMILL_PORT  the first of two ports a task                [7100]
# CHARGEMILL_DATA  where each task keeps its journal: a folder of its machine, never NFS    [off]
#SBATCH --job-name=chargemill
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --time=01:00:00
#SBATCH --output=chargemill-%j.log
#SBATCH --signal=TERM@60
set -euo pipefail

scenario=${1:?usage: sbatch chargemill.sbatch SCENARIO.toml [options of chargemill node]}
shift
chargemill=${CHARGEMILL:-chargemill}
port=${CHARGEMILL_PORT:-7100}
data=${CHARGEMILL_DATA:-off}
if ((SLURM_NTASKS < 2)); then
  echo "chargemill: a network on one node is 'chargemill run'; this job has one task" >&2
  exit 2
fi

# Files that a scenario names are found from where it is, so what is made of it stands beside it.
job=$SLURM_SUBMIT_DIR/chargemill-$SLURM_JOB_ID
config=$(dirname "$scenario")/.chargemill-$SLURM_JOB_ID.toml
trap 'rm -rf "$config" "$job/keys"' EXIT
mkdir -p "$job"
chmod 700 "$job"

# Which machine each task is on, by the address that the others reach it by.
# shellcheck disable=SC2016 # the tasks expand it
srun --kill-on-bad-exit=1 bash -c \
  'address=$(hostname -I | cut -d " " -f 1); echo "node-$SLURM_PROCID ${address:-127.0.0.1}"' >"$job/places"
sort -t - -k 2n -o "$job/places" "$job/places"
mapfile -t names < <(cut -d ' ' -f 1 "$job/places")
{
  cat "$scenario"
  printf '\n[cluster]\nkeys = "%s"\n\n' "$job/keys"
  # [[node]], name and key come from there; host and ports are added.
  "$chargemill" node --generate-keys "$job/keys" "${names[@]}" | awk -v places="$job/places" -v port="$port" '
    BEGIN { while ((getline line < places) > 0) { split(line, of, " "); host[of[1]] = of[2] } }
    $1 == "name" { name = $3; gsub(/"/, "", name) }
    { print }
    $1 == "key" {
      printf "host = \"%s\"\ndata_port = %d\ncontrol_port = %d\n", host[name], port, port + 1
      port += 2
    }'
} >"$config"

# shellcheck disable=SC2016 # the tasks expand it
srun --kill-on-bad-exit=1 bash -c '
  exec "$0" node --config "$1" --name "node-$SLURM_PROCID" --expect-nodes "$SLURM_NTASKS" --data "$2" --out "$3" \
    --progress plain "${@:4}"' "$chargemill" "$config" "$data" "$job/run" "$@"
)";

}  // namespace

std::vector<GeneratedFile> slurm_files() { return {{"chargemill.sbatch", kBatch}}; }

}  // namespace chargemill::app::deployment
