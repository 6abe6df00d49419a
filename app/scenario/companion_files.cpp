#include "app/scenario/companion_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "app/scenario/parse_toml.hpp"
#include "app/scenario/profile_file.hpp"
#include "app/sessions/session_csv.hpp"

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kDefaultRequests{"CP-001", "CP-002", "CP-001"};  // D-122

Place place_of(const Reading& reading, const std::string& key) {
  const auto found = reading.origins.find(key);
  return found == reading.origins.end() ? Place{} : found->second.place;
}

// Relative to the scenario file if it was named there.
fs::path resolve(const Reading& reading, const std::string& key, const std::string& name,
                 const fs::path& folder) {
  const auto found = reading.origins.find(key);
  const bool in_file = found != reading.origins.end() && found->second.source == Source::file;
  return in_file ? folder / name : fs::path{name};
}

/// Of a file that can be read.
std::string text_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// D-122: one id per line, trimmed; blank lines and those that start with # do not count.
void read_requests(const fs::path& path, const Place& place, Reading& reading,
                   std::vector<std::string>& requests) {
  if (const auto why = why_unreadable(path)) {
    reading.report(Code::requests,
                   fmt::format("cannot read the request file {}: {}", path.string(), *why), place);
    return;
  }
  std::ifstream in{path};
  reading.inputs.push_back(path);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("\xEF\xBB\xBF", 0) == 0) line.erase(0, 3);
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    requests.push_back(line.substr(first, line.find_last_not_of(" \t\r") + 1 - first));
  }
  if (requests.empty()) {
    reading.report(Code::requests, fmt::format("no charge point ids in {}", path.string()), place,
                   "one id per line");
  }
}

void read_drivers(const fs::path& folder, Reading& reading) {
  auto& named = reading.draft.scenario.drivers.named;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < reading.drivers.size(); ++i) {
    auto& item = reading.drivers[i];
    if (!item.requests_file.empty()) {
      read_requests(folder / item.requests_file,
                    place_of(reading, fmt::format("driver[{}].requests", i)), reading,
                    item.spec.requests);
    } else if (item.spec.requests.empty() && !item.spec.is_outside) {
      item.spec.requests = kDefaultRequests;
    }
    ids.insert(item.spec.id);
    named.push_back(std::move(item.spec));
  }
  for (const auto& name : reading.draft.files.requests) {
    const auto path = resolve(reading, "drivers.requests", name, folder);
    network::DriverSpec spec;
    const std::string stem = path.stem().string();
    spec.id = stem;
    for (int n = 2; !ids.insert(spec.id).second; ++n) spec.id = fmt::format("{}-{}", stem, n);
    read_requests(path, place_of(reading, "drivers.requests"), reading, spec.requests);
    named.push_back(std::move(spec));
  }
}

void read_profile(const fs::path& folder, Reading& reading) {
  auto& drivers = reading.draft.scenario.drivers;
  const std::string& name = reading.draft.files.profile;
  if (drivers.profile != fleet::ProfileName::file) {
    drivers.custom_profile.reset();
    return;
  }
  if (name.empty()) {
    const bool has_failed = reading.failed.count("drivers.profile_table") > 0 ||
                            reading.failed.count("drivers.profile_file") > 0;  // and was reported
    if (!drivers.custom_profile && !has_failed)
      reading.report(Code::missing, "profile = \"file\" needs 'drivers.profile_file'",
                     place_of(reading, "drivers.profile"));
    return;
  }
  const auto path = resolve(reading, "drivers.profile_file", name, folder);
  const Place place = place_of(reading, "drivers.profile_file");
  if (const auto why = why_unreadable(path)) {
    reading.report(Code::profile,
                   fmt::format("cannot read the profile {}: {}", path.string(), *why), place);
    return;
  }
  reading.inputs.push_back(path);
  const std::string text = text_of(path);
  const SourceText source{path.string(), text};
  parse_toml(text, source, reading, [&](const toml::table& root) {
    const auto tables = read_profile_tables(root, source, {}, reading);
    if (tables) drivers.custom_profile = fleet::make_profile(*tables);
  });
}

void report(const std::string& file, const SessionsRefused& refused, Reading& reading) {
  for (const auto& mistake : refused.mistakes) {
    std::string hint;
    if (!mistake.sought.empty()) {
      hint = did_you_mean(mistake.sought, refused.header);
      if (hint.empty()) hint = "[drivers.replay_columns] says which column is which";
    }
    reading.report(Code::recording, mistake.why,
                   {file, mistake.line, mistake.column, mistake.row, mistake.width},
                   std::move(hint));
  }
  if (refused.unnamed > 0) {
    Place place;
    place.source = file;
    reading.report(Code::recording, fmt::format("... and {} more", refused.unnamed), place);
  }
}

void read_recording(const fs::path& folder, Reading& reading) {
  const auto& files = reading.draft.files;
  if (files.replay.empty()) return;
  const Place place = place_of(reading, "drivers.replay");
  const fs::path path = resolve(reading, "drivers.replay", files.replay, folder);
  if (const auto why = why_unreadable(path)) {
    reading.report(Code::recording,
                   fmt::format("cannot read the recording {}: {}", path.string(), *why), place);
    return;
  }
  ColumnMap columns;
  if (!files.column_start.empty()) columns.start = files.column_start;
  if (!files.column_end.empty()) columns.end = files.column_end;
  if (!files.column_energy.empty()) columns.energy = files.column_energy;
  if (!files.column_station.empty()) columns.station = files.column_station;
  auto table = parse_sessions(text_of(path), columns, path.string());
  if (!table) return report(path.string(), table.error(), reading);
  reading.inputs.push_back(path);
  if (!table->note.empty())
    reading.diagnostics.push_back({Code::recording, table->note, place, {}, Severity::warning});
  reading.draft.scenario.drivers.replay = std::move(table->sessions);
}

}  // namespace

void read_companion_files(const fs::path& folder, Reading& reading) {
  read_drivers(folder, reading);
  read_profile(folder, reading);
  read_recording(folder, reading);
}

}  // namespace chargemill::app
