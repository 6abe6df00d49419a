#include "app/scenario/load.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

#include "app/scenario/check.hpp"
#include "app/scenario/check_cluster.hpp"
#include "app/scenario/check_doors.hpp"
#include "app/scenario/check_elsewhere.hpp"
#include "app/scenario/check_nodes.hpp"
#include "app/scenario/check_output.hpp"
#include "app/scenario/companion_files.hpp"
#include "app/scenario/parse_toml.hpp"

namespace chargemill::app {
namespace {

constexpr std::string_view kPrefix = "CHARGEMILL_";

void set_text(const Field<Draft>& field, std::string_view text, Origin origin, Reading& reading) {
  const auto value = from_text(text, field.info);
  if (!value) {
    reading.report(value.error().code, fmt::format("{}, not '{}'", value.error().text, text),
                   origin.place, value.error().hint);
    reading.failed.insert(field.info.name);
    return;
  }
  field.set(reading.draft, *value);
  reading.origins[field.info.name] = std::move(origin);
}

// A variable of one of our sections that is no key is a slip; others are none of our business.
bool is_of_a_section(std::string_view variable) {
  const auto sections = section_names();
  return std::any_of(sections.begin(), sections.end(), [&](const std::string& section) {
    return variable.rfind(environment_name(section) + '_', 0) == 0;
  });
}

void read_environment(const LoadInput& input, Reading& reading) {
  std::map<std::string, const Field<Draft>*> by_name;
  std::vector<std::string> names;
  for (const auto& key : keys()) {
    by_name[environment_name(key.info.name)] = &key;
    names.push_back(environment_name(key.info.name));
  }
  for (const auto& [name, text] : input.env) {
    Place place;
    place.source = "env " + name;
    const auto found = by_name.find(name);
    if (found != by_name.end()) {
      set_text(*found->second, text, {Source::environment, place}, reading);
    } else if (is_of_a_section(name)) {
      reading.report(Code::key, fmt::format("unknown variable '{}'", name), place,
                     did_you_mean(name, names));
    }
  }
}

void read_overrides(const LoadInput& input, Reading& reading) {
  std::map<std::string, const Override*> seen;
  for (const auto& given : input.overrides) {
    Place place;
    place.source = given.flag;
    const auto [before, is_new] = seen.emplace(given.key, &given);
    if (!is_new && before->second->value != given.value) {
      reading.report(Code::contradiction,
                     fmt::format("'{}' is given twice: '{}' by {}, '{}' here", given.key,
                                 before->second->value, before->second->flag, given.value),
                     place);
      continue;
    }
    if (const auto* key = find_key(given.key)) {
      set_text(*key, given.value, {Source::flag, place}, reading);
    } else {
      reading.report(Code::key, fmt::format("unknown key '{}'", given.key), place,
                     did_you_mean(given.key, key_names()));
    }
  }
}

void read_file_text(const std::string& text, const std::string& name, Reading& reading) {
  const SourceText source{name, text};
  parse_toml(text, source, reading,
             [&](const toml::table& root) { read_toml(root, source, reading); });
  if (reading.draft.scenario.run.name == network::Scenario::Run{}.name && !name.empty())
    reading.draft.scenario.run.name = std::filesystem::path{name}.stem().string();
}

// By line, so that a file reads from top to bottom; the scenario `name` before the files that it
// names; what is in no file comes last.
void sort_by_place(std::vector<Diagnostic>& diagnostics, const std::string& name) {
  const auto key = [&name](const Diagnostic& d) {
    const bool in_file = d.place.line > 0;
    const std::string_view source{d.place.source};
    const auto other = in_file && source != name ? source : std::string_view{};
    return std::make_tuple(!in_file, other, d.place.line, d.place.column);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

bool has_mistakes(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

/// What is to be thought of a scenario is known once it is what was meant: a key that is mistyped
/// leaves its section without it.
void leave_out_warnings(std::vector<Diagnostic>& diagnostics) {
  const auto is_warning = [](const Diagnostic& d) { return d.severity == Severity::warning; };
  diagnostics.erase(std::remove_if(diagnostics.begin(), diagnostics.end(), is_warning),
                    diagnostics.end());
}

/// Whoever cuts a run shorter than the warm-up in its file wants to see the run.
void fit_warmup(Reading& reading) {
  auto& run = reading.draft.scenario.run;
  const auto origin = [&](const char* key) {
    const auto found = reading.origins.find(key);
    return found == reading.origins.end() ? Origin{} : found->second;
  };
  const auto warmup = origin("run.warmup");
  const auto duration = origin("run.duration");
  const bool is_cut = duration.source == Source::environment || duration.source == Source::flag;
  if (run.warmup < run.duration || warmup.source != Source::file || !is_cut) return;
  reading.diagnostics.push_back(
      {Code::contradiction,
       fmt::format("a run of {} has no room for its warm-up of {}: latencies count from the start",
                   duration_text(run.duration), duration_text(run.warmup)),
       duration.place,
       {},
       Severity::warning});
  run.warmup = Nanos{0};
}

/// `name`: of the file that was read, as its diagnostics have it; empty: none was.
tl::expected<Loaded, std::vector<Diagnostic>> finish(const LoadInput& input,
                                                     const std::string& name,
                                                     const std::filesystem::path& folder,
                                                     Reading reading) {
  read_environment(input, reading);
  read_overrides(input, reading);
  read_companion_files(folder, reading);
  fit_warmup(reading);
  check(reading.draft.scenario, reading.origins, reading.failed, reading.diagnostics,
        input.file.has_value());
  check_elsewhere(reading.draft, reading.origins, folder, reading.diagnostics);
  check_doors(reading.draft.doors, reading.origins, folder, reading.diagnostics);
  check_output(reading.draft.output, reading.draft.scenario, reading.origins, reading.diagnostics);
  check_nodes(reading.draft.scenario, reading.draft.elsewhere.is_on(), reading.origins,
              reading.diagnostics);
  check_cluster(reading.draft.cluster, reading.draft.scenario, reading.origins, folder,
                reading.diagnostics);
  sort_by_place(reading.diagnostics, name);
  if (has_mistakes(reading.diagnostics)) {
    leave_out_warnings(reading.diagnostics);
    return tl::unexpected<std::vector<Diagnostic>>(std::move(reading.diagnostics));
  }
  return Loaded{std::move(reading.draft.scenario), std::move(reading.draft.output),
                std::move(reading.draft.files),    std::move(reading.draft.doors),
                std::move(reading.draft.cluster),  std::move(reading.draft.elsewhere),
                std::move(reading.origins),        std::move(reading.diagnostics),
                std::move(reading.inputs)};
}

}  // namespace

std::string environment_name(std::string_view key) {
  std::string name{kPrefix};
  for (const char c : key)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::map<std::string, std::string> chargemill_environment() {
  std::map<std::string, std::string> found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (text.rfind(kPrefix, 0) == 0 && equals != std::string_view::npos)
      found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

tl::expected<Loaded, std::vector<Diagnostic>> load_scenario_text(
    const std::string& text, const std::string& name, const std::filesystem::path& folder,
    const LoadInput& input) {
  Reading reading;
  if (input.file) reading.inputs.push_back(*input.file);
  read_file_text(text, name, reading);
  return finish(input, name, folder, std::move(reading));
}

tl::expected<Loaded, std::vector<Diagnostic>> load_scenario(const LoadInput& input) {
  if (!input.file) return finish(input, {}, {}, {});
  if (const auto why = why_unreadable(*input.file)) {
    return tl::unexpected<std::vector<Diagnostic>>(
        {{Code::unreadable,
          fmt::format("cannot read {}: {}", input.file->string(), *why),
          {},
          {}}});
  }
  std::ifstream in{*input.file};
  std::ostringstream text;
  text << in.rdbuf();
  if (text.str().find('\0') != std::string::npos) {
    Diagnostic binary{Code::syntax, "this is no text, so no scenario", {}, {}};
    binary.place.source = input.file->string();
    return tl::unexpected<std::vector<Diagnostic>>(std::vector<Diagnostic>{binary});
  }
  return load_scenario_text(text.str(), input.file->string(), input.file->parent_path(), input);
}

}  // namespace chargemill::app
