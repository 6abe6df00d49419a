// What happened, as server-sent events and as rows of JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "actors/archive/codec.hpp"
#include "actors/archive/position.hpp"

namespace chargemill::app::api {

/// `id: 7 / event: fault / data: {...}` and an empty line; empty: nobody outside is told of it. The
/// id says how far one has read with it (`at`), so a reader can go on where it was.
[[nodiscard]] std::string event_text(const archive::Found& found, const archive::Position& at);

/// What an operator is told of it (D-199): `id`, `ts`, `event` (accepted, started, ended,
/// corrected, fault, recovery, stopped, resumed), `cp_id`, and what belongs to it. Null: nothing.
[[nodiscard]] nlohmann::ordered_json message_json(const archive::Found& found);

}  // namespace chargemill::app::api
