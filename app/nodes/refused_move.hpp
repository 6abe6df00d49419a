// A move of shards that did not come about, and that the table still wants. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/nodes/moves.hpp"

namespace chargemill::app {

/// The last one. What is in its way may be over in a moment, or never (shards that no message
/// carries), and each try lets their charge points stand: it is tried again soon, then ever later.
/// People hear of it once.
class RefusedMove {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kAgainMin{100};
  static constexpr std::chrono::milliseconds kAgainMax{6'400};

  /// Whether this one is to be tried now; any other one is.
  [[nodiscard]] bool is_due(const Move& move, Clock::time_point now) const;
  /// It did not come about, because of `trouble`; whether that is news.
  [[nodiscard]] bool note(const Move& move, const std::string& trouble, Clock::time_point now);
  /// One has come about.
  void forget() noexcept { last_.reset(); }

 private:
  struct Refused {
    Move move;
    std::string trouble;
    std::chrono::milliseconds wait{};
    Clock::time_point until;
  };
  /// The same points between the same nodes, whatever the table is called by now.
  [[nodiscard]] bool is_last(const Move& move) const;

  std::optional<Refused> last_;
};

}  // namespace chargemill::app
