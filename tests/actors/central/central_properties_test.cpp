// Central against a model: what it was told of free points, and where each request is.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <vector>

#include "actors/central/central.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::central {
namespace {

constexpr std::uint16_t kShards = 3;
constexpr std::uint16_t kZones = 2;
constexpr std::uint32_t kPoints = 9;

enum class What : std::uint8_t { ask, admit, miss, count, ask_nobody, search, other };
struct Step {
  What what;
  std::uint64_t n;  ///< which request, zone, shard, number; played modulo what there is
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  constexpr const char* kWords[] = {"ask for zone", "admit",  "miss", "count",
                                    "ask nobody",   "search", "other"};
  return out << kWords[static_cast<std::size_t>(step.what)] << ' ' << step.n;
}
Step any_step(RandomStream& random) {
  constexpr What kDice[] = {What::ask,   What::ask,   What::ask,        What::admit, What::miss,
                            What::miss,  What::count, What::count,      What::count, What::count,
                            What::count, What::other, What::ask_nobody, What::search};
  return {kDice[random.below(std::size(kDice))], random.below(1'000)};
}
rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.n, std::uint64_t{0}), [step](std::uint64_t n) {
    return Step{step.what, n};
  });
}

class Bench {
 public:
  void play(const Step& step) {
    switch (step.what) {
      case What::ask:
        ask(ZoneId{static_cast<std::uint16_t>(step.n % (kZones + 1U))});
        break;
      case What::admit:
        if (!under_way_.empty()) ++answers_[take(step.n).request];  // by the shard
        break;
      case What::miss:
        if (!under_way_.empty()) miss(step.n);
        break;
      case What::count:
        count(step.n);
        break;
      case What::ask_nobody:
        ask_nobody();
        break;
      case What::search:
        search(step.n);
        break;
      case What::other:
        other(step.n);
        break;
    }
    agree();
  }
  /// Whatever is under way finds nothing any more: each request ends, answered once.
  void settle() {
    for (std::size_t misses = 0; !under_way_.empty(); ++misses) {
      RC_ASSERT(misses < std::size_t{kShards} * requests_);
      miss(0);
      agree();
    }
    RC_ASSERT(answers_.size() == requests_);
    for (const auto& [request, times] : answers_) RC_ASSERT(times == 1);
  }

 private:
  CentralEffects say(const CentralEvent& event) {
    CentralEffects effects;
    step(state_, event, now_, effects);
    return effects;
  }
  RequestId next_request() { return RequestId{++requests_}; }
  ZoneRequest take(std::uint64_t n) {
    const auto at = under_way_.begin() + static_cast<std::ptrdiff_t>(n % under_way_.size());
    const ZoneRequest request = *at;
    under_way_.erase(at);
    return request;
  }

  void ask(ZoneId zone) {
    const ZoneRequest request{next_request(), {}, {}, DriverId{1}, zone, 0};
    expect_one_answer(say(request), request);
  }
  void miss(std::uint64_t n) {
    ZoneRequest request = take(n);
    ++request.tried;
    expect_one_answer(say(ZoneMiss{request}), request);
  }
  /// It goes to a shard that should have a free point, or is denied because none has.
  void expect_one_answer(const CentralEffects& said, const ZoneRequest& request) {
    RC_ASSERT(said.size() == 1U);
    const auto* const to = std::get_if<ToShard>(&said[0]);
    if (to == nullptr) {
      RC_ASSERT(request.tried == kShards || believed_in(request.zone) == 0);
      return expect_denial(said[0], request.request, Reason::no_free_point);
    }
    RC_ASSERT(to->message.request == request.request);
    RC_ASSERT(to->message.tried == request.tried);
    RC_ASSERT(request.tried < kShards);
    std::int64_t& free = free_.at(index_of(request.zone)).at(index_of(to->shard));
    --free;
    RC_ASSERT(free >= 0);
    under_way_.push_back(to->message);
  }
  void expect_denial(const CentralEffect& said, RequestId request, Reason why) {
    const auto* const update = std::get_if<DriverUpdate>(&said);
    RC_ASSERT(update != nullptr);
    RC_ASSERT(update->request == request);
    RC_ASSERT(update->status == UpdateStatus::denied);
    RC_ASSERT(update->reason == why);
    ++answers_[request];
    ++denied_;
  }
  [[nodiscard]] std::int64_t believed_in(ZoneId zone) const {
    if (index_of(zone) >= kZones) return 0;
    const auto& free = free_[index_of(zone)];
    return *std::max_element(free.begin(), free.end());
  }

  /// Also of a shard, and of a zone, that is not there.
  void count(std::uint64_t n) {
    const auto shard = static_cast<std::uint16_t>(n % (kShards + 1U));
    const auto zone = static_cast<std::uint16_t>(n / 4 % (kZones + 1U));
    const auto free = static_cast<std::uint32_t>(n / 12 % 4);
    RC_ASSERT(say(FreeCount{ShardId{shard}, ZoneId{zone}, free}).empty());
    if (shard < kShards && zone < kZones) free_[zone][shard] = free;
  }

  void ask_nobody() {  // D-051
    const RequestId request = next_request();
    const auto said = say(ChargeRequest{request, {}, {}, DriverId{1}, kUnknownPoint});
    RC_ASSERT(said.size() == 1U);
    expect_denial(said[0], request, Reason::point_not_found);
  }

  /// From shard to shard: each passes over some points, and central passes it on.
  void search(std::uint64_t n) {  // D-130
    PointSearch wanted{};
    wanted.driver = DriverId{1};
    wanted.next = PointId{static_cast<std::uint32_t>(n % (kPoints + 2))};
    for (std::uint32_t hops = 0;; ++hops) {
      RC_ASSERT(hops <= kPoints);
      const auto said = say(wanted);
      RC_ASSERT(said.size() == 1U);
      if (const auto* const list = std::get_if<PointList>(&said[0])) {
        RC_ASSERT(index_of(wanted.next) >= kPoints);
        RC_ASSERT(list->is_complete && list->driver == wanted.driver);
        return;
      }
      const auto* const on = std::get_if<PointSearch>(&said[0]);
      RC_ASSERT(on != nullptr);
      RC_ASSERT(on->next == wanted.next);
      wanted.next = PointId{index_of(wanted.next) + 1 + static_cast<std::uint32_t>(n % 3)};
    }
  }

  /// What concerns all goes to all shards; nobody waits for what concerns none.
  void other(std::uint64_t n) {
    const auto goes = [this](const CentralEvent& event) {
      const auto said = say(event);
      RC_ASSERT(said.size() <= 1U);
      return said.empty() ? std::size_t{0} : said[0].index() + 1;
    };
    const std::size_t to_shards = CentralEffect{ToShards{}}.index() + 1;
    const std::size_t to_owner = CentralEffect{ToOwner{}}.index() + 1;
    const PointId point{static_cast<std::uint32_t>(n % kPoints)};
    const RequestId request{1 + n};
    RC_ASSERT(goes(OperatorOrder{point, OperatorAction::stop, true}) == to_shards);
    RC_ASSERT(goes(OperatorOrder{point, OperatorAction::stop, false}) == to_owner);
    RC_ASSERT(goes(DriverReturned{DriverId{1}}) == to_shards);
    RC_ASSERT(goes(AskRequest{request, DriverId{1}, point}) == to_shards);
    RC_ASSERT(goes(CancelRequest{request, DriverId{1}, kUnknownPoint}) == 0U);
    RC_ASSERT(goes(Tick{}) == 0U);
  }

  void agree() const {
    for (std::uint16_t zone = 0; zone < kZones; ++zone) {
      for (std::uint16_t shard = 0; shard < kShards; ++shard)
        RC_ASSERT(state_.zones[zone].free[shard] == free_[zone][shard]);
    }
    RC_ASSERT(state_.requests_denied == denied_);
  }

  CentralState state_ = make_central(kShards, kZones, kPoints);
  const SimTime now_{};
  std::array<std::array<std::int64_t, kShards>, kZones> free_{};
  std::vector<ZoneRequest> under_way_;  // at a shard
  std::map<RequestId, int> answers_;
  std::uint64_t requests_ = 0, denied_ = 0;
};

TEST(CentralProperties, EachRequestIsAnsweredOnceAndNoFreePointIsHandedOutTwice) {  // D-051, D-130
  test::check_cases(2'000, [] {
    Bench bench;
    for (const Step& step : *test::any_trace(300, any_step, simpler).as("life")) bench.play(step);
    bench.settle();
  });
}

}  // namespace
}  // namespace chargemill::central
