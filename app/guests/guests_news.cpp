// What participants outside are told: from the workers' queue to their connections.
#include <algorithm>
#include <utility>

#include "actors/codec/frames.hpp"
#include "app/guests/guests.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::app {

using codec::Channel;

void Guests::tell(const outside::News& news, SimTime at) {
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() >= kWaitingMax) {
      lost_.fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter; orders nothing
      return;
    }
    waiting_.push_back({news, at});
    if (waiting_.size() > 1) return;  // whoever came first has asked for the thread
  }
  poster_->post([this] { deliver(); });
}

void Guests::deliver() {
  std::vector<Waiting> all;
  {
    const std::lock_guard lock{mutex_};
    all.swap(waiting_);
  }
  for (const Waiting& one : all)
    std::visit([&](const auto& what) { deliver(what, one.at); }, one.news);
}

void Guests::deliver(const outside::OrderFor& order, SimTime at) {
  const auto seat = engines_.find(order.point);
  if (seat == engines_.end()) return;
  const auto body = std::visit(
      Overloaded{[&](const StartSupply& start) { return outbound_.body_of(order.point, start); },
                 [&](const auto& other) { return outbound_.body_of(order.point, other, at); }},
      order.order);
  push(seat->second, {Channel::central_commands, body});
}

void Guests::deliver(const DriverUpdate& update, SimTime at) {
  const auto found = drivers_.find(update.driver);
  if (found == drivers_.end()) return;
  DriverSeat& seat = found->second;
  const auto known = std::find_if(seat.requests.begin(), seat.requests.end(),
                                  [&](const Request& one) { return one.id == update.request; });
  Request* const request = known == seat.requests.end() ? nullptr : &*known;
  if (request != nullptr) {
    request->has_update = true;
    request->update = update;
    request->at = at;
    request->is_over =
        update.status != UpdateStatus::accepted && update.status != UpdateStatus::in_progress;
    if (request->is_over && update.session == SessionId::none) desk_.forget_name(request->id);
  }
  push_update(seat, request, update, at);
}

void Guests::push_update(DriverSeat& seat, const Request* request, const DriverUpdate& update,
                         SimTime at) {
  auto body = outbound_.body_of(update, at);
  if (request != nullptr) {
    body.request_id = request->name;
    if (update.point == kUnknownPoint) body.cp_id = request->point;
  }
  push(seat, {Channel::driver_updates, body});
}

void Guests::deliver(const Ticket& ticket, SimTime at) {
  const auto found = drivers_.find(ticket.driver);
  if (found == drivers_.end()) return;
  DriverSeat& seat = found->second;
  const auto known = std::find_if(seat.tickets.begin(), seat.tickets.end(),
                                  [&](const Issued& one) { return one.session == ticket.session; });
  Issued issued{ticket.session, ticket.correction, ticket.delivered, std::nullopt};
  if (known != seat.tickets.end()) {
    const bool is_again = known->is_correction == ticket.correction;
    issued.corrected = is_again ? known->corrected : std::optional{known->delivered};
    *known = issued;
  } else {
    seat.tickets[seat.tickets_issued++ % kRemembered] = issued;
  }
  push(seat, {Channel::driver_ticket, outbound_.body_of(ticket, at)});
}

void Guests::push(const Seat& seat, const codec::Frame& frame) {
  const auto link = seat.link.lock();
  if (!link) return;
  json_.clear();
  write_frame(frame, json_);
  link->push(json_.view());
}

}  // namespace chargemill::app
