// A Member with a clock, a thread and etcd behind it.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/agreement/member.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/tls_handle.hpp"

namespace chargemill::runtime {
class IoThread;
}

namespace chargemill::runtime::agreement {

/// Takes part from its construction on, and leaves with its end: the others need not wait for the
/// lease.
///
/// It has a thread of its own, so that nothing else delays a lease. Threads: any.
class Agreement {
 public:
  struct Options {
    MemberOptions member;
    std::vector<Endpoint> etcd;     ///< its members; one at least
    TlsContext etcd_tls = nullptr;  ///< of open_client_tls(); null: plain
  };
  struct Status {
    View view;
    Owner self;              ///< incarnation 0: no place yet
    std::string trouble;     ///< why etcd seems not to answer; empty: it does
    std::string stopped;     ///< why this node may not act any more; empty: it may
    std::string last_error;  ///< of etcd, whenever that was
    bool is_name_taken = false;
    [[nodiscard]] bool is_central() const { return view.central && *view.central == self; }
  };
  /// Called by its thread, which must not be kept waiting.
  struct Listener {
    std::function<void(const Note&)> on_note = {};
    std::function<void(const std::string&)> on_stop = {};  ///< once
    std::function<void(Revision epoch)> on_drain = {};     ///< answered by drained()
    std::function<void(const TellLetGo&)> on_tell = {};    ///< for the links; heard by let_go()
    std::function<void(const View&)> on_view = {};         ///< a new one, before status() has it
    std::function<void(MachineTime)> on_tenure = {};  ///< Member::acts_until(), when it changes
  };

  Agreement(Options options, Listener listener);
  // NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends the process
  ~Agreement();
  Agreement(const Agreement&) = delete;
  Agreement& operator=(const Agreement&) = delete;

  [[nodiscard]] Status status() const;
  /// Waits until `fits` the status; false: it did not within `patience`.
  [[nodiscard]] bool await(const std::function<bool(const Status&)>& fits, Nanos patience) const;
  void drained(Revision epoch);
  void let_go(const LetGo& heard);
  /// This node wants to leave, once others have its shards; the view says so soon.
  void part_with();
  /// This node, the central, orders nothing any more and lets that one lead; the view says so once
  /// it does. Should that one be lost before, another one may be named.
  void hand_on(const Owner& to);
  /// Nobody is to lead instead any more: who was has no place, as the view says.
  void lead_on();
  /// Gives its place up, now and for good: the others need not wait for its lease. The view stays
  /// as it is. No on_stop.
  void leave();
  /// That node is ready: if this one is the central, it may have shards.
  void welcome(const Owner& who);

 private:
  class Life;
  void post(Event event);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Status status_;  // guarded by mutex_
  std::unique_ptr<IoThread> io_;
  std::shared_ptr<Life> life_;
};

/// CLOCK_BOOTTIME: it counts what the machine slept as well (FE-04).
[[nodiscard]] MachineTime machine_now() noexcept;

}  // namespace chargemill::runtime::agreement
