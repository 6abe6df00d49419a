#include "app/commands/run_end.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "actors/archive/past.hpp"
#include "app/api/layout.hpp"
#include "app/api/newest_messages.hpp"
#include "app/api/nodes_json.hpp"
#include "app/commands/kept_past.hpp"
#include "app/commands/nodes_view.hpp"
#include "app/dashboard/marks.hpp"
#include "app/dashboard/state_frame.hpp"
#include "app/history/history_rows.hpp"
#include "app/history/history_times.hpp"
#include "app/history/journal_set.hpp"
#include "app/output/kept_log.hpp"
#include "runtime/base/base64.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kFaultsMax = 1'000;
/// Among the newest so many the page looks for those that were open.
constexpr std::uint64_t kSessionsMax = 1'000;
constexpr std::size_t kMessagesMax = 200;  // as many as the live page asks for

ordered_json newest_faults(archive::Past& past) {
  auto rows = ordered_json::array();
  archive::Filter filter;
  filter.limit = kFaultsMax;
  const auto found = past.faults(filter);
  if (!found) return rows;
  const Table table = to_table(*found);
  for (const auto& row : table.rows) {
    ordered_json one;
    for (std::size_t i = 0; i < row.size(); ++i) one[table.columns[i]] = row[i];
    rows.push_back(std::move(one));
  }
  return rows;
}

/// As /api/v1/requests: who supplied when it ended.
ordered_json open_requests(archive::Past& past) {
  auto rows = ordered_json::array();
  archive::Filter filter;
  filter.limit = kSessionsMax;
  const auto found = past.sessions(filter);
  if (!found) return rows;
  const Table table = to_table(*found);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    if ((*found)[i].end) continue;
    const auto cell = [&](const char* column) {
      const auto at = std::find(table.columns.begin(), table.columns.end(), column);
      return table.rows[i][static_cast<std::size_t>(at - table.columns.begin())];
    };
    rows.push_back({{"driver_id", cell("driver_id")},
                    {"cp_id", cell("cp_id")},
                    {"session_id", cell("session_id")},
                    {"status", "in_progress"},
                    {"ts", cell("start_time")}});
  }
  return rows;
}

/// What the point of that number is called in `layout`.
std::string name_of(const ordered_json& layout, std::size_t point) {
  const auto& joined = layout.at("joined");
  const auto& names = layout.at("names");
  const std::size_t listed = layout.at("points").get<std::size_t>() - joined.size();
  if (point >= listed) return joined[point - listed].get<std::string>();
  return names.is_null() ? fmt::format("CP-{:06}", point + 1) : names[point].get<std::string>();
}

/// What the page shows of the past. Whoever is in one of its lists comes first: that is who is
/// looked up.
void add_past(ordered_json& end, archive::Past& past) {
  end["faults"] = newest_faults(past);
  end["requests"] = open_requests(past);
  if (auto messages = api::newest_messages(past, kMessagesMax))
    end["messages"] = std::move(*messages);
  std::vector<std::string> wanted;
  std::set<std::string> known;
  const auto want = [&](std::string name) {
    if (known.insert(name).second) wanted.push_back(std::move(name));
  };
  for (const char* list : {"faults", "requests"})
    for (const auto& row : end[list]) want(row.at("cp_id").get<std::string>());
  const auto& layout = end.at("layout");
  const auto points = layout.at("points").get<std::size_t>();
  // Of a million the rest need no names.
  for (std::size_t i = 0; i < points && wanted.size() < KeptPastLimits{}.points; ++i)
    want(name_of(layout, i));
  end["past"] = kept_past(past, wanted);
}

/// As /api/v1/log; null: there is none.
ordered_json log_of(const std::filesystem::path& file) {
  KeptLog kept;
  std::ifstream lines{file};
  for (std::string line; std::getline(lines, line);) kept.add(std::move(line));
  auto log = ordered_json::parse(kept.json(), nullptr, false);
  return log.is_discarded() || log["lines"].empty() ? ordered_json() : log;
}

}  // namespace

ordered_json last_look(network::Desk& desk, Memory* memory, const RunNodes* nodes) {
  ordered_json looked{{"layout", api::layout_json(desk.topology(), desk.annex())}};
  if (memory != nullptr) add_past(looked, memory->look());
  if (nodes != nullptr) looked["nodes"] = api::nodes_json(node_rows(nodes, desk));
  return looked;
}

ordered_json states_json(const network::Scenario& scenario, const ordered_json& looked,
                         const std::vector<DisplayState>& display, const ordered_json& config) {
  // Of several nodes it is not known of those that joined: better no map than a wrong one.
  if (display.empty() || !looked.is_object() ||
      looked.at("layout").at("points").get<std::size_t>() != display.size())
    return nullptr;
  dashboard::PackedStates states{static_cast<std::uint32_t>(display.size())};
  for (std::uint32_t i = 0; i < states.size(); ++i)
    states.set(i, dashboard::state_code(display[i], false));
  const auto frame = dashboard::encode_frame({states.size(), 1, 0, 0}, states, nullptr);
  const auto start = std::chrono::seconds{scenario.run.start_unix_s};
  ordered_json end{{"start", time_text(start)},
                   {"states", runtime::to_base64(frame)},
                   {"marks", dashboard::marks_json(scenario)}};
  end.update(looked);
  end.update(config);
  return end;
}

ordered_json report_end(ordered_json states, const std::filesystem::path& run,
                        const std::filesystem::path& journal) {
  if (!states.is_object()) return states;
  states["log"] = log_of(run / "log.ndjson");
  std::error_code error;
  if (!std::filesystem::is_directory(journal, error)) return states;
  const auto paths = journals_beside(journal);
  if (paths.empty()) return states;
  const auto journals = read_journals(paths);
  if (journals) add_past(states, **journals);
  return states;
}

std::shared_ptr<void> and_then(std::shared_ptr<void> open, std::function<void()> last) {
  return {nullptr, [open = std::move(open), last = std::move(last)](std::nullptr_t) mutable {
            open.reset();
            last();
          }};
}

}  // namespace chargemill::app
