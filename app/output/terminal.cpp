#include "app/output/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace chargemill::app {
namespace {

constexpr const char* kRed = "\x1b[31m";
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kPlain = "\x1b[0m";

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr ? "" : value;
}

struct Dress {
  std::string_view word;  // at the beginning of a line
  std::string_view ascii;
  const char* color;
};
constexpr std::array<Dress, 8> kDresses{{{"  ✓", "  ok  ", kGreen},
                                         {"  ✗", "  FAIL", kRed},
                                         {"OK", "OK", kGreen},
                                         {"FAIL", "FAIL", kRed},
                                         {"INVALID", "INVALID", kRed},
                                         {"BROKEN", "BROKEN", kRed},
                                         {"PARTIAL", "PARTIAL", kYellow},
                                         {"WARNING", "WARNING", kYellow}}};

std::string dressed_line(const std::string& line, bool color, bool utf8) {
  for (const Dress& dress : kDresses) {
    if (line.rfind(dress.word, 0) != 0) continue;
    const std::string word{utf8 ? dress.word : dress.ascii};
    const std::string rest = line.substr(dress.word.size());
    return color ? dress.color + word + kPlain + rest : word + rest;
  }
  return line;
}

}  // namespace

bool use_color(std::FILE* stream, const std::string& setting) {
  if (setting == "always") return true;
  if (setting == "never" || !variable("NO_COLOR").empty()) return false;
  const auto forced = [](const char* name) {
    return variable(name) != "" && variable(name) != "0";
  };
  if (forced("FORCE_COLOR") || forced("CLICOLOR_FORCE")) return true;
  return isatty(fileno(stream)) == 1 && variable("TERM") != "dumb" && variable("TERM") != "";
}

bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = variable(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos ||
           value.find("utf8") != std::string_view::npos;
  }
  return true;  // a machine without a locale, such as a CI job: its readers' screens are UTF-8
}

unsigned columns(std::FILE* stream) {
  winsize size{};
  return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::string fitted(const std::string& line, unsigned columns) {
  if (columns == 0) return line;
  unsigned letters = 0;
  std::size_t field_end = 0;  // of the last field that fits whole; two blanks separate them
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(line[at]) & 0xC0U) != 0x80U;
    if (line.compare(at, 2, "  ") == 0 && at > 0 && line[at - 1] != ' ') field_end = at;
    if (begins && ++letters > columns) return line.substr(0, field_end > 0 ? field_end : at);
  }
  return line;
}

std::string dressed(const std::string& summary, bool color, bool utf8) {
  if (!color && utf8) return summary;
  std::string text;
  for (std::size_t begin = 0; begin < summary.size();) {
    const std::size_t end = std::min(summary.find('\n', begin), summary.size());
    text += dressed_line(summary.substr(begin, end - begin), color, utf8);
    if (end < summary.size()) text += '\n';
    begin = end + 1;
  }
  return text;
}

}  // namespace chargemill::app
