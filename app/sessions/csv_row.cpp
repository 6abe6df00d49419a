#include "app/sessions/csv_row.hpp"

namespace chargemill::app {
namespace {

std::string trimmed(const std::string& field) {
  const auto first = field.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return field.substr(first, field.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::vector<std::string> split_csv_row(std::string_view line) {
  std::vector<std::string> fields;
  std::string field;
  bool inside = false;
  bool quoted = false;
  const auto finish = [&] {
    fields.push_back(quoted ? field : trimmed(field));
    field.clear();
    quoted = false;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (inside) {
      const bool doubled = c == '"' && i + 1 < line.size() && line[i + 1] == '"';
      if (c != '"' || doubled) {
        field += c;
        if (doubled) ++i;
      } else {
        inside = false;
      }
    } else if (c == '"') {
      inside = quoted = true;
      field.clear();
    } else if (c == ',') {
      finish();
    } else if (!quoted) {
      field += c;
    }
  }
  finish();
  return fields;
}

}  // namespace chargemill::app
