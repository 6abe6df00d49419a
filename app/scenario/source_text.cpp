#include "app/scenario/source_text.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace chargemill::app {

SourceText::SourceText(std::string name, const std::string& text) : name_(std::move(name)) {
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines_.push_back(std::move(line));
  }
}

Place SourceText::at(const toml::source_region& region, std::size_t width) const {
  Place place{name_, region.begin.line, region.begin.column, {}, std::max<std::size_t>(1, width)};
  if (place.line > 0 && place.line <= lines_.size()) place.text = lines_[place.line - 1];
  return place;
}

Place SourceText::at(const toml::source_region& region) const {
  Place place = at(region, 1);
  const std::size_t end =
      region.end.line == region.begin.line ? std::size_t{region.end.column} : place.text.size() + 1;
  if (end > place.column) place.width = end - place.column;
  return place;
}

}  // namespace chargemill::app
