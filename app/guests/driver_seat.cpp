// What is remembered of a driver outside: its requests by their own names, those that are over.
#include <algorithm>
#include <cstdlib>
#include <functional>

#include "app/guests/guests.hpp"

namespace chargemill::app {

Guests::Request* Guests::DriverSeat::find(std::string_view name) {
  const auto found = std::find_if(requests.begin(), requests.end(),
                                  [&](const Request& one) { return one.name == name; });
  return found == requests.end() || name.empty() ? nullptr : &*found;
}

/// A first ticket may be confirmed after its correction was pushed: that one is still owed then.
bool Guests::Issued::is_confirmed_by(Energy said) const {
  if (!corrected) return true;
  const auto off = [said](Energy from) { return std::abs((said - from).mj); };
  return off(delivered) <= off(*corrected);
}

void Guests::DriverSeat::leave(std::string_view name) {
  const std::uint64_t hash = std::hash<std::string_view>{}(name);
  if (left.size() < kLeftMax) {
    left.push_back(hash);
  } else {
    left[requests_left % kLeftMax] = hash;
  }
  ++requests_left;
}

void Guests::DriverSeat::forget_left() {
  left = {};
  requests_left = 0;
}

bool Guests::DriverSeat::has_left(std::string_view name) const {
  const std::uint64_t hash = std::hash<std::string_view>{}(name);
  return std::find(left.begin(), left.end(), hash) != left.end();
}

}  // namespace chargemill::app
