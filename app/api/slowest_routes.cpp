// /api/v1/slowest: the slowest of the latest minutes by name, which a histogram does not know. What
// exemplars are elsewhere.
#include "actors/shell/label.hpp"
#include "app/api/route.hpp"
#include "app/history/history_times.hpp"

namespace chargemill::app::api {
namespace {

using network::Latency;
using nlohmann::ordered_json;

const char* word_of(ActorKind kind) noexcept {
  switch (kind) {
    case ActorKind::charge_point:
      return "charge_point";
    case ActorKind::monitor:
      return "monitor";
    case ActorKind::driver:
      return "driver";
    case ActorKind::shard:
      return "shard";
    case ActorKind::central:
      return "central";
    case ActorKind::fleet:
      return "fleet";
    case ActorKind::director:
      return "director";
  }
  return "";
}

ordered_json row_of(const World& world, Latency latency, const network::Slow& slow) {
  const auto& whom = slow.whom;
  const auto& names = world.names;
  ordered_json row{{"metric", network::word(latency)},
                   {"seconds", std::chrono::duration<double>{slow.lasted}.count()},
                   {"ts", time_text(world.utc(slow.at))}};
  const bool has_point = index_of(whom.point) < world.desk.points();
  row["cp_id"] = has_point ? ordered_json(names.name(whom.point)) : ordered_json();
  row["zone"] = has_point ? ordered_json(network::zone_name(world.desk.spec(whom.point).zone))
                          : ordered_json();
  row["driver_id"] =
      whom.driver != kNobody ? ordered_json(names.name(whom.driver)) : ordered_json();
  row["request_id"] =
      whom.request != RequestId::none ? ordered_json(names.name(whom.request)) : ordered_json();
  row["session_id"] =
      whom.session != SessionId::none ? ordered_json(names.name(whom.session)) : ordered_json();
  const auto label = label_from(slow.label);
  row["actor"] = label ? ordered_json(word_of(label->kind)) : ordered_json();
  return row;
}

void slowest(const CallPtr& call) {
  const World& world = call->world;
  const auto wanted = call->query.get<std::int64_t>("metric");
  const auto limit =
      static_cast<std::size_t>(call->query.whole("limit", std::int64_t{network::kSlowestMax}));
  const network::Detail detail = world.desk.detail();
  auto rows = ordered_json::array();
  for (std::size_t i = 0; i < network::kLatencies; ++i) {
    if (wanted && static_cast<std::size_t>(*wanted) != i) continue;
    for (std::size_t n = 0; n < std::min(limit, detail.slowest[i].size()); ++n)
      rows.push_back(row_of(world, static_cast<Latency>(i), detail.slowest[i][n]));
  }
  call->answer(json_answer(
      {{"clock", world.scenario.run.speed.max ? "model" : "wall"}, {"slowest", std::move(rows)}}));
}

}  // namespace

std::vector<Route> slowest_routes() {
  return {{"GET",
           "/api/v1/slowest",
           "The slowest of the latest 5 to 10 minutes (virtual time: 1 to 2 hours), slowest first, "
           "and whom each was about; about 16 of each metric",
           slowest,
           {{"metric", Kind::latency, "only of this one, as /metrics or the summary call it"},
            {"limit", Kind::limit, "rows of each at most, 16 if left out"}}}};
}

}  // namespace chargemill::app::api
