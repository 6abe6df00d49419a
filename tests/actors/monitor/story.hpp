// A monitor on a bench: hand-moved time, and everything it says in a list.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/monitor/monitor.hpp"

namespace chargemill::monitor {

using namespace std::chrono_literals;

enum class Engine { ok, ko, refuses, silent };

/// A monitor on a bench, between an engine and a central that do as they are told.
struct Story {
  State monitor = make_state(PointId{7}, Price{300'000}, 1s, 0s);
  SimTime now{};
  Engine engine = Engine::ok;
  bool central_answers = true;
  std::vector<Effect> said;
  std::vector<SimTime> at;  ///< when each was said
  std::uint64_t ticks = 0;

  void tell(const Event& event) {
    for (const Effect& effect : step(monitor, event, now)) {
      said.push_back(effect);
      at.push_back(now);
      if (std::holds_alternative<Throw>(effect)) crashed(monitor, now);
      if (const auto* ping = std::get_if<Ping>(&effect)) answer(*ping);
      if (!central_answers) continue;
      if (std::holds_alternative<Register>(effect)) tell(RegisterAck{});
      if (std::holds_alternative<FaultReport>(effect)) tell(FaultAck{});
      if (std::holds_alternative<HealthyReport>(effect)) tell(HealthyAck{});
    }
  }
  void pass(Nanos time) {
    const SimTime end = now + time;
    while (due(monitor) <= end) {
      now = std::max(now, due(monitor));
      ++ticks;
      tell(Tick{});
    }
    now = end;
  }
  template <class T>
  [[nodiscard]] std::vector<SimTime> times() const {
    std::vector<SimTime> found;
    for (std::size_t i = 0; i < said.size(); ++i) {
      if (std::holds_alternative<T>(said[i])) found.push_back(at[i]);
    }
    return found;
  }
  template <class T>
  [[nodiscard]] std::size_t count() const {
    return times<T>().size();
  }
  void forget() {
    said.clear();
    at.clear();
    ticks = 0;
  }

 private:
  void answer(Ping ping) {
    switch (engine) {
      case Engine::ok:
        return tell(Pong{ping.number, true, Phase::activated});
      case Engine::ko:
        return tell(Pong{ping.number, false, Phase::fault});
      case Engine::refuses:
        return tell(PingRefused{ping.number});
      case Engine::silent:
        return;
    }
  }
};

}  // namespace chargemill::monitor
