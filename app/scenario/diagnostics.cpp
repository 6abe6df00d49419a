#include "app/scenario/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chargemill::app {
namespace {

constexpr const char* kRed = "\033[1;31m";
constexpr const char* kYellow = "\033[1;33m";
constexpr const char* kReset = "\033[0m";

// Tabs stay tabs, so that the caret stands below what it means at any tab width.
std::string margin_below(const Place& place) {
  std::string margin;
  for (std::size_t i = 0; i + 1 < place.column; ++i)
    margin += i < place.text.size() && place.text[i] == '\t' ? '\t' : ' ';
  return margin;
}

}  // namespace

std::string to_text(const Place& place) {
  if (place.line == 0) return place.source;
  return fmt::format("{}:{}:{}", place.source, place.line, place.column);
}

std::string render(const Diagnostic& diagnostic, bool color) {
  const bool error = diagnostic.severity == Severity::error;
  const auto& place = diagnostic.place;
  std::string out = fmt::format(
      "{}{}[{}{:04}]{}: {}\n", color ? (error ? kRed : kYellow) : "", error ? "error" : "warning",
      error ? 'E' : 'W', static_cast<int>(diagnostic.code), color ? kReset : "", diagnostic.text);
  if (!place.source.empty()) out += fmt::format("  --> {}\n", to_text(place));
  if (place.line == 0) {
    if (!diagnostic.hint.empty()) out += fmt::format("      = help: {}\n", diagnostic.hint);
    return out;
  }
  const std::string carets(std::max<std::size_t>(1, place.width), '^');
  out += fmt::format("{:5} | {}\n", place.line, place.text);
  out += fmt::format("      | {}{}{}{}{}{}\n", margin_below(place), color ? kRed : "", carets,
                     color ? kReset : "", diagnostic.hint.empty() ? "" : " ", diagnostic.hint);
  return out;
}

std::string render(const std::vector<Diagnostic>& all, bool color) {
  std::string out;
  for (const auto& diagnostic : all) out += render(diagnostic, color);
  const bool about_keys = std::any_of(all.begin(), all.end(), [](const Diagnostic& d) {
    return d.code == Code::key || d.code == Code::section || d.code == Code::type;
  });
  if (about_keys) out += "note: run `chargemill config schema` for all keys\n";
  return out;
}

std::string count_text(const std::vector<Diagnostic>& all) {
  const auto warnings = std::count_if(
      all.begin(), all.end(), [](const Diagnostic& d) { return d.severity == Severity::warning; });
  const auto mistakes = static_cast<std::ptrdiff_t>(all.size()) - warnings;
  const auto counted = [](std::ptrdiff_t n, const char* what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  const std::string text = counted(mistakes, "mistake");
  return warnings == 0 ? text : text + " and " + counted(warnings, "warning");
}

bool are_of_the_command_line(const std::vector<Diagnostic>& all) {
  std::size_t mistakes = 0;
  for (const auto& diagnostic : all) {
    if (diagnostic.severity == Severity::warning) continue;
    const auto& source = diagnostic.place.source;
    if (source.rfind("--", 0) != 0 || source.rfind("--set ", 0) == 0) return false;
    ++mistakes;
  }
  return mistakes > 0;
}

// Optimal string alignment (Damerau-Levenshtein without overlapping swaps), three rows.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  constexpr std::size_t kShort = 4;  // two slips in so few letters make any word of any other
  constexpr std::size_t kPrefixMin = 3;
  const auto letters = name.size() - std::min(name.find_first_not_of('-'), name.size());
  std::string best;
  std::size_t least = (letters <= kShort ? 1 : std::max<std::size_t>(2, letters / 3)) + 1;
  for (const auto& candidate : known) {
    const auto distance = edit_distance(name, candidate);
    if (distance >= least || distance >= candidate.size()) continue;
    least = distance;
    best = candidate;
  }
  if (!best.empty() || letters < kPrefixMin) return best;
  const auto shortest = [&known](auto&& is_like) {
    std::string_view found;
    for (const std::string_view candidate : known) {
      if (is_like(candidate) && (found.empty() || candidate.size() < found.size()))
        found = candidate;
    }
    return std::string{found};
  };
  best = shortest([name](std::string_view c) { return c.substr(0, name.size()) == name; });
  if (!best.empty()) return best;
  return shortest([name](std::string_view c) {
    return c.size() > name.size() && c.substr(c.size() - name.size()) == name;
  });
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const auto best = nearest(name, known);
  return best.empty() ? std::string{} : fmt::format("did you mean '{}'?", best);
}

}  // namespace chargemill::app
