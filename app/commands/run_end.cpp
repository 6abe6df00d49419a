#include "app/commands/run_end.hpp"

#include "actors/archive/past.hpp"
#include "app/api/layout.hpp"
#include "app/dashboard/marks.hpp"
#include "app/dashboard/state_frame.hpp"
#include "app/history/history_rows.hpp"
#include "app/history/history_times.hpp"
#include "app/history/journal_set.hpp"
#include "runtime/base/base64.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kFaultsMax = 1'000;

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

}  // namespace

ordered_json last_look(network::Desk& desk, Memory* memory) {
  ordered_json looked{{"layout", api::layout_json(desk.topology(), desk.annex())}};
  if (memory != nullptr) looked["faults"] = newest_faults(memory->look());
  return looked;
}

ordered_json states_json(const network::Scenario& scenario, const ordered_json& looked,
                         const std::vector<DisplayState>& display) {
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
  return end;
}

ordered_json report_end(ordered_json states, const std::filesystem::path& journal) {
  std::error_code error;
  if (!states.is_object() || !std::filesystem::is_directory(journal, error)) return states;
  const auto paths = journals_beside(journal);
  if (paths.empty()) return states;
  const auto journals = read_journals(paths);
  if (journals) states["faults"] = newest_faults(**journals);
  return states;
}

std::shared_ptr<void> and_then(std::shared_ptr<void> open, std::function<void()> last) {
  return {nullptr, [open = std::move(open), last = std::move(last)](std::nullptr_t) mutable {
            open.reset();
            last();
          }};
}

}  // namespace chargemill::app
