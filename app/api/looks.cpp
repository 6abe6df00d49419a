#include "app/api/looks.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace chargemill::app::api {
namespace {

using central::Inspection;
using central::PointRecord;
using central::ShardState;

constexpr const char* kTooMany = "too many questions are under way, try again later";
constexpr const char* kLost =
    "the node of this charge point is lost, or gives it away just now, try again";

PointCopy copy_of(const ShardState& shard, const PointRecord& record, SimTime now) {
  const Objection against = objection_to(shard, record, now);
  return {record, against.reason == Reason::none, shard.journal_behind, against};
}

/// Only copies; on the workers' threads.
class PointSearch final : public Inspection {
 public:
  using Done = std::function<void(PointsFound)>;

  PointSearch(const Directory& names, PointFilter filter, bool counts_sessions, Post later,
              Done done)
      : names_(names),
        filter_(std::move(filter)),
        counts_sessions_(counts_sessions),
        later_(std::move(later)),
        done_(std::move(done)) {}

  std::uint32_t look(const ShardState& shard, SimTime now, std::uint32_t from) override {
    const auto size = static_cast<std::uint32_t>(shard.points.size());
    if (!counts_sessions_ && is_before_all(shard)) return size;
    const auto end = std::min(size, from + central::kPointsALook);
    for (; from < end; ++from) {
      const PointRecord& record = shard.points[from];
      if (counts_sessions_) count(shard, record, now);
      if (found_.has_more || !is_meant(shard, record, now)) continue;
      if (found_.points.size() < filter_.limit) {
        found_.points.push_back(copy_of(shard, record, now));
        continue;
      }
      found_.has_more = true;
      if (!counts_sessions_) return kEnough;
    }
    return from;
  }

  void finish(SimTime now) override {
    found_.at = now;
    // What is built of it may take a while: not here.
    (void)later_(
        [done = std::move(done_), found = std::move(found_)]() mutable { done(std::move(found)); });
  }

 private:
  [[nodiscard]] bool is_before_all(const ShardState& shard) const {
    return filter_.after && !shard.points.empty() && shard.points.back().id <= *filter_.after;
  }

  void count(const ShardState& shard, const PointRecord& record, SimTime now) {
    if (record.stage == central::Stage::none) return;
    ++found_.sessions;
    if (found_.in_session.size() < filter_.limit)
      found_.in_session.push_back(copy_of(shard, record, now));
  }

  [[nodiscard]] bool is_meant(const ShardState& shard, const PointRecord& record,
                              SimTime now) const {
    if (filter_.after && record.id <= *filter_.after) return false;
    if (filter_.zone && shard.zones[record.zone_slot].zone != *filter_.zone) return false;
    if (filter_.state && record.display != *filter_.state) return false;
    const bool is_in_session = record.stage != central::Stage::none;
    if (filter_.only_in_session && !is_in_session) return false;
    if (filter_.driver && !(is_in_session && record.driver == *filter_.driver)) return false;
    if (record.rated_w < filter_.power_min_w) return false;
    if (record.price.microeur_per_kwh > filter_.price_max) return false;
    if (!filter_.prefix.empty() &&
        names_.name(record.id).compare(0, filter_.prefix.size(), filter_.prefix) != 0)
      return false;
    return !filter_.only_available || copy_of(shard, record, now).is_available;
  }

  const Directory& names_;  // of the world, which outlives this
  const PointFilter filter_;
  const bool counts_sessions_;
  const Post later_;
  Done done_;
  PointsFound found_;
};

class PointLook final : public Inspection {
 public:
  using Done = std::function<void(PointCopy, SimTime)>;

  PointLook(PointId point, Post later, Done done, Task lost)
      : point_(point), later_(std::move(later)), done_(std::move(done)), lost_(std::move(lost)) {
    copy_.record.id = point;  // one that has just joined: nobody has heard of it yet
  }

  std::uint32_t look(const ShardState& shard, SimTime now, std::uint32_t) override {
    const std::uint32_t index = central::find(shard, point_);
    if (index != central::kNowhere) copy_ = copy_of(shard, shard.points[index], now);
    return kEnough;
  }
  void finish(SimTime now) override {
    (void)later_([done = std::move(done_), copy = copy_, now] { done(copy, now); });
  }
  void abandon(SimTime /*now*/) override { (void)later_(std::move(lost_)); }

 private:
  const PointId point_;
  const Post later_;
  Done done_;
  Task lost_;
  PointCopy copy_;
};

}  // namespace

void look_for(const CallPtr& call, PointFilter filter, std::function<void(PointsFound)> use,
              bool counts_sessions) {
  auto search = std::make_shared<PointSearch>(call->world.names, std::move(filter), counts_sessions,
                                              call->world.later, std::move(use));
  if (!call->world.desk.inspect(std::move(search))) call->refuse(503, kTooMany);
}

bool try_look_at(const CallPtr& call, PointId point, std::function<void(PointCopy, SimTime)> use,
                 Task lost) {
  auto look =
      std::make_shared<PointLook>(point, call->world.later, std::move(use), std::move(lost));
  return call->world.desk.inspect(point, std::move(look));
}

void look_at(const CallPtr& call, PointId point, std::function<void(PointCopy, SimTime)> use) {
  const auto lost = [call] { call->refuse(503, kLost); };
  if (!try_look_at(call, point, std::move(use), lost)) call->refuse(503, kTooMany);
}

namespace {

runtime::HttpResponse denying(const runtime::HttpResponse& answer, const char* what) {
  auto body = nlohmann::ordered_json::parse(answer.body, nullptr, false);
  if (!body.is_object()) body = nlohmann::ordered_json::object();
  body[what] = false;
  auto response = json_answer(body, 202);
  response.headers = answer.headers;
  return response;
}

}  // namespace

runtime::HttpResponse unconfirmed(const runtime::HttpResponse& answer) {
  return denying(answer, "confirmed");
}
runtime::HttpResponse unrecorded(const runtime::HttpResponse& answer) {
  return denying(answer, "recorded");
}

namespace {

using Clock = std::chrono::steady_clock;
/// As long as a journal that stands still is waited for.
constexpr Nanos kPatience = std::chrono::seconds{5};

void answer_when_kept(const CallPtr& call, PointId point, const runtime::HttpResponse& answer,
                      Clock::time_point until) {
  const auto when_seen = [=](const PointCopy& copy, SimTime) {
    call->world.when_on_disk([=, is_behind = copy.is_journal_behind](Kept kept) {
      if (kept == Kept::never) return call->answer(unrecorded(answer));
      const bool is_late = is_behind && Clock::now() >= until;
      if (kept == Kept::not_yet || is_late)
        return call->refuse(503, "done, but not on disk yet: see the journal");
      // What was not even in a queue has room there now.
      if (is_behind) return answer_when_kept(call, point, answer, until);
      call->answer(answer);
    });
  };
  const auto say_unconfirmed = [call, answer] { call->answer(unconfirmed(answer)); };
  if (!try_look_at(call, point, when_seen, say_unconfirmed)) say_unconfirmed();
}

}  // namespace

void answer_when_kept(const CallPtr& call, PointId point, const runtime::HttpResponse& answer) {
  if (!call->world.when_on_disk) return call->answer(answer);
  answer_when_kept(call, point, answer, Clock::now() + kPatience);
}

}  // namespace chargemill::app::api
