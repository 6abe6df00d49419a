// What a node says of what it waits for, until etcd has a place for it and all are there. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/nodes/etcd_meeting.hpp"
#include "runtime/agreement/agreement.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::app {

/// `alpha, beta`
[[nodiscard]] std::string names_of(const std::vector<runtime::agreement::Owner>& owners);
/// Somebody is there who has part in a network of this name.
[[nodiscard]] bool runs(const runtime::agreement::View& view);
/// Why nobody has come, once there was time enough.
[[nodiscard]] NoMeeting why_not(const EtcdMeeting& meeting,
                                const runtime::agreement::Agreement::Status& status);

/// How long a node waits at most, as things stand: for others as long as people say, for an answer
/// of etcd, or for the lease of another process with its name, no longer than that may take.
[[nodiscard]] Nanos longest_wait(const EtcdMeeting& meeting,
                                 const runtime::agreement::Agreement::Status& status);

class EtcdWait {
 public:
  /// Who looks at a terminal sees that it still waits, and a log of a night stays short.
  static constexpr std::chrono::seconds kAgainAfter{10};
  /// Until etcd has answered, which it does before long or not at all.
  static constexpr std::chrono::seconds kAgainBefore{5};

  /// `meeting` outlives this.
  explicit EtcdWait(const EtcdMeeting& meeting) : meeting_(meeting) {}
  /// What to say when it has waited so long: what for, whenever that changes, and once more
  /// whenever it has not for a while. None: nothing.
  [[nodiscard]] std::optional<std::string> look(const runtime::agreement::Agreement::Status& status,
                                                Nanos waited);

 private:
  [[nodiscard]] std::string text_of(const runtime::agreement::Agreement::Status& status) const;

  const EtcdMeeting& meeting_;
  std::string said_;
  Nanos said_at_{0};
};

}  // namespace chargemill::app
