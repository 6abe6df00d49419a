#include "app/api/denials.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "actors/texts.hpp"
#include "app/history/history_times.hpp"

namespace chargemill::app::api {
namespace {

using central::Inspection;
using central::ShardState;
using nlohmann::ordered_json;

bool is_known(const network::Desk& desk, PointId point) {
  return index_of(point) < desk.topology().points.size() || desk.annex().point(point) != nullptr;
}

/// The zone of the point, or the one in which any would have done; nothing: the point is unknown.
std::optional<ZoneId> zone_of(const network::Desk& desk, const Denial& denial) {
  if (denial.any_in_zone) return denial.zone;
  return is_known(desk, denial.point) ? std::optional{desk.spec(denial.point).zone} : std::nullopt;
}

/// Only copies; on the workers' threads.
class DenialSearch final : public Inspection {
 public:
  using Done = std::function<void(DenialsFound)>;

  DenialSearch(const network::Desk& desk, const DenialFilter& filter, Post later, Done done)
      : desk_(desk), filter_(filter), later_(std::move(later)), done_(std::move(done)) {}

  void begin(const central::CentralState& central) override { take(central.recent_denials); }
  [[nodiscard]] bool reads_denials() const noexcept override { return true; }
  std::uint32_t look(const ShardState& shard, SimTime now, std::uint32_t from) override {
    const auto size = static_cast<std::uint32_t>(shard.points.size());
    if (from == 0) take(shard.recent_denials);
    if (!filter_.driver) return size;
    const auto end = std::min(size, from + central::kPointsALook);
    for (; from < end; ++from) {
      const auto& record = shard.points[from];
      if (record.stage == central::Stage::none || record.driver != *filter_.driver) continue;
      found_.open =
          PointCopy{record, central::is_available(record, shard.settings.breaker, now), false, {}};
    }
    return from;
  }
  void finish(SimTime /*now*/) override {
    auto& all = found_.denials;
    std::sort(all.begin(), all.end(), [](const Denial& a, const Denial& b) {
      return a.at != b.at ? a.at > b.at : a.request > b.request;
    });
    if (all.size() > filter_.limit) all.resize(filter_.limit);
    (void)later_(
        [done = std::move(done_), found = std::move(found_)]() mutable { done(std::move(found)); });
  }

 private:
  void take(const central::RecentDenials& denials) {
    denials.for_each([this](const Denial& denial) {
      if (filter_.driver && denial.driver != *filter_.driver) return;
      if (filter_.point && denial.point != *filter_.point) return;
      if (filter_.zone && zone_of(desk_, denial) != filter_.zone) return;
      found_.denials.push_back(denial);
    });
  }

  const network::Desk& desk_;  // of the world, which outlives this
  const DenialFilter filter_;
  const Post later_;
  Done done_;
  DenialsFound found_;
};

void list(const CallPtr& call) {
  DenialFilter filter;
  filter.driver = call->query.id<DriverId>("driver");
  filter.point = call->query.id<PointId>("cp");
  filter.zone = call->query.id<ZoneId>("zone");
  filter.limit = static_cast<std::size_t>(call->query.whole("limit", kLimitDefault));
  look_for_denials(call, filter, [call](const DenialsFound& found) {
    auto rows = ordered_json::array();
    for (const auto& denial : found.denials) rows.push_back(denial_json(call->world, denial));
    call->answer(json_answer({{"denials", std::move(rows)}}));
  });
}

}  // namespace

void look_for_denials(const CallPtr& call, DenialFilter filter,
                      std::function<void(DenialsFound)> use) {
  auto search =
      std::make_shared<DenialSearch>(call->world.desk, filter, call->world.later, std::move(use));
  if (!call->world.desk.inspect(std::move(search)))
    call->refuse(503, "too many questions are under way, try again later");
}

ordered_json denial_json(const World& world, const Denial& denial) {
  DriverUpdate update{};
  update.status = UpdateStatus::denied;
  update.reason = denial.reason;
  update.phase = denial.phase;
  const auto zone = zone_of(world.desk, denial);
  return {
      {"request_id", world.names.name(denial.request)},
      {"driver_id", world.names.name(denial.driver)},
      {"cp_id", is_known(world.desk, denial.point) ? ordered_json(world.names.name(denial.point))
                                                   : ordered_json()},
      {"zone", zone ? ordered_json(network::zone_name(*zone)) : ordered_json()},
      {"status", chargemill::word(update.status)},
      {"reason", update_text(update)},
      {"ts", time_text(world.utc(denial.at))}};
}

std::vector<Route> denial_routes() {
  return {{"GET",
           "/api/v1/denials",
           "Requests that were denied of late, newest first, with the reason that the driver heard "
           "(D-052, D-199): about the last thousand of central and of each shard",
           list,
           {{"driver", Kind::driver, "only of this driver"},
            {"cp", Kind::point, "only for this charge point"},
            {"zone", Kind::zone, "only for this zone"},
            {"limit", Kind::limit, "rows at most, 100 if left out"}}}};
}

}  // namespace chargemill::app::api
