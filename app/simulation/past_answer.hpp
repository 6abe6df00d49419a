// What a node answers to those who ask what has happened there.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/history/history_desk.hpp"

namespace chargemill::app {

/// To bytes of a PastQuestion, by and by: a disk holds up nobody but those who ask. `answer` may be
/// called by another thread.
void answer_of(HistoryDesk& history, std::string_view question,
               const std::function<void(const std::string&)>& answer);

}  // namespace chargemill::app
