// A charge point on a bench: hand-moved time, and everything it says in a list.
#pragma once

#include <vector>

#include "actors/charge_point/charge_point.hpp"

namespace chargemill::charge_point {

using namespace std::chrono_literals;

struct Story {
  Settings settings;
  State point;
  SimTime now{};
  std::vector<Effect> said;  ///< since the last `forget`
  bool answers = true;       ///< acknowledges at once, like a central without delay

  explicit Story(Power power = Power{22'000}, Price price = Price{300'000}, Settings s = {},
                 bool manual_plug = false)
      : settings(s), point(make_state(PointId{7}, power, price, settings, manual_plug)) {}
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  /// Tells the point `event` now; if that makes it crash, it is down as under its shell.
  void tell(const Event& event) {
    for (const Effect& effect : step(point, event, now)) {
      said.push_back(effect);
      if (std::holds_alternative<Throw>(effect)) crashed(point, now);
      if (answers) answer(effect);
    }
  }
  /// Moves time forward, with every tick at the instant it asked for.
  void pass(Nanos time) {
    const SimTime end = now + time;
    while (due(point) <= end) {
      now = std::max(now, due(point));
      tell(Tick{});
    }
    now = end;
  }
  void start(std::uint64_t session, Energy target = {}, Nanos stay = Nanos{0}) {
    tell(order(session, target, stay));
  }
  [[nodiscard]] StartSupply order(std::uint64_t session, Energy target = {},
                                  Nanos stay = Nanos{0}) const {
    return {SessionId{session}, RequestId{session}, target, stay, now,
            DriverId{3},        PayloadDefect::none};
  }
  void forget() { said.clear(); }

  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const Effect& effect : said) {
      if (const T* one = std::get_if<T>(&effect)) found.push_back(*one);
    }
    return found;
  }
  /// Where the first T stands in what was said; said.size() if there is none.
  template <class T>
  [[nodiscard]] std::size_t place() const {
    std::size_t i = 0;
    while (i < said.size() && !std::holds_alternative<T>(said[i])) ++i;
    return i;
  }
  [[nodiscard]] std::size_t notes(NoteCode code) const {
    std::size_t count = 0;
    for (const Note& note : all<Note>()) count += note.code == code ? 1U : 0U;
    return count;
  }

 private:
  void answer(const Effect& effect) {
    if (const auto* status = std::get_if<Status>(&effect)) tell(ReportAck{status->seq});
    const auto* const telemetry = std::get_if<Telemetry>(&effect);
    if (telemetry != nullptr && telemetry->wants_ack) tell(ReportAck{telemetry->seq});
    if (const auto* end = std::get_if<SessionEnd>(&effect)) tell(SessionEndAck{end->session});
  }
};

}  // namespace chargemill::charge_point
