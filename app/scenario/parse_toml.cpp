#include "app/scenario/parse_toml.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <vector>

#include "app/scenario/repeated_name.hpp"
#include "app/scenario/syntax_hint.hpp"
#include "app/scenario/toml_lines.hpp"

namespace chargemill::app {
namespace {

/// A time of day: no key takes one, so that a key with it is one whose value could not be read.
constexpr const char* kOfNoUse = " = 00:00:00";
constexpr std::size_t kWrongLinesMax = 20;  // with more of them it is no TOML at all

/// The lines of a file, with stand-ins for what its parser stumbles over.
class Mender {
 public:
  Mender(const SourceText& source, Reading& reading)
      : source_(source), reading_(reading), lines_(source.lines()) {}

  /// Reports what the parser stumbled over. True: without it it may go on.
  [[nodiscard]] bool mend(const toml::parse_error& error) {
    has_changed_ = false;
    const Place place = source_.at(error.source());
    const std::string text{error.description()};
    const bool redefines = text.find("redefine") != std::string::npos;
    const auto repeated = redefines ? find_repeated(lines_, place.line) : std::nullopt;
    if (repeated) {
      mend_repeated(place, *repeated);
    } else {
      mend_syntax(place, text, redefines);
    }
    return has_changed_;
  }

  /// As it is, unless something was mended: errors of encoding are in its bytes.
  [[nodiscard]] std::string text_of(const std::string& original) const {
    if (lines_ == source_.lines()) return original;
    std::string text;
    for (const auto& line : lines_) text += line + '\n';
    return text;
  }

  /// Takes what was set apart home to its section, as far as there is one.
  void reunite(toml::table& root) {
    for (const auto& [name, home] : apart_) {
      auto* const part = root.get_as<toml::table>(name);
      if (part == nullptr) continue;
      if (auto* const section = home.empty() ? nullptr : root.at_path(home).as_table())
        move(*part, *section);
      root.erase(name);
    }
  }

 private:
  struct Apart {
    std::string name;  ///< under which its keys are for now
    std::string home;  ///< the section to which they belong; empty: none
  };

  void put(std::size_t line, std::string text) {
    if (lines_[line] == text) return;
    lines_[line] = std::move(text);
    has_changed_ = true;
  }
  void set_apart(std::size_t line, std::string home) {
    apart_.push_back({fmt::format("chargemill, apart: {}", apart_.size()), std::move(home)});
    put(line, fmt::format("[\"{}\"]", apart_.back().name));
  }

  void mend_repeated(Place place, const RepeatedName& repeated) {
    const std::size_t line = place.line - 1;
    place.column = repeated.column;
    place.width = repeated.name.size();
    if (repeated.is_section) {
      report_repeated(repeated.name, repeated.first_line, place,
                      "the keys of both belong under the first");
      return set_apart(line, header_begun_by(lines_[line]).name);
    }
    if (wrong_lines_.count(place.line) == 0)
      report_repeated(repeated.name, repeated.first_line, place, {});
    put(line, {});
  }
  void report_repeated(std::string_view name, std::size_t first_line, const Place& place,
                       const std::string& hint) {
    reading_.report(Code::twice,
                    fmt::format("'{}' is there twice: line {} has it too", name, first_line), place,
                    hint);
  }

  void mend_syntax(const Place& place, const std::string& text, bool redefines) {
    if (wrong_lines_.insert(place.line).second) {
      reading_.report(Code::syntax,
                      has_open_quote(place.text) ? "a quote is opened and not closed" : text, place,
                      syntax_hint(place.text));
    }
    if (wrong_lines_.size() > kWrongLinesMax) {
      Place file;
      file.source = source_.name();
      reading_.report(
          Code::syntax,
          fmt::format("more than {} lines are no TOML: the rest is not read", kWrongLinesMax),
          file);
      return;
    }
    const std::size_t at = place.line == 0 ? lines_.size() : place.line - 1;
    const LineRange wrong = lines_to_blame(lines_, at, redefines);
    if (wrong.begin >= lines_.size()) return;
    reading_.unread.insert({source_.name(), wrong.begin + 1});
    for (std::size_t i = wrong.begin + 1; i < wrong.end; ++i) put(i, {});
    stand_in(wrong.begin);
  }

  /// Names what cannot be read, so that nobody misses it or asks for it elsewhere; what does not
  /// even have a name is left out.
  void stand_in(std::size_t line) {
    const bool is_new = tried_.insert(line).second;
    const auto header = header_begun_by(lines_[line]);
    if (!header.name.empty()) {
      if (is_new && lines_[line] != header.whole) return put(line, header.whole);
      return set_apart(line, header.is_list ? std::string{} : header.name);
    }
    const auto key = key_begun_by(lines_[line]);
    put(line, is_new && !key.empty() ? key + kOfNoUse : std::string{});
  }

  void move(toml::table& part, toml::table& home) {
    for (auto&& [key, node] : part) {
      const auto there = home.find(key.str());
      if (there == home.end()) {
        home.insert(key, std::move(node));
      } else if (node.is_table() && there->second.is_table()) {
        move(*node.as_table(), *there->second.as_table());
      } else {
        report_repeated(key.str(), there->first.source().begin.line,
                        source_.at(key.source(), key.str().size()), {});
      }
    }
  }

  const SourceText& source_;
  Reading& reading_;
  std::vector<std::string> lines_;
  std::vector<Apart> apart_;
  std::set<std::size_t> wrong_lines_;  // from 1; each is reported once
  std::set<std::size_t> tried_;        // from 0; have had a stand-in that did not serve
  bool has_changed_ = false;
};

}  // namespace

void parse_toml(const std::string& text, const SourceText& source, Reading& reading,
                const std::function<void(const toml::table&)>& read) {
  constexpr int kPassesMax = 200;  // each costs a pass over the whole file
  Mender mender{source, reading};
  for (int pass = 0; pass < kPassesMax; ++pass) {
    try {
      toml::table root = toml::parse(mender.text_of(text), source.name());
      mender.reunite(root);
      return read(root);
    } catch (const toml::parse_error& error) {
      if (!mender.mend(error)) return;
    }
  }
}

}  // namespace chargemill::app
