#include "app/nodes/etcd_wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace chargemill::app {
namespace {

namespace agreement = runtime::agreement;
using Status = agreement::Agreement::Status;
using What = NoMeeting::What;

std::string names_of(const std::vector<agreement::Peer>& peers) {
  std::string text;
  for (const auto& peer : peers) text += (text.empty() ? "" : ", ") + peer.who.name;
  return text.empty() ? "none" : text;
}

}  // namespace

std::string names_of(const std::vector<agreement::Owner>& owners) {
  std::string text;
  for (const auto& owner : owners) text += (text.empty() ? "" : ", ") + owner.name;
  return text;
}

bool runs(const agreement::View& view) {
  const auto& owners = view.table.owners;
  return std::any_of(owners.begin(), owners.end(), [&](const agreement::Owner& owner) {
    return view.has(owner) && view.table.has_part(view.table.number_of(owner));
  });
}

NoMeeting why_not(const EtcdMeeting& meeting, const Status& status) {
  if (status.view.revision == agreement::Revision{})
    return {What::environment, "etcd does not answer: " + status.last_error};
  if (status.is_name_taken)
    return {What::environment,
            fmt::format("another process is node '{}' of '{}'", meeting.name, meeting.network)};
  if (runs(status.view))
    return {What::nodes, fmt::format("'{}' runs without this node, on {}", meeting.network,
                                     names_of(status.view.table.owners))};
  return {What::nodes, fmt::format("nodes are missing: of {} there are {}", meeting.expected,
                                   names_of(status.view.members))};
}

// That etcd does not answer is said when it begins, by whoever asks it; here, as long as it lasts.
std::optional<std::string> EtcdWait::look(const Status& status, Nanos waited) {
  const std::string text = text_of(status);
  const bool is_new = text != said_;
  if (!is_new && waited - said_at_ < kAgainAfter) return std::nullopt;
  said_ = text;
  said_at_ = waited;
  if (is_new) return text;
  const auto whole = std::chrono::floor<std::chrono::seconds>(waited);
  return fmt::format("{}{} ({} of {} s are over)", text,
                     status.trouble.empty() ? "" : "; etcd does not answer: " + status.trouble,
                     whole.count(), meeting_.patience.count());
}

std::string EtcdWait::text_of(const Status& status) const {
  if (status.view.revision == agreement::Revision{}) return "asks etcd for a place";
  if (status.is_name_taken)
    return fmt::format("waits for the lease of another process with this name");
  if (meeting_.outlives_losses && runs(status.view))
    return fmt::format("waits to join {}", names_of(status.view.table.owners));
  return fmt::format("waits for {} nodes; here are {}", meeting_.expected,
                     names_of(status.view.members));
}

}  // namespace chargemill::app
