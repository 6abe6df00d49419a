#include "app/deployment/deployment_files.hpp"

namespace chargemill::app::deployment {
namespace {

// What both units let a run do: its own folder, its ports, nothing else.
constexpr const char* kSandbox = R"(
DynamicUser=yes
StateDirectory=chargemill
WorkingDirectory=%S/chargemill
Environment=HOME=%S/chargemill
LimitNOFILE=65536
# The first SIGTERM drains for run.stop_timeout (10 s) and writes the summary. With etcd, in real time, a node first hands
# over what it has, the lead too: that may take a minute, and the run goes on without it.
TimeoutStopSec=90
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
LockPersonality=yes
)";

constexpr const char* kRunUnit =
    R"(# One run on this machine: systemctl start chargemill@city-100k runs /etc/chargemill/city-100k.toml.
[Unit]
Description=chargemill run of %i
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=/usr/bin/chargemill run /etc/chargemill/%i.toml --progress plain --out %S/chargemill/%i-${INVOCATION_ID} --data %S/chargemill/%i-journal
# 99 and 98 say that the run was bad, 143 that it was stopped: its summary is written all the same.
SuccessExitStatus=143)";

constexpr const char* kNodeUnit =
    R"(# One node of a network that machines share: on each of them
# systemctl enable --now chargemill-node@NAME, NAME as in its [[node]] of /etc/chargemill/cluster.toml.
# The secret key of NAME is put into /etc/chargemill/NAME.secret (root only; systemd hands it on).
[Unit]
Description=chargemill node %i
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
LoadCredential=%i.secret:/etc/chargemill/%i.secret
ExecStart=/usr/bin/chargemill node --config /etc/chargemill/cluster.toml --name %i --set cluster.keys=%d --progress plain --no-out --data %S/chargemill/journal
# Nodes that were lost (5) or a machine that was not ready (4): all meet again, and go on from their journals.
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2 3 98 99
SuccessExitStatus=143)";

constexpr const char* kInstall = R"(
[Install]
WantedBy=multi-user.target
)";

}  // namespace

std::vector<GeneratedFile> systemd_files() {
  return {{"chargemill@.service", std::string{kRunUnit} + kSandbox},
          {"chargemill-node@.service", std::string{kNodeUnit} + kSandbox + kInstall}};
}

}  // namespace chargemill::app::deployment
