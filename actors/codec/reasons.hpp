// From the words that people read (`actors/texts.hpp`) back to codes: what other programs send as
// reasons, where it is ours. Other words give Reason::none.
#pragma once

#include <optional>
#include <string_view>

#include "actors/messages.hpp"

namespace chargemill::codec {

[[nodiscard]] std::optional<Phase> phase_of(std::string_view word) noexcept;

/// Sets reason, detail and refusal of a status, whose phase is set.
void read_status_reason(std::string_view text, Status& status);
/// Sets reason, phase, detail and refusal of an update. Power and energy stay: no text has them
/// all.
void read_update_reason(std::string_view text, chargemill::DriverUpdate& update);

}  // namespace chargemill::codec
