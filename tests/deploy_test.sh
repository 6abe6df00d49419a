#!/usr/bin/env bash
# What starts chargemill on machines: generated, linted, and run as far as one machine can.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
cd "$(dirname "$0")/.."
chargemill=$PWD/build/release/chargemill
deploy=$PWD/config/deploy
work=$(mktemp -d)
trap 'stop_slurm; rm -rf "$work"' EXIT
export HOME=$work
# shellcheck source=tests/support/laws.sh
source tests/support/laws.sh
# shellcheck source=tests/support/slurm_cluster.sh
source tests/support/slurm_cluster.sh

{
  printf '[run]\nname = "town"\nduration = "2m"\nspeed = "max"\nstart = 2026-01-05T17:00:00Z\n'
  printf '[network]\ncharge_points = 120\n[drivers]\ncount = 120\nsessions_per_cp_per_day = 100\n'
} >"$work/town.toml"
"$chargemill" run "$work/town.toml" --no-out --no-journal --http off --tcp off --progress off >"$work/alone"
digest=$(grep -o 'DIGEST.*' "$work/alone")

is_generated() {
  local what
  "$chargemill" generate deploy --out "$work/all"
  diff -r --exclude='*.md' "$deploy" "$work/all"
  for what in systemd slurm kubernetes; do
    "$chargemill" generate "$what" --out "$work/$what"
    diff -r "$work/all/$what" "$work/$what"
  done
}
are_units() {
  local unit
  mkdir -p "$work/units"
  for unit in "$deploy"/systemd/*.service; do
    sed "s,/usr/bin/chargemill,$chargemill," "$unit" >"$work/units/$(basename "${unit/@/@one}")"
  done
  systemd-analyze verify "$work"/units/*.service
}
is_a_script() {
  bash -n "$deploy/slurm/chargemill.sbatch"
  if command -v shellcheck >/dev/null; then shellcheck -s bash "$deploy/slurm/chargemill.sbatch"; fi
}
are_manifests() {
  python3 - "$deploy"/kubernetes/*.yaml <<'PYTHON'
import sys
import yaml

def has(condition, what):
    if not condition:
        sys.exit(what)

for path in sys.argv[1:]:
    documents = list(yaml.safe_load_all(open(path)))
    services = {d["metadata"]["name"]: d for d in documents if d["kind"] == "Service"}
    for d in documents:
        has({"apiVersion", "kind", "metadata", "spec"} <= d.keys(), f"{path}: {d}")
        if d["kind"] != "StatefulSet":
            continue
        name, spec = d["metadata"]["name"], d["spec"]
        pod = spec["template"]["spec"]
        has(spec["serviceName"] in services, f"{name}: no such service")
        has(services[spec["serviceName"]]["spec"]["clusterIP"] == "None", f"{name}: its pods have no names")
        labels = spec["template"]["metadata"]["labels"]
        has(spec["selector"]["matchLabels"].items() <= labels.items(), f"{name}: selects others")
        has(services[spec["serviceName"]]["spec"]["selector"].items() <= labels.items(), f"{name}: not selected")
        volumes = {v["name"] for v in pod.get("volumes", [])}
        volumes |= {c["metadata"]["name"] for c in spec["volumeClaimTemplates"]}
        for container in pod["containers"] + pod.get("initContainers", []):
            for mount in container["volumeMounts"]:
                has(mount["name"] in volumes, f"{name}: no volume {mount['name']}")
            ports = [p["name"] for p in container.get("ports", [])]
            has(len(ports) == len(set(ports)), f"{name}: {ports}")
        if name == "chargemill":
            has(f"--expect-nodes={spec['replicas']}" in pod["containers"][0]["args"], f"{name}: expects others")
        if name == "etcd":
            members = [f"etcd-{i}=http://etcd-{i}.etcd:2380" for i in range(spec["replicas"])]
            has("--initial-cluster=" + ",".join(members) in pod["containers"][0]["args"], f"{name}: {members}")
PYTHON
}

# list_nodes FILE NAME...: the town on nodes of these names, with keys in $work/keys.
list_nodes() {
  local file=$1 port name
  shift
  port=$(first_port 6)
  rm -rf "$work/keys"
  "$chargemill" node --generate-keys "$work/keys" "$@" >"$work/keys.toml" 2>/dev/null
  {
    cat "$work/town.toml"
    for name in "$@"; do
      printf '\n'
      grep -B 1 -A 1 -F "name = \"$name\"" "$work/keys.toml"
      printf 'data_port = %d\ncontrol_port = %d\n' "$port" $((port + 1))
      port=$((port + 2))
    done
  } >"$file"
}
# run_nodes COMMAND NAME...: COMMAND starts a node, with NAME in place of @NAME@; the first one's output is in $work/out.
run_nodes() {
  local command=$1 name pids=() first=$2
  shift
  for name in "$@"; do
    eval "${command//@NAME@/$name}" >"$work/out-$name" 2>"$work/err-$name" &
    pids+=("$!")
  done
  for name in "${pids[@]}"; do wait "$name" || { cat "$work"/err-*; return 1; }; done
  grep -qF "$digest" "$work/out-$first"
}
runs_as_the_unit_says() {
  local command
  list_nodes "$work/cluster.toml" alpha beta gamma
  command=$(sed -n 's/^ExecStart=//p' "$deploy/systemd/chargemill-node@.service")
  command=${command//\/usr\/bin\/chargemill/$chargemill}
  command=${command//\/etc\/chargemill/$work}
  command=${command//%i/@NAME@}
  command=${command//%d/$work\/keys}
  run_nodes "${command//%S/$work\/state-@NAME@}" alpha beta gamma
  [[ -d $work/state-beta/chargemill/journal/node-1 ]]
}
runs_as_the_pods_say() {
  local command port
  port=$(first_port 1 27000)
  list_nodes "$work/cluster.toml" chargemill-0 chargemill-1 chargemill-2
  echo 'a-token-of-this-test' >"$work/keys/tokens"
  command=$(python3 -c '
import sys, yaml, shlex
pod = [d for d in yaml.safe_load_all(open(sys.argv[1])) if d["kind"] == "StatefulSet"][0]["spec"]["template"]["spec"]
print(shlex.join(pod["containers"][0]["command"] + pod["containers"][0]["args"]))' "$deploy/kubernetes/chargemill.yaml")
  command=${command/chargemill/$chargemill}
  command=${command//\'--name=\$(POD_NAME)\'/--name=@NAME@}
  command=${command//\/etc\/chargemill/$work}
  command=${command//\/secrets/$work\/keys}
  command=${command//=\/keys/=$work\/keys}
  command=${command//\/var\/lib\/chargemill/$work\/pod-@NAME@}
  run_nodes "${command//:8000/:$port}" chargemill-0 chargemill-1 chargemill-2
}
# batch ARGS...: the generated script as a job of three tasks; the job's exit code.
batch() {
  local code=0
  (cd "$work" && CHARGEMILL=$chargemill CHARGEMILL_PORT=$port sbatch --wait --nodes=1 --ntasks=3 --ntasks-per-node=3 \
    --output="$work/job-%j.log" "$deploy/slurm/chargemill.sbatch" "$@" >"$work/sbatch.out" 2>&1) || code=$?
  job=$(sed -n 's/.*Submitted batch job //p' "$work/sbatch.out")
  [[ -n $job ]] || { cat "$work/sbatch.out"; return 1; }
  cat "$work/job-$job.log"
  return "$code"
}
runs_as_a_job() {
  local port job code=0
  port=$(first_port 6)
  batch town.toml
  grep -qF "$digest" "$work/job-$job.log"
  [[ -e $work/chargemill-$job/run/summary.json && ! -e $work/chargemill-$job/keys && ! -e $work/.chargemill-$job.toml ]]
  # What the leading node ends with is what the job ends with.
  printf '[[thresholds]]\nexpr = "sessions.started < 1"\n' | cat "$work/town.toml" - >"$work/strict.toml"
  batch strict.toml || code=$?
  [[ $code == 99 ]] || { echo "exit $code"; return 1; }
}

law 'config/deploy is what generate deploy writes' is_generated
if command -v systemd-analyze >/dev/null; then
  law 'systemd finds no fault with the units' are_units
else
  echo 'skipped - systemd-analyze is not installed'
fi
law 'the Slurm script is a script without faults' is_a_script
law 'the Kubernetes manifests are YAML and hold together' are_manifests
law 'three nodes run as the systemd unit starts them' runs_as_the_unit_says
law 'three nodes run as the pods start them' runs_as_the_pods_say
absent=$(slurm_missing)
if [[ -n $absent ]]; then
  echo "skipped - the Slurm script as a job: $absent are not installed"
elif ((EUID != 0)); then
  echo 'skipped - the Slurm script as a job: slurmd starts jobs as root only'
elif ! start_slurm >"$work/slurm.out" 2>&1; then
  echo "skipped - the Slurm script as a job: Slurm does not start here ($(tail -n 1 "$work/slurm.out"))"
else
  law 'the Slurm script runs three nodes as a job, and ends as they do' runs_as_a_job
fi
exit "$failed"
