// What becomes of a journal while it is written, for people.
#pragma once

#include <string>

#include "actors/shell/recording.hpp"

namespace chargemill::app {

[[nodiscard]] std::string news_text(const Recording::News& news);

}  // namespace chargemill::app
