#include "app/scenario/file_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "app/scenario/profile_file.hpp"

namespace chargemill::app {
namespace {

/// Tables that only a scenario written out in full has (resolved_toml).
constexpr const char* kProfileTable = "drivers.profile_table";
constexpr const char* kRecordedList = "drivers.recorded";

class Reader {
 public:
  Reader(const SourceText& source, Reading& reading) : source_(source), reading_(reading) {}

  void walk(const toml::table& table, const std::string& section) {
    for (auto&& [key, node] : table) {
      const std::string bare{key.str()};
      const std::string name = section.empty() ? bare : fmt::format("{}.{}", section, bare);
      if (const auto* field = find_key(name)) {
        set(*field, name, node, reading_.draft);
      } else if (section.empty() && is_list(bare)) {
        read_list_named(bare, node);
      } else if (name == kProfileTable && node.is_table()) {
        read_profile(*node.as_table());
      } else if (name == kRecordedList && node.is_array()) {
        read_recorded(*node.as_array());
      } else if (is_section(name)) {
        if (const auto* inner = node.as_table()) {
          walk(*inner, name);
        } else {
          reading_.report(Code::type, fmt::format("'{}' is a section", name),
                          source_.at(node.source()), how_to_write(node, like(name, lists_), name));
        }
      } else {
        unknown(section, bare, node, key.source());
      }
    }
  }

 private:
  using Names = std::vector<std::string>;

  [[nodiscard]] static bool has(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  [[nodiscard]] bool is_list(const std::string& name) const { return has(lists_, name); }
  [[nodiscard]] bool is_section(const std::string& name) const { return has(sections_, name); }

  /// [[driver]] and [drivers] differ by a letter, which is easily too much or too little.
  [[nodiscard]] static std::string like(const std::string& name, const Names& names) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& other) {
      return edit_distance(name, other) == 1;
    });
    return found == names.end() ? std::string{} : *found;
  }

  /// For what is no list, or no section: the keys that stand there tell which of two that are alike
  /// was meant. `list` or `section` may be empty: there is none.
  [[nodiscard]] static std::string how_to_write(const toml::node& node, const std::string& list,
                                                const std::string& section) {
    std::string as_list = fmt::format("write [[{}]]", list);
    std::string as_section = fmt::format("write [{}]", section);
    if (list.empty()) return as_section;
    if (section.empty()) return as_list;
    const auto* const items = node.as_array();
    const toml::node& first = items != nullptr && !items->empty() ? *items->get(0) : node;
    bool is_of_list = false;
    bool is_of_section = false;
    if (const auto* const table = first.as_table()) {
      for (auto&& [key, value] : *table) {
        const bool in_list = has(keys_of_list(list), key.str());
        const bool in_section = find_key(fmt::format("{}.{}", section, key.str())) != nullptr;
        is_of_list |= in_list && !in_section;
        is_of_section |= in_section && !in_list;
      }
    }
    if (is_of_list != is_of_section) return is_of_list ? as_list : as_section;
    return fmt::format("write [[{}]] for each, or [{}] for all of them", list, section);
  }
  [[nodiscard]] static Names keys_of_list(const std::string& name) {
    Names keys;
    for (const auto& list : lists()) {
      for (const auto* key : list.keys) {
        if (list.name == name) keys.push_back(key->name);
      }
    }
    return keys;
  }
  [[nodiscard]] static Names list_names() {
    Names names;
    for (const auto& list : lists()) names.push_back(list.name);
    return names;
  }

  template <class T>
  void set(const Field<T>& field, const std::string& name, const toml::node& node, T& target) {
    const Place place = source_.at(node.source());
    const auto value = from_toml(node, field.info);
    if (!value) {
      reading_.report(value.error().code, value.error().text, place, value.error().hint);
      reading_.failed.insert(name);
      return;
    }
    field.set(target, *value);
    reading_.origins[name] = {Source::file, place};
  }

  void unknown(const std::string& section, const std::string& bare, const toml::node& node,
               const toml::source_region& region) {
    const Place place = source_.at(region, bare.size());
    if (!section.empty() && is_list(bare) && node.is_array_of_tables()) {
      reading_.report(Code::key, fmt::format("unknown key '{}.{}'", section, bare), place,
                      fmt::format("write [[{}]]: the list belongs to no section", bare));
      read_list_named(bare, node);
    } else if (!section.empty()) {
      Names known;
      for (const auto& names : {key_names(), sections_}) {
        for (const auto& name : names) {
          if (name.rfind(section + '.', 0) == 0) known.push_back(name.substr(section.size() + 1));
        }
      }
      std::string hint = did_you_mean(bare, known);
      if (hint.empty()) hint = home_of(bare);
      reading_.report(Code::key, fmt::format("unknown key '{}.{}'", section, bare), place, hint);
    } else if (node.is_table() || node.is_array_of_tables()) {
      reading_.report(Code::section, fmt::format("unknown section '{}'", bare), place,
                      section_like(bare));
      read_as_meant(bare, node);
    } else {
      std::string hint = home_of_one_like(bare);
      if (hint.empty()) hint = section_like(bare);
      reading_.report(Code::key, fmt::format("'{}' stands in no section", bare), place, hint);
    }
  }
  [[nodiscard]] std::string section_like(const std::string& bare) const {
    return did_you_mean(bare, all_names());
  }
  [[nodiscard]] Names all_names() const {
    auto known = sections_;
    known.insert(known.end(), lists_.begin(), lists_.end());
    return known;
  }

  /// What stands below a name with a slip is read as what was probably meant: else those who name a
  /// charge point of [[charge_pont]] would be told that there is none.
  void read_as_meant(const std::string& bare, const toml::node& node) {
    const auto meant = nearest(bare, all_names());
    if (is_list(meant) && node.is_array_of_tables()) return read_list_named(meant, node);
    if (is_section(meant) && node.is_table()) walk(*node.as_table(), meant);
  }

  // A key in the wrong section: where it belongs.
  [[nodiscard]] static std::string home_of(const std::string& bare) {
    for (const auto& name : key_names()) {
      const auto dot = name.rfind('.');
      if (name.substr(dot + 1) == bare)
        return fmt::format("it belongs to [{}]", name.substr(0, dot));
    }
    return {};
  }

  /// A key above all sections: where it, or the one that was meant, belongs.
  [[nodiscard]] static std::string home_of_one_like(const std::string& bare) {
    std::string hint = home_of(bare);
    if (!hint.empty()) return hint;
    Names known;
    for (const auto& name : key_names()) known.push_back(name.substr(name.rfind('.') + 1));
    const auto best = nearest(bare, known);
    if (best.empty()) return {};
    return fmt::format("did you mean '{}'? {}", best, home_of(best));
  }

  template <class T, class Sink>
  void read_list(const std::string& list, const toml::node& node,
                 const std::vector<Field<T>>& fields, Sink sink) {
    const auto* items = node.as_array();
    if (items == nullptr || !items->is_array_of_tables()) {
      if (items != nullptr && items->empty()) return;
      reading_.report(Code::type, fmt::format("'{}' is a list of tables", list),
                      source_.at(node.source()), how_to_write(node, list, like(list, sections_)));
      return;
    }
    // Behind those that stand below the same name without a slip, if this is one.
    const auto path_of = [&list](std::size_t i) { return fmt::format("{}[{}]", list, i); };
    std::size_t index = 0;
    while (reading_.origins.count(path_of(index)) != 0) ++index;
    for (const auto& item : *items) {
      const std::string path = path_of(index++);
      T target{};
      read_item(*item.as_table(), list, path, fields, target);
      sink(std::move(target));
    }
  }

  template <class T>
  void read_item(const toml::table& table, const std::string& list, const std::string& path,
                 const std::vector<Field<T>>& fields, T& target) {
    const Place place = source_.at(table.source(), list.size() + 4);
    reading_.origins[path] = {Source::file, place};
    std::vector<std::string> known;
    known.reserve(fields.size());
    for (const auto& field : fields) known.push_back(field.info.name);
    for (auto&& [key, node] : table) {
      const std::string_view name = key.str();
      const auto field = std::find_if(fields.begin(), fields.end(),
                                      [name](const auto& f) { return f.info.name == name; });
      if (field == fields.end()) {
        reading_.report(Code::key, fmt::format("unknown key '{}.{}'", list, key.str()),
                        source_.at(key.source(), key.str().size()), did_you_mean(key.str(), known));
        continue;
      }
      set(*field, path + '.' + field->info.name, node, target);
    }
    for (const auto& field : fields) {
      if (field.info.required && !table.contains(field.info.name))
        reading_.report(Code::missing, fmt::format("'{}' lacks '{}'", list, field.info.name), place,
                        fmt::format("{} = ...: {}", field.info.name, field.info.help));
    }
  }

  void read_list_named(const std::string& list, const toml::node& node) {
    auto& s = reading_.draft.scenario;
    const auto into = [](auto& all) {
      return [&all](auto item) { all.push_back(std::move(item)); };
    };
    if (list == "charge_point") read_list(list, node, point_keys(), into(s.network.points));
    if (list == "driver") read_list(list, node, driver_keys(), into(reading_.drivers));
    if (list == "stage") read_list(list, node, stage_keys(), into(s.stages));
    if (list == "fault") read_list(list, node, fault_keys(), into(s.faults));
    if (list == "action") read_list(list, node, action_keys(), into(s.actions));
    if (list == "node") read_list(list, node, node_keys(), into(reading_.draft.cluster.nodes));
    if (list == "thresholds") {
      read_list(list, node, threshold_keys(),
                [&s](ThresholdItem item) { s.thresholds.push_back(std::move(item.expr)); });
    }
  }

  void read_profile(const toml::table& table) {
    const auto tables =
        read_profile_tables(table, source_, {"energy_scale", "stay_scale"}, reading_);
    if (!tables) {
      reading_.failed.insert(kProfileTable);
      return;
    }
    // Scales as they are: scaling them again would move their last digit.
    auto profile = fleet::make_profile(*tables);
    profile.energy_scale = tables->mean_kwh_by_hour;
    profile.stay_scale = tables->mean_stay_h_by_hour;
    reading_.draft.scenario.drivers.custom_profile = std::move(profile);
    reading_.origins[kProfileTable] = {Source::file, source_.at(table.source())};
  }

  // [[start ns, stay ns, energy mJ, station], ...]
  void read_recorded(const toml::array& rows) {
    for (const auto& row : rows) {
      const auto* cells = row.as_array();
      const bool whole = cells != nullptr && cells->size() == 4 && (*cells)[0].is_integer() &&
                         (*cells)[1].is_integer() && (*cells)[2].is_integer() &&
                         (*cells)[3].is_string();
      const auto number = [&](std::size_t i) { return (*cells)[i].value_or(std::int64_t{-1}); };
      if (!whole || number(0) < 0 || number(1) < 0 || number(2) < 0) {
        reading_.report(Code::recording, "a recorded session is [start_ns, stay_ns, mJ, station]",
                        source_.at(row.source()));
        continue;
      }
      reading_.draft.scenario.drivers.replay.push_back({SimTime{Nanos{number(0)}},
                                                        Nanos{number(1)},
                                                        {number(2)},
                                                        (*cells)[3].value_or(std::string{})});
    }
    reading_.origins[kRecordedList] = {Source::file, source_.at(rows.source(), 1)};
  }

  const SourceText& source_;
  Reading& reading_;
  const Names sections_ = section_names();
  const Names lists_ = list_names();
};

}  // namespace

std::optional<std::string> why_unreadable(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return "there is no such file";
  if (std::filesystem::is_directory(status)) return "it is a directory";
  errno = 0;
  if (!std::ifstream{path}) return std::error_code{errno, std::generic_category()}.message();
  return std::nullopt;
}

void read_toml(const toml::table& root, const SourceText& source, Reading& reading) {
  Reader{source, reading}.walk(root, "");
}

}  // namespace chargemill::app
