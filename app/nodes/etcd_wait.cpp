#include "app/nodes/etcd_wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace chargemill::app {
namespace {

namespace agreement = runtime::agreement;
using Status = agreement::Agreement::Status;
using What = NoMeeting::What;

constexpr std::chrono::seconds kEtcdMax{10};  // for its first answer, and for what it has to do

bool has_answered(const Status& status) { return status.view.revision != agreement::Revision{}; }

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
  if (!has_answered(status))
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

Nanos longest_wait(const EtcdMeeting& meeting, const Status& status) {
  const Nanos most = meeting.patience;
  if (!has_answered(status)) return std::min<Nanos>(most, kEtcdMax);
  if (status.is_name_taken) return std::min<Nanos>(most, 3 * meeting.lease + kEtcdMax);
  return most;
}

// That etcd does not answer any more is said when it begins, by whoever asks it; here, as long as
// it lasts.
std::optional<std::string> EtcdWait::look(const Status& status, Nanos waited) {
  const std::string text = text_of(status);
  const bool is_new = text != said_;
  const auto again = has_answered(status) ? kAgainAfter : kAgainBefore;
  if (!is_new && waited - said_at_ < again) return std::nullopt;
  said_ = text;
  said_at_ = waited;
  if (is_new) return text;
  const auto& why = has_answered(status) ? status.trouble : status.last_error;
  const auto whole = [](Nanos time) {
    return std::chrono::floor<std::chrono::seconds>(time).count();
  };
  return fmt::format("{}{} ({} of {} s are over)", text,
                     why.empty() ? "" : "; etcd does not answer: " + why, whole(waited),
                     whole(longest_wait(meeting_, status)));
}

std::string EtcdWait::text_of(const Status& status) const {
  if (!has_answered(status)) return "asks etcd for a place";
  if (status.is_name_taken)
    return fmt::format("waits for the lease of another process with this name");
  if (meeting_.outlives_losses && runs(status.view))
    return fmt::format("waits to join {}", names_of(status.view.table.owners));
  return fmt::format("waits for {} nodes; here are {}", meeting_.expected,
                     names_of(status.view.members));
}

}  // namespace chargemill::app
