#include "app/output/kept_log.hpp"

#include <utility>

namespace chargemill::app {

void KeptLog::add(std::string line) {
  if (!line.empty() && line.back() == '\n') line.pop_back();
  const std::lock_guard lock{mutex_};
  if (lines_.size() == kLinesMax) {
    lines_.pop_front();
    ++dropped_;
  }
  lines_.push_back(std::move(line));
}

std::string KeptLog::json() const {
  const std::lock_guard lock{mutex_};
  std::string text = R"({"lines":[)";
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    if (line != lines_.rbegin()) text += ',';
    text += *line;
  }
  return text + R"(],"dropped":)" + std::to_string(dropped_) + '}';
}

}  // namespace chargemill::app
