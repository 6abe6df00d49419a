// What tests tell a driver, and what they look for in its answers.
#pragma once

#include <cstdint>

#include "actors/driver/driver.hpp"

namespace chargemill::driver {

using std::chrono::seconds;

inline constexpr DriverId kMe{7};
inline constexpr PointId kPoint{3};

inline SimTime at(int s) { return SimTime{seconds{s}}; }

template <class T>
const T* find(const Effects& effects) {
  for (const Effect& effect : effects) {
    if (const T* it = std::get_if<T>(&effect)) return it;
  }
  return nullptr;
}
template <class T>
bool says(const Effects& effects) {
  return find<T>(effects) != nullptr;
}

inline DriverUpdate update(const State& d, UpdateStatus status) {
  DriverUpdate u{};
  u.request = current_request(d);
  u.session = SessionId{40};
  u.point = kPoint;
  u.driver = d.id;
  u.status = status;
  return u;
}

inline Ticket ticket(std::uint64_t session, bool correction = false) {
  Ticket t{};
  t.session = SessionId{session};
  t.driver = kMe;
  t.correction = correction;
  return t;
}

inline Plan three_lines() {
  return Plan{{kPoint, kUnknownPoint, PointId{5}}, seconds{4}, seconds{30}, {}};
}

}  // namespace chargemill::driver
