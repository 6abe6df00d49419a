#include "app/scenario/profile_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "actors/fleet/profile_defects.hpp"

namespace chargemill::app {
namespace {

using fleet::ProfileDefect;
using fleet::ProfileTable;

class ProfileReader {
 public:
  ProfileReader(const toml::table& table, const SourceText& source, const ProfileKeys& keys,
                Reading& reading)
      : table_(table),
        source_(source),
        names_{"weekday_share",   "weekend_share", keys.energy_by_hour,
               keys.stay_by_hour, "energy_kwh",    "stay_h"},
        reading_(reading) {}

  std::optional<fleet::ProfileTables> read() {
    refuse_unknown_keys();
    read_hours(ProfileTable::weekday_share, tables_.weekday_share);
    read_hours(ProfileTable::weekend_share, tables_.weekend_share);
    read_hours(ProfileTable::mean_kwh_by_hour, tables_.mean_kwh_by_hour);
    read_hours(ProfileTable::mean_stay_h_by_hour, tables_.mean_stay_h_by_hour);
    read_points(ProfileTable::energy_kwh, tables_.energy_kwh);
    read_points(ProfileTable::stay_h, tables_.stay_h);
    for (const auto& defect : fleet::defects_of(tables_)) report(defect);
    if (!is_sound_) return std::nullopt;
    return std::move(tables_);
  }

 private:
  static constexpr const char* kHoursHint = "24 numbers, one for each hour from 00";
  static constexpr const char* kPointsHint = "[[probability, value], ...]";

  /// For what cannot be read: no defect of its neighbours comes from it, as from a zero it might.
  static constexpr double kUnread = std::numeric_limits<double>::quiet_NaN();

  static bool is_pair(const toml::node& node) {
    const auto* const pair = node.as_array();
    return pair != nullptr && pair->size() == 2 && (*pair)[0].is_number() && (*pair)[1].is_number();
  }
  static bool can_be_read(const toml::node& element, ProfileTable table) {
    const bool is_of_points = table == ProfileTable::energy_kwh || table == ProfileTable::stay_h;
    return is_of_points ? is_pair(element) : element.is_number();
  }
  static std::size_t index_of(ProfileTable table) { return static_cast<std::size_t>(table); }
  [[nodiscard]] const std::string& name_of(ProfileTable table) const {
    return names_[index_of(table)];
  }

  void report(std::string text, const Place& place, std::string hint) {
    is_sound_ = false;
    reading_.report(Code::profile, std::move(text), place, std::move(hint));
  }

  void report(const ProfileDefect& defect) {
    const auto* const node = table_.get(name_of(defect.table));
    const auto* const list = node == nullptr ? nullptr : node->as_array();
    if (list == nullptr) return;  // and that was reported
    const bool is_one = defect.row != ProfileDefect::kWhole;
    const toml::node* const wrong = is_one ? list->get(defect.row) : list;
    // An element that is not there, or is not what it must be, was reported too: its NaN is ours.
    if (wrong == nullptr || (is_one && !can_be_read(*wrong, defect.table))) return;
    report(fmt::format("'{}': {}", name_of(defect.table), defect.why), source_.at(wrong->source()),
           {});
  }

  void refuse_unknown_keys() {
    const std::vector<std::string> known{names_.begin(), names_.end()};
    for (auto&& [key, node] : table_) {
      const std::string_view name = key.str();
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      std::string hint = did_you_mean(name, known);
      if (hint.empty()) hint = fmt::format("a profile has: {}", fmt::join(known, ", "));
      report(fmt::format("unknown key '{}'", name), source_.at(key.source(), name.size()),
             std::move(hint));
    }
  }

  /// The list under the name of `which`; null: there is none, which is reported.
  const toml::array* list_of(ProfileTable which, const char* hint) {
    const auto* const node = table_.get(name_of(which));
    if (node == nullptr) {
      report(fmt::format("a profile needs '{}'", name_of(which)), source_.at(table_.source(), 1),
             fmt::format("{} = {}", name_of(which), hint));
    } else if (!node->is_array()) {
      report(fmt::format("'{}' is a list", name_of(which)), source_.at(node->source()), hint);
    }
    return node == nullptr ? nullptr : node->as_array();
  }

  void read_hours(ProfileTable which, fleet::ByHour& hours) {
    hours.fill(kUnread);
    const auto* const values = list_of(which, kHoursHint);
    if (values == nullptr) return;
    if (values->size() != hours.size()) {
      report(fmt::format("'{}' has {} of 24 hours", name_of(which), values->size()),
             source_.at(values->source()), kHoursHint);
    }
    for (std::size_t h = 0; h < values->size(); ++h) {
      const auto& value = *values->get(h);
      if (!value.is_number()) {
        report(fmt::format("'{}' is a list of numbers", name_of(which)), source_.at(value.source()),
               kHoursHint);
      } else if (h < hours.size()) {
        hours[h] = value.value_or(kUnread);
      }
    }
  }

  void read_points(ProfileTable which, fleet::Quantiles& points) {
    const auto* const rows = list_of(which, kPointsHint);
    if (rows == nullptr) return;
    for (const auto& row : *rows) {
      if (is_pair(row)) {
        const auto& pair = *row.as_array();
        points.emplace_back(pair[0].value_or(kUnread), pair[1].value_or(kUnread));
        continue;
      }
      points.emplace_back(kUnread, kUnread);
      report(fmt::format("'{}' is a list of pairs of numbers", name_of(which)),
             source_.at(row.source()), kPointsHint);
    }
  }

  const toml::table& table_;
  const SourceText& source_;
  const std::array<std::string, fleet::kProfileTables> names_;  // by ProfileTable
  Reading& reading_;
  fleet::ProfileTables tables_;
  bool is_sound_ = true;
};

}  // namespace

std::optional<fleet::ProfileTables> read_profile_tables(const toml::table& table,
                                                        const SourceText& source,
                                                        const ProfileKeys& keys, Reading& reading) {
  return ProfileReader{table, source, keys, reading}.read();
}

}  // namespace chargemill::app
