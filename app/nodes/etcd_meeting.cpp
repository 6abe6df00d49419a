#include "app/nodes/etcd_meeting.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/nodes/etcd_bond.hpp"
#include "app/nodes/etcd_wait.hpp"
#include "runtime/cluster/keys.hpp"
#include "runtime/net/tls_context.hpp"

namespace chargemill::app {
namespace {

namespace agreement = runtime::agreement;
using Status = agreement::Agreement::Status;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookEvery{100};
constexpr std::chrono::seconds kLinkMax{10};  // until those that etcd knows hear each other

using What = NoMeeting::What;

tl::unexpected<NoMeeting> refuse(What what, std::string text) {
  return tl::unexpected<NoMeeting>(NoMeeting{what, std::move(text)});
}

/// A port that the system gives to nobody else as long as this lives; whoever asks for it by
/// number, and lets others do so too, gets it: ZeroMQ does.
class ReservedPort {
 public:
  explicit ReservedPort(std::uint32_t wanted) : number_(wanted) {
    if (wanted != 0) return;
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    (void)::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, any, size) == 0 && ::getsockname(socket_, any, &size) == 0)
      number_ = ntohs(address.sin_port);
  }
  ~ReservedPort() {
    if (socket_ >= 0) ::close(socket_);
  }
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;
  /// 0: there is none.
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }

 private:
  int socket_ = -1;
  std::uint32_t number_;
};

bool has_number(const Status& status) {
  return status.self.incarnation != agreement::Revision{} &&
         status.view.table.number_of(status.self) != agreement::ShardTable::kNobody;
}
/// Whoever begins a network has part in it at once; whoever joins one later (Course::heirs).
bool joins(const Status& status) {
  const auto& table = status.view.table;
  return !table.has_part(table.number_of(status.self));
}

/// `alpha (central), beta (central)`
std::string roles_text(const std::vector<agreement::Peer>& peers) {
  std::string text;
  for (const auto& peer : peers)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", peer.who.name, to_text(peer.roles));
  return text;
}

/// All are there, and they cannot begin. Whoever leaves takes its place along, so this one stays
/// until the others have seen the same.
tl::unexpected<NoMeeting> without_role(const EtcdMeeting& meeting, EtcdBond& bond,
                                       const Status& status, Role role) {
  constexpr std::chrono::seconds kSeenWithin{2};
  (void)bond.agreement().await([](const Status&) { return false; }, kSeenWithin);
  auto peers = agreement::founders(status.view, meeting.expected);
  if (role == Role::central) peers = status.view.members;
  return refuse(What::role, fmt::format("no node of '{}' has the role '{}': {}", meeting.network,
                                        name_of(role), roles_text(peers)));
}

tl::expected<Membership, NoMeeting> membership_from(const Status& status, unsigned expected) {
  Membership membership;
  membership.self = status.view.table.number_of(status.self);
  membership.joins = joins(status);
  const auto& table = status.view.table;
  // Those who begin have the first numbers; who comes later is let in once they have begun.
  const std::size_t many = membership.joins ? table.owners.size() : expected;
  if (table.owners.size() < many) return refuse(What::nodes, "a node was lost before all had met");
  for (std::size_t number = 0; number < many; ++number) {
    const auto& owner = table.owners[number];
    const bool is_there = status.view.has(owner);
    const bool begins =
        is_there && table.has_part(static_cast<agreement::ShardTable::Number>(number));
    if (!begins && !membership.joins)
      return refuse(What::nodes, fmt::format("node {} was lost before all had met", owner.name));
    const auto endpoints =
        is_there ? endpoints_from(status.view.find(owner.name)->card) : runtime::NodeEndpoints{};
    if (!endpoints)
      return refuse(What::nodes,
                    fmt::format("node {} does not say where it is reached", owner.name));
    membership.names.push_back(owner.name);
    membership.roles.push_back(status.view.roles_of(owner));
    membership.owners.push_back(is_there ? owner : agreement::Owner{});
    membership.nodes.push_back(*endpoints);
  }
  return membership;
}

}  // namespace

std::string card_of(const runtime::NodeEndpoints& node, const Roles& roles) {
  return nlohmann::json{
      {"data", node.data}, {"control", node.control}, {"key", node.key}, {"roles", to_text(roles)}}
      .dump();
}

Roles roles_from_card(std::string_view card) {
  const auto json = nlohmann::json::parse(card, nullptr, false);
  if (!json.is_object()) return {};
  const auto found = json.find("roles");
  if (found == json.end() || !found->is_string()) return {};
  return roles_from(found->get_ref<const std::string&>()).value_or(Roles{});
}

std::optional<runtime::NodeEndpoints> endpoints_from(std::string_view card) {
  const auto json = nlohmann::json::parse(card, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  runtime::NodeEndpoints node;
  for (auto [name, text] : {std::pair{"data", &node.data}, std::pair{"control", &node.control},
                            std::pair{"key", &node.key}}) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return std::nullopt;
    *text = found->get<std::string>();
  }
  if (!runtime::is_key(node.key)) return std::nullopt;
  return node;
}

std::chrono::seconds rest_of(std::chrono::seconds patience, Nanos waited) {
  const auto left = patience - std::chrono::floor<std::chrono::seconds>(waited);
  return std::max(left, std::min(patience, kLinkMax));
}

tl::expected<Membership, NoMeeting> meet_through_etcd(const EtcdMeeting& meeting,
                                                      const std::function<bool()>& is_over) {
  const auto began = Clock::now();
  const ReservedPort data{meeting.data_port};
  const ReservedPort control{meeting.control_port};
  if (data.number() == 0 || control.number() == 0)
    return refuse(What::environment, "no port is free");
  const auto keys = runtime::make_key_pair();
  agreement::Agreement::Options options;
  options.etcd = meeting.etcd;
  if (meeting.etcd_tls.is_on) {
    auto tls = runtime::open_client_tls(meeting.etcd_tls);
    if (!tls) return refuse(What::environment, "TLS to etcd: " + tls.error().text);
    options.etcd_tls = std::move(*tls);
  }
  options.member.prefix = "/chargemill/" + meeting.network + "/";
  options.member.name = meeting.name;
  options.member.card =
      card_of({fmt::format("tcp://{}:{}", meeting.host, data.number()),
               fmt::format("tcp://{}:{}", meeting.host, control.number()), keys.public_key},
              meeting.roles);
  options.member.roles_of = roles_from_card;
  options.member.lease = meeting.lease;
  options.member.expected = meeting.expected;
  options.member.shards = std::clamp<std::size_t>(meeting.shards, 1, agreement::kShards);
  options.member.moves_at_once = meeting.moves_at_once;
  options.member.course =
      meeting.outlives_losses ? agreement::Course::heirs : agreement::Course::fixed;
  auto bond = std::make_shared<EtcdBond>(std::move(options));
  EtcdWait wait{meeting};
  for (;;) {
    const bool is_met = bond->agreement().await(has_number, kLookEvery);
    const Status status = bond->agreement().status();
    if (!status.stopped.empty())
      return refuse(What::nodes, "it has lost its place: " + status.stopped);
    if (is_met) break;
    const auto waited = Clock::now() - began;
    if (const auto text = wait.look(status, waited))
      (void)std::fprintf(stderr, "node %s: %s\n", meeting.name.c_str(), text->c_str());
    const auto missing = agreement::missing_role(status.view, meeting.expected);
    if (missing && !runs(status.view)) return without_role(meeting, *bond, status, *missing);
    if (is_over() || waited > longest_wait(meeting, status))
      return tl::unexpected<NoMeeting>(why_not(meeting, status));
  }
  const Status status = bond->agreement().status();
  auto membership = membership_from(status, meeting.expected);
  if (!membership) return membership;
  const auto& central = status.view.central ? status.view.central->name : membership->names[0];
  (void)std::fprintf(stderr, "node %s: %s %s the central (token %lld) of %s, epoch %lld\n",
                     meeting.name.c_str(), membership->joins ? "joins" : central.c_str(),
                     membership->joins ? (central + ",").c_str() : "is",
                     static_cast<long long>(agreement::number_of(status.view.token)),
                     names_of(status.view.table.owners).c_str(),
                     static_cast<long long>(agreement::number_of(status.view.epoch)));
  membership->secret_key = keys.secret_key;
  membership->bond = std::move(bond);
  membership->meet_max = rest_of(meeting.patience, Clock::now() - began);
  membership->lease = meeting.lease;
  membership->outlives_losses = meeting.outlives_losses;
  return membership;
}

}  // namespace chargemill::app
