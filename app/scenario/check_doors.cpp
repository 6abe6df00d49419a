#include "app/scenario/check_doors.hpp"

#include <fmt/format.h>

#include "runtime/net/endpoint.hpp"

namespace chargemill::app {
namespace {

Place place_of(const Origins& origins, const std::string& key) {
  const auto found = origins.find(key);
  return found == origins.end() ? Place{} : found->second.place;
}

/// What is named in a file is meant beside that file.
void resolve(const std::string& key, std::string& name, const Origins& origins,
             const std::filesystem::path& folder) {
  const auto origin = origins.find(key);
  const bool is_in_file = origin != origins.end() && origin->second.source == Source::file;
  if (is_in_file && !name.empty()) name = (folder / name).string();
}

void check_tls(const char* section, const DoorSettings& door, const Origins& origins,
               std::vector<Diagnostic>& found) {
  if (door.tls_cert.empty() == door.tls_key.empty()) return;
  const char* const there = door.tls_cert.empty() ? "tls_key" : "tls_cert";
  const char* const missing = door.tls_cert.empty() ? "tls_cert" : "tls_key";
  found.push_back({Code::contradiction,
                   fmt::format("'{0}.{1}' needs '{0}.{2}'", section, there, missing),
                   place_of(origins, fmt::format("{}.{}", section, there)), ""});
}

/// Without a token nobody on another machine is let in.
void check_door(const char* section, DoorSettings& door, const Origins& origins,
                const std::filesystem::path& folder, std::vector<Diagnostic>& found) {
  const std::string key = fmt::format("{}.listen", section);
  door.is_chosen = origins.count(key) > 0;
  resolve(fmt::format("{}.token_file", section), door.token_file, origins, folder);
  for (auto* file : {&door.tls_cert, &door.tls_key})
    resolve(fmt::format("{}.{}", section, file == &door.tls_key ? "tls_key" : "tls_cert"), *file,
            origins, folder);
  check_tls(section, door, origins, found);
  if (!door.is_on()) return;
  const auto endpoint = runtime::parse_endpoint(door.listen);
  if (!endpoint || is_loopback(*endpoint)) return;  // what is none is said elsewhere
  if (!door.token_file.empty()) {
    if (!door.tls_cert.empty()) return;
    return found.push_back(
        {Code::open_door,
         fmt::format("what '{}' hears and says, tokens too, can be read on its way", key),
         place_of(origins, key), fmt::format("'{0}.tls_cert' and '{0}.tls_key' hide it", section),
         Severity::warning});
  }
  found.push_back(
      {Code::open_door, fmt::format("'{}' would let in whoever reaches {}", key, door.listen),
       place_of(origins, key),
       fmt::format("--set {1}.token_file=FILE lets in whoever has a token of it; or listen on "
                   "127.0.0.1:{0}, and from elsewhere: ssh -L {0}:127.0.0.1:{0} THIS_MACHINE",
                   endpoint->port, section)});
}

}  // namespace

void check_doors(DoorsSettings& doors, const Origins& origins, const std::filesystem::path& folder,
                 std::vector<Diagnostic>& found) {
  check_door("http", doors.http, origins, folder, found);
  check_door("tcp", doors.tcp, origins, folder, found);
}

}  // namespace chargemill::app
