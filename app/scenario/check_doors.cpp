#include "app/scenario/check_doors.hpp"

#include <fmt/format.h>

#include "runtime/net/endpoint.hpp"

namespace chargemill::app {
namespace {

Place place_of(const Origins& origins, const std::string& key) {
  const auto found = origins.find(key);
  return found == origins.end() ? Place{} : found->second.place;
}

/// Without a token nobody on another machine is let in.
void check_door(const char* section, DoorSettings& door, const Origins& origins,
                std::vector<Diagnostic>& found) {
  const std::string key = fmt::format("{}.listen", section);
  door.is_chosen = origins.count(key) > 0;
  if (!door.is_on()) return;
  const auto endpoint = runtime::parse_endpoint(door.listen);
  if (!endpoint || is_loopback(*endpoint)) return;  // what is none is said elsewhere
  found.push_back(
      {Code::open_door, fmt::format("'{}' would let in whoever reaches {}", key, door.listen),
       place_of(origins, key),
       fmt::format("127.0.0.1:{0}; from elsewhere: ssh -L {0}:127.0.0.1:{0} THIS_MACHINE",
                   endpoint->port)});
}

}  // namespace

void check_doors(DoorsSettings& doors, const Origins& origins, std::vector<Diagnostic>& found) {
  check_door("http", doors.http, origins, found);
  check_door("tcp", doors.tcp, origins, found);
}

}  // namespace chargemill::app
