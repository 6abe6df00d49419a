# shellcheck shell=bash disable=SC2154 # whoever reads this in has a folder $work
# A Slurm cluster of this machine alone, on loopback: munged, slurmctld and slurmd with everything they need in $work/slurm.

# slurm_missing: which programs are not there; empty: none.
slurm_missing() {
  local program missing=()
  for program in munged slurmctld slurmd sbatch srun; do
    [[ -x $(PATH=$PATH:/usr/sbin command -v "$program") ]] || missing+=("$program")
  done
  echo "${missing[*]}"
}

# free_ports N: so many that nobody listens at.
free_ports() {
  python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])
PYTHON
}

# start_slurm: 0 once a node takes jobs, SLURM_CONF names it; 1: it would not, and the reason has been printed.
slurm_pids=()
start_slurm() {
  local at=$work/slurm ctld d node
  node=$(hostname -s)
  export SLURM_CONF=$at/slurm.conf PATH=$PATH:/usr/sbin
  mkdir -p "$at/state" "$at/spool"
  chmod 755 "$work" "$at"
  read -r ctld d <<<"$(free_ports 2)"
  head -c 1024 /dev/urandom >"$at/munge.key"
  chmod 400 "$at/munge.key"
  munged --foreground --force --socket="$at/munge.socket" --key-file="$at/munge.key" --pid-file="$at/munge.pid" \
    --log-file="$at/munge.log" --seed-file="$at/munge.seed" &>"$at/munged.out" &
  slurm_pids+=("$!")
  cat >"$at/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$ctld
SlurmdPort=$d
AuthType=auth/munge
AuthInfo=socket=$at/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$at/state
SlurmdSpoolDir=$at/spool
SlurmctldPidFile=$at/slurmctld.pid
SlurmdPidFile=$at/slurmd.pid
SlurmctldLogFile=$at/slurmctld.log
SlurmdLogFile=$at/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
SlurmdParameters=config_overrides
NodeName=$node NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE
CONF
  until_true test -S "$at/munge.socket" || { cat "$at/munged.out" "$at/munge.log"; return 1; }
  slurmctld -D -f "$SLURM_CONF" &>"$at/slurmctld.out" &
  slurm_pids+=("$!")
  slurmd -D -f "$SLURM_CONF" &>"$at/slurmd.out" &
  slurm_pids+=("$!")
  until_true bash -c "sinfo -h -o %T | grep -Eq 'idle|mixed|allocated'" && return 0
  tail -n 20 "$at/slurmctld.out" "$at/slurmd.out"
  return 1
}
stop_slurm() {
  local pid
  for pid in "${slurm_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${slurm_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  slurm_pids=()
}
