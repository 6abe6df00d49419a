// Puts what the clients of a door want to see before a desk, a few at a time.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "actors/network/desk.hpp"

namespace chargemill::app {

/// Threads: the IoThread.
class Inspector {
 public:
  /// Less than the desk takes: other doors ask it as well.
  static constexpr std::size_t kOpenMax = network::Desk::kOpenMax / 4;
  static constexpr std::size_t kWaitingMax = 8'192;

  explicit Inspector(network::Desk& desk) : desk_(desk) {}

  /// One look, at the shard of one point or at all shards.
  struct Errand {
    std::shared_ptr<central::Inspection> what;  ///< done() must be called once it has finished
    std::optional<PointId> point;
    std::function<void()> refuse;  ///< called, at once or later, if it is not taken: all is full
    bool is_behind_point = false;  ///< after what was said to the point, which is outside
  };
  void ask(Errand errand);
  /// Whoever is going to change something and to look at it asks this before: false, nothing is
  /// taken now. (True is no promise: other doors may fill the desk meanwhile.)
  [[nodiscard]] bool has_room() const noexcept { return waiting_.size() < kWaitingMax; }
  void done();

 private:
  [[nodiscard]] bool send(const Errand& errand);
  [[nodiscard]] bool inspect(const Errand& errand);

  network::Desk& desk_;
  std::size_t open_ = 0;
  std::deque<Errand> waiting_;
};

}  // namespace chargemill::app
