# shellcheck shell=bash disable=SC2154 # who reads it in has `work`
# Three hosts on one switch, for shell tests: network namespaces, and what goes wrong between them. The switch is in a
# namespace of its own too, as are mounts and processes, so nothing of it is seen from outside and all of it ends with the test.

# enter SCRIPT WORK: runs it again, as `SCRIPT inside WORK`, in namespaces that end with it.
enter() {
  unshare --mount --net --pid --fork --kill-child --mount-proc bash "$1" inside "$2" &
  entered=$!
  wait "$entered"
}
# leave: whatever is left in there; safe to call twice.
leave() {
  if [[ -z ${entered:-} ]]; then return; fi
  kill -KILL "$entered" 2>/dev/null || true
  wait "$entered" 2>/dev/null || true
}

# may_have_hosts: silent if it can be done here; else the reason.
may_have_hosts() {
  local program
  if [[ $(id -u) != 0 ]]; then echo "only root may make network namespaces"; return; fi
  for program in etcd:etcd-server ip:iproute2 tc:iproute2 nft:nftables python3:python3; do
    if ! command -v "${program%:*}" >/dev/null; then echo "${program#*:} is not installed"; return; fi
  done
  unshare --mount --net --pid --fork --kill-child --mount-proc bash -c 'set -e
    mount -t tmpfs none /run
    mkdir /run/netns
    ip netns add a
    ip link add switch type bridge
    ip link add port type veth peer name eth0 netns a
    nft add table bridge faults' >/dev/null 2>&1 || echo "no right to make network namespaces, or no bridge, veth or nft in the kernel"
}

address() { echo "10.77.0.$1"; }
make_hosts() {
  local h
  mount -t tmpfs none /run
  mkdir /run/netns
  ip link set lo up
  ip link add switch type bridge
  ip addr add "$(address 254)/24" dev switch
  ip link set switch up
  for h in 1 2 3; do
    ip netns add "host$h"
    ip link add "port$h" type veth peer name eth0 netns "host$h"
    ip link set "port$h" master switch up
    ip -n "host$h" link set lo up
    ip -n "host$h" addr add "$(address "$h")/24" dev eth0
    ip -n "host$h" link set eth0 up
  done
}

# lose RULE...: the switch drops packets that one of them matches (nft), instead of what it dropped before. `iifname port3`
# is what comes from host 3, `oifname port3` what goes to it. No rules: all is well.
lose() {
  local rule
  {
    printf 'table bridge faults\ndelete table bridge faults\n'
    if (($# > 0)); then
      printf 'table bridge faults { chain forward { type filter hook forward priority 0;\n'
      for rule in "$@"; do printf '%s counter drop\n' "$rule"; done
      printf '}\n}\n'
    fi
  } | nft -f -
}
# Between nodes, and not between them and etcd.
# shellcheck disable=SC2034 # for who reads it in
readonly but_etcd='tcp dport != { 2379, 2380 } tcp sport != { 2379, 2380 }'
plug() { ip link set "port$1" "$2"; } # HOST up|down

# slow_down HOST MILLISECONDS RATE: what goes there and what comes from there is under way so long, and no more of it than
# tc's RATE. Its pid is $relay.
slow_down() {
  ip link add wire type veth peer name wire_end
  ip link set wire master switch up
  ip link set wire_end arp off up
  tc qdisc add dev "port$1" root tbf rate "$3" burst 16kb limit 1mb
  tc qdisc add dev wire_end root tbf rate "$3" burst 16kb limit 1mb
  ip link set "port$1" arp off nomaster
  python3 tests/cluster/slow_wire.py "port$1" wire_end "$2" >"$work/wire.log" 2>&1 &
  relay=$!
}
speed_up() { # HOST
  kill "$relay"
  wait "$relay" || true
  tc qdisc del dev "port$1" root
  ip link del wire
  ip link set "port$1" arp on master switch
}
