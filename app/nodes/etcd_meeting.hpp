// Nodes find each other through etcd: no list, no numbers, no keys on disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "app/nodes/membership.hpp"
#include "runtime/base/roles.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/client_tls.hpp"
#include "runtime/net/endpoint.hpp"

namespace chargemill::app {

struct EtcdMeeting {
  std::string network;                  ///< its name in etcd
  std::vector<runtime::Endpoint> etcd;  ///< its members
  runtime::ClientTls etcd_tls;          ///< whether they are behind TLS, and whom to believe
  std::string name;                     ///< of this node
  std::string host = "127.0.0.1";       ///< where the others reach it
  std::uint32_t data_port = 0;          ///< 0: any that is free
  std::uint32_t control_port = 0;       ///< likewise
  std::chrono::seconds lease{5};
  unsigned expected = 2;               ///< so many make the network
  std::size_t shards = 1;              ///< that it has
  std::size_t moves_at_once = 1;       ///< so many of them go from node to node in one move
  Roles roles;                         ///< of this node
  bool outlives_losses = false;        ///< shards of a lost node go to the others
  std::chrono::seconds patience{300};  ///< for the others to come, and to hear this node
};

/// Why there was no meeting.
struct NoMeeting {
  enum class What : std::uint8_t {
    environment,  ///< etcd, a name or a port
    nodes,        ///< too few of them, or they run without this one
    role          ///< they are there, and what a network needs is nobody's
  };
  What what = What::environment;
  std::string text;
};

/// Takes a place, waits for the others, and comes back when all know who leads: that is the
/// central, the first of the table. Says on stderr what it waits for. `is_over`: somebody will not
/// wait so long.
[[nodiscard]] tl::expected<Membership, NoMeeting> meet_through_etcd(
    const EtcdMeeting& meeting, const std::function<bool()>& is_over);

/// How long those whom etcd knows are waited for yet by who has waited so long for etcd: what is
/// left, and time enough to begin to talk.
[[nodiscard]] std::chrono::seconds rest_of(std::chrono::seconds patience, Nanos waited);

/// What a node tells the others of itself, as etcd keeps it: JSON.
[[nodiscard]] std::string card_of(const runtime::NodeEndpoints& node, const Roles& roles = {});
/// What it is there for; all, if the card does not say so. Any bytes.
[[nodiscard]] Roles roles_from_card(std::string_view card);
/// Empty: it is none. Any bytes.
[[nodiscard]] std::optional<runtime::NodeEndpoints> endpoints_from(std::string_view card);

}  // namespace chargemill::app
