// One request to etcd, until one of its members has answered it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/agreement/requests.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/alarm.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/http_call.hpp"
#include "runtime/net/io_thread.hpp"
#include "runtime/net/tls_handle.hpp"

namespace chargemill::runtime::agreement {

/// Where etcd is, and how long it may take.
struct EtcdAccess {
  std::vector<Endpoint> members;             ///< one at least
  Nanos patience = std::chrono::seconds{2};  ///< with all that comes of one request
  /// A request that may be repeated is given to the next member too when there is no answer for so
  /// long, and to one more each time that it is over again; from `patience` on: never.
  Nanos hedge_after = std::chrono::milliseconds{500};
  TlsContext tls = nullptr;  ///< of open_client_tls(); null: plain
};

/// "etcd at 127.0.0.1:2379".
[[nodiscard]] std::string name_of_etcd(const Endpoint& member);

/// Asks one member; another one if the request has not left this machine, and if it did, only where
/// asking twice does no more than asking once: a lease renewed, a look (ET-03). The first who
/// answers ends it, so a member that hangs costs `hedge_after`.
///
/// Threads: the IoThread. `io` and `access` outlive its being under way.
class Question final : public std::enable_shared_from_this<Question> {
 public:
  /// A call of one member came to nothing.
  using OnFailure = std::function<void(std::size_t member)>;
  /// Once: who has answered, or was asked last, and what came of it.
  using OnEnd = std::function<void(std::size_t member, Result<Answer>)>;

  Question(IoThread& io, const EtcdAccess& access, Request request, OnFailure on_failure,
           OnEnd on_end);

  /// Nothing is told from within.
  void begin(std::size_t member);
  /// Nothing is heard of it any more.
  void cancel();

 private:
  void ask_next();
  void take(std::size_t member, const HttpEnd& end, const std::string& text);
  [[nodiscard]] bool may_ask_another(bool was_sent) const;
  [[nodiscard]] Nanos rest() const;
  void settle(std::size_t member, Result<Answer> answer);

  IoThread& io_;
  const EtcdAccess& access_;
  const Request request_;
  const bool may_repeat_;
  OnFailure on_failure_;
  OnEnd on_end_;  // empty: it is over
  std::chrono::steady_clock::time_point began_;
  std::size_t first_ = 0;
  std::size_t asked_ = 0;      // so many members, from `first_` on
  std::size_t under_way_ = 0;  // of `calls_`
  std::vector<std::shared_ptr<HttpCall>> calls_;
  Alarm hedge_;
};

}  // namespace chargemill::runtime::agreement
