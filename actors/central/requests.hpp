// What drivers want: admission, cancelling, questions, tickets (D-048 to D-054, D-082, D-083).
#pragma once

#include "actors/central/turn.hpp"

namespace chargemill::central {

void on_charge(Turn& turn, std::uint32_t index, const ChargeRequest& e);
void on_local_start(Turn& turn, std::uint32_t index, const LocalStart& e);
void on_cancel(Turn& turn, std::uint32_t index, const CancelRequest& e);
void on_zone(Turn& turn, const ZoneRequest& e);
/// `index` kNowhere: the driver never learned which point it was.
void on_ask(Turn& turn, std::uint32_t index, const AskRequest& e);
void on_ticket_ack(Turn& turn, const TicketAck& e);
void on_returned(Turn& turn, const DriverReturned& e);
/// Denies because the journal has no room for a session's records.
void deny_busy(Turn& turn, RequestId request, DriverId driver, PointId point);
/// Denies, and remembers it for a while.
void deny(Turn& turn, const ChargeRequest& e, Reason reason, Phase phase);

}  // namespace chargemill::central
