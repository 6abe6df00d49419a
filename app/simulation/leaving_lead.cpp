#include "app/simulation/leaving_lead.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "app/simulation/node_says.hpp"

namespace chargemill::app {
namespace {

using std::chrono::seconds;

constexpr seconds kPartMax{60};    // whoever stops a node waits longer than that (systemd: 90 s)
constexpr seconds kHandOnMax{5};   // for etcd, and for one of the others to answer
constexpr seconds kAgainAfter{5};  // nobody could be named: central decides meanwhile
constexpr seconds kFlushMax{2};    // of a node whose workers stand
constexpr seconds kFlushFirst{5};  // before they do

}  // namespace

std::optional<Departure> LeavingLead::turn() {
  const bool may_leave = leader_.may_hand_on();
  stop_.let_leave(may_leave);
  if (!stop_.is_asked_to_leave() || stop_.signal() != 0) return std::nullopt;
  const auto now = leader_.exchange().now();
  if (!asked_) asked_ = now;
  // What has just been lost has a home first, and is counted there.
  if (!may_leave && !leader_.is_settled() && now - *asked_ < kPartMax) return std::nullopt;
  if (!may_leave) {
    leader_.say(true, "nobody else could lead: the run ends");
    stop_.stop_instead();
    return std::nullopt;
  }
  if (!since_) {
    since_ = now;
    leader_.say(false, "leaves: its shards go to others, then another node leads");
    leader_.want_to_leave();
  }
  if (!leader_.has_nothing() && now - *since_ < kPartMax) return std::nullopt;
  if (now < again_) return std::nullopt;
  return leave();
}

// What central has decided is on its way, and what was acknowledged is on the disk, before somebody
// else may decide: workers stand until then, and afterwards nobody hears them.
std::optional<Departure> LeavingLead::leave() {
  const bool is_late = !leader_.has_nothing();
  if (is_late) {
    leader_.say(true, fmt::format("not all its shards have gone within {} s: others go on with "
                                  "them from its journal",
                                  kPartMax.count()));
    (void)host_.engine().freeze(kStandstillMax);
  }
  if (recording_ != nullptr) (void)recording_->flush(kFlushFirst);
  Departure departure;
  // Who cannot be asked now is lost before long, and the run ends in order if there was no other
  // one; or it answers the next time.
  const bool may_stay = leader_.exchange().now() - *since_ < kPartMax;
  Handing next;
  host_.engine().hold_still([&] {
    const std::int64_t stood_ns = utc_now_ns();
    network::Snapshot own = host_.network().look();
    looker_.add_load(own);
    departure.last = own;
    network::add(departure.last, leader_.look());
    if (recording_ != nullptr) (void)recording_->flush(kFlushMax);
    next = leader_.hand_on(own, stood_ns, kHandOnMax, may_stay);
  });
  if (next.end == Handing::End::stays) {
    again_ = leader_.exchange().now() + kAgainAfter;
    leader_.say(true, fmt::format("nobody could be named: it goes on leading, and asks again after "
                                  "{} s",
                                  kAgainAfter.count()));
  }
  if (next.end != Handing::End::left) return std::nullopt;
  (void)host_.engine().freeze(kStandstillMax);
  leader_.answer_nobody();
  departure.leader = std::move(next.leader);
  if (departure.leader.empty()) {
    leader_.say(true, fmt::format("nobody has taken the lead within {} s: it leaves all the same, "
                                  "and the others elect one of them",
                                  kHandOnMax.count()));
  } else {
    leader_.say(false, departure.leader + " leads now, and the run goes on there");
  }
  return departure;
}

}  // namespace chargemill::app
