// What happened, as server-sent events.
#pragma once

#include <string>

#include "actors/archive/codec.hpp"

namespace chargemill::app::api {

/// `id: 7 / event: fault / data: {...}` and an empty line; empty: nobody outside is told of it. The
/// id is the number of the journal's record, so a reader can go on where it was.
[[nodiscard]] std::string event_text(const archive::Found& found);

}  // namespace chargemill::app::api
