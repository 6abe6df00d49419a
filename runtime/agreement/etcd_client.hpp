// Talks to etcd through its JSON gateway.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/agreement/gateway_json.hpp"
#include "runtime/agreement/question.hpp"
#include "runtime/agreement/requests.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/io_thread.hpp"

namespace chargemill::runtime::agreement {

/// Calls whichever member answered last; one that does not is left for the next. A request that was
/// refused before it was sent is given to the others at once, and so is, before its time is over,
/// one that may be asked twice (`Question`); any other failure is the caller's to judge: a write
/// without an answer may have happened (ET-03).
///
/// Threads: the IoThread, which calls back on itself and outlives this.
class EtcdClient : public std::enable_shared_from_this<EtcdClient> {
 public:
  using Options = EtcdAccess;
  using Done = std::function<void(Result<Answer>)>;
  using OnChanges = std::function<void(const Changes&)>;
  using OnEnd = std::function<void(const WatchEnd&)>;

  EtcdClient(IoThread& io, Options options);
  ~EtcdClient();

  /// `done` is called once, never from within; not after stop().
  void call(Request request, const Done& done);
  /// Watches all keys with `prefix` from a revision on, instead of what it watched. `on_end` is
  /// called once, unless stop_watching() comes first.
  void watch(const std::string& prefix, Revision from, OnChanges on_changes, OnEnd on_end);
  void stop_watching();
  /// Nothing is heard of it any more.
  void stop();
  /// The member that is asked next.
  [[nodiscard]] const Endpoint& member() const noexcept { return options_.members[member_]; }

 private:
  class Watch;

  void leave(std::size_t member);

  IoThread& io_;
  const Options options_;
  std::size_t member_ = 0;
  std::uint64_t last_question_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Question>> questions_;  // under way
  std::shared_ptr<Watch> watch_;
};

}  // namespace chargemill::runtime::agreement
