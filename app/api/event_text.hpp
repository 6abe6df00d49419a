// What happened, as server-sent events.
#pragma once

#include <string>

#include "actors/archive/codec.hpp"
#include "actors/archive/position.hpp"

namespace chargemill::app::api {

/// `id: 7 / event: fault / data: {...}` and an empty line; empty: nobody outside is told of it. The
/// id says how far one has read with it (`at`), so a reader can go on where it was.
[[nodiscard]] std::string event_text(const archive::Found& found, const archive::Position& at);

}  // namespace chargemill::app::api
