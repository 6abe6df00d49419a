#include "app/scenario/toml_lines.hpp"

#include <toml++/toml.h>
#include <algorithm>

#include <string_view>

namespace chargemill::app {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kLookBackMax = 1'000;  // lines; each may be read again from there

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_of_word(char c) noexcept {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool is_empty(const std::string& line) {
  const auto begin = line.find_first_not_of(kBlanks);
  return begin == std::string::npos || line[begin] == '#';
}

bool begins_statement(const std::string& line) {
  return !key_begun_by(line).empty() || !header_begun_by(line).name.empty();
}

bool stands_alone(const std::string& line) {
  try {
    static_cast<void>(toml::parse(line));
    return true;
  } catch (const toml::parse_error&) {
    return false;
  }
}

/// Behind the text whose quote is at `at`; the end of the line if it is not closed there.
std::size_t end_of_text(const std::string& line, std::size_t at) {
  const char quote = line[at];
  for (++at; at < line.size(); ++at) {
    if (quote == '"' && line[at] == '\\') {
      ++at;
    } else if (line[at] == quote) {
      return at + 1;
    }
  }
  return line.size();
}

/// Follows brackets and texts of several lines.
class Nesting {
 public:
  void take(const std::string& line) {
    for (std::size_t at = 0; at < line.size();) {
      if (!closing_.empty()) {
        const auto found = line.find(closing_, at);
        if (found == std::string::npos) return;
        at = found + closing_.size();
        closing_.clear();
      } else if (line[at] == '#') {
        return;
      } else if (line.compare(at, 3, R"(""")") == 0 || line.compare(at, 3, "'''") == 0) {
        closing_ = line.substr(at, 3);
        at += closing_.size();
      } else if (line[at] == '"' || line[at] == '\'') {
        at = end_of_text(line, at);
      } else {
        if (line[at] == '[' || line[at] == '{') ++depth_;
        if (line[at] == ']' || line[at] == '}') --depth_;
        ++at;
      }
    }
  }
  [[nodiscard]] bool is_open() const noexcept { return depth_ > 0 || !closing_.empty(); }

 private:
  int depth_ = 0;
  std::string closing_;  // the quotes that end the text that goes on; empty: none does
};

bool is_open(const std::vector<std::string>& lines, LineRange range) {
  Nesting nesting;
  for (std::size_t i = range.begin; i < range.end; ++i) nesting.take(lines[i]);
  return nesting.is_open();
}

/// The statement that begins in line `begin`, with what follows if it does not end there.
LineRange statement(const std::vector<std::string>& lines, std::size_t begin) {
  LineRange range{begin, begin + 1};
  if (!header_begun_by(lines[begin]).name.empty() || !is_open(lines, range)) return range;
  while (range.end < lines.size() && !begins_statement(lines[range.end])) ++range.end;
  return range;
}

}  // namespace

std::string key_begun_by(const std::string& line) {
  const auto begin = line.find_first_not_of(kBlanks);
  const auto end = line.find_first_of("=:");
  if (end == std::string::npos || begin >= end) return {};
  std::string key = line.substr(begin, end - begin);
  key.erase(key.find_last_not_of(kBlanks) + 1);
  const bool is_key = std::all_of(key.begin(), key.end(), [](char c) {
    return is_of_word(c) || kBlanks.find(c) != std::string_view::npos;
  });
  return is_key ? key : std::string{};
}

HeaderBegun header_begun_by(const std::string& line) {
  const auto begin = line.find_first_not_of(kBlanks);
  if (begin == std::string::npos || line[begin] != '[') return {};
  const auto word = line.find_first_not_of(" \t[", begin);
  // No section of ours begins like a row of numbers.
  if (word == std::string::npos || !is_letter(line[word])) return {};
  HeaderBegun header;
  auto end = word;
  while (end < line.size() && is_of_word(line[end])) ++end;
  header.name = line.substr(word, end - word);
  header.is_list = line.find("[[") != std::string::npos || line.find("]]") != std::string::npos;
  header.whole = header.is_list ? "[[" + header.name + "]]" : "[" + header.name + "]";
  return header;
}

bool has_open_quote(const std::string& line) {
  if (line.find(R"(""")") != std::string::npos || line.find("'''") != std::string::npos)
    return false;
  char open = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (open == 0 && c == '#') return false;
    if (open == '"' && c == '\\') {
      ++i;
    } else if (open == 0 && (c == '"' || c == '\'')) {
      open = c;
    } else if (c == open) {
      open = 0;
    }
  }
  return open != 0;
}

LineRange lines_to_blame(const std::vector<std::string>& lines, std::size_t at, bool is_itself) {
  const bool is_there = at < lines.size();
  if (!is_there) at = lines.size();
  const bool is_begun = is_there && begins_statement(lines[at]);
  if (is_there && (is_itself || (is_begun && !stands_alone(lines[at]))))
    return statement(lines, at);
  // What stands here is well, or goes on from above.
  const std::size_t last = at - std::min(at, kLookBackMax);
  for (std::size_t i = at; i > last; --i) {
    if (!begins_statement(lines[i - 1])) continue;
    if (is_open(lines, {i - 1, at})) return statement(lines, i - 1);
    if (is_there && !is_begun && !is_empty(lines[at])) break;  // it belongs to nothing
  }
  return {at, is_there ? at + 1 : at};
}

}  // namespace chargemill::app
