// Time and chance of a simulation: both come from its seed.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <tuple>
#include <utility>

#include "runtime/agreement/machine_time.hpp"
#include "runtime/base/random_stream.hpp"

namespace chargemill::test {

using runtime::agreement::MachineTime;

/// Does one thing after the other, in the order of their times and then of their being asked for.
class SimulatedTime {
 protected:
  explicit SimulatedTime(std::uint64_t seed) : random_(seed, 0, Purpose::faults) {}

  void at(Nanos wait, std::function<void()> what) {
    due_.push({now_ + wait, ++numbers_, std::move(what)});
  }
  /// Or until a law is broken.
  void run_until(MachineTime end) {
    while (!due_.empty() && due_.top().at <= end && broken_.empty()) {
      const auto what = due_.top().what;
      now_ = due_.top().at;
      due_.pop();
      what();
    }
    now_ = end;
  }
  [[nodiscard]] bool chance(double share) { return random_.uniform() < share; }
  [[nodiscard]] Nanos between(double least_s, double most_s) {
    const double s = least_s + (most_s - least_s) * random_.uniform();
    return Nanos{static_cast<std::int64_t>(s * 1e9)};
  }
  void broke(const std::string& law) {
    if (broken_.empty())
      broken_ = law + " at " + std::to_string(now_.time_since_epoch().count()) + " ns";
  }

  RandomStream random_;
  MachineTime now_{};
  std::string broken_;  // the first law that was; empty: none

 private:
  struct Due {
    MachineTime at;
    std::uint64_t number = 0;
    std::function<void()> what;
    bool operator<(const Due& other) const {
      return std::tie(at, number) > std::tie(other.at, other.number);
    }
  };
  std::uint64_t numbers_ = 0;
  std::priority_queue<Due> due_;
};

}  // namespace chargemill::test
