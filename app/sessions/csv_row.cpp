#include "app/sessions/csv_row.hpp"

namespace chargemill::app {

std::vector<CsvField> split_csv_row(std::string_view line) {
  std::vector<CsvField> fields;
  std::string unquoted;
  std::size_t start = 0;
  bool inside = false;
  bool quoted = false;
  const auto finish = [&](std::size_t stop) {
    std::string_view raw = line.substr(start, stop - start);
    const std::size_t blanks = raw.find_first_not_of(" \t");
    raw = blanks == std::string_view::npos
              ? raw.substr(0, 0)
              : raw.substr(blanks, raw.find_last_not_of(" \t") - blanks + 1);
    const std::size_t begin = start + (blanks == std::string_view::npos ? 0 : blanks);
    fields.push_back({quoted ? unquoted : std::string{raw}, begin, begin + raw.size()});
    unquoted.clear();
    quoted = false;
    start = stop + 1;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (inside) {
      const bool doubled = c == '"' && i + 1 < line.size() && line[i + 1] == '"';
      if (c != '"' || doubled) {
        unquoted += c;
        if (doubled) ++i;
      } else {
        inside = false;
      }
    } else if (c == '"') {
      inside = quoted = true;
      unquoted.clear();
    } else if (c == ',') {
      finish(i);
    }
  }
  finish(line.size());
  return fields;
}

}  // namespace chargemill::app
