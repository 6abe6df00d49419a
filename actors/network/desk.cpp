#include "actors/network/desk.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::network {

using central::Inspect;
using central::Inspection;
using runtime::LeanActor;

/// Keeps an inspection alive while actors hold its address.
struct Desk::Errand final : Inspection {
  Errand(Desk& from, std::shared_ptr<Inspection> looks, ShardId begin, bool one, PointId point)
      : desk(from), what(std::move(looks)), first(begin), only_this(one), wanted(point) {}

  std::uint32_t look(const central::ShardState& shard, SimTime now, std::uint32_t from) override {
    return what->look(shard, now, from);
  }
  void begin(const central::CentralState& central) override { what->begin(central); }
  [[nodiscard]] bool reads_denials() const noexcept override { return what->reads_denials(); }
  void finish(SimTime now) override { end(&Inspection::finish, now); }
  void abandon(SimTime now) override { end(&Inspection::abandon, now); }
  void end(void (Inspection::*how)(SimTime), SimTime now) {
    const auto kept = std::move(what);
    desk.forget(this);  // and this is gone
    (*kept.*how)(now);
  }

  Desk& desk;
  std::shared_ptr<Inspection> what;
  const ShardId first;
  const bool only_this;
  const PointId wanted;
};

/// Collects what all nodes copy for one errand.
struct Desk::Gathering {
  explicit Gathering(unsigned nodes) : copies(nodes), missing(nodes) {}

  /// True: nothing is missing any more.
  bool take(unsigned node, std::string bytes) {
    const std::lock_guard lock{mutex};
    copies[node] = std::move(bytes);
    return --missing == 0;
  }

  std::mutex mutex;
  std::vector<std::string> copies;  // by node; guarded by mutex
  unsigned missing;                 // likewise
};

Desk::Desk(Network& network, runtime::Coordinator& engine, Others* others)
    : network_(network), engine_(engine), others_(others) {
  network_.connect(hand_book_);
}
Desk::~Desk() = default;

bool Desk::may_change() const noexcept {
  return engine_.options().pacing != runtime::Pacing::virtual_time;
}

bool Desk::inspect(std::shared_ptr<Inspection> what) {
  return send(std::move(what), ShardId{0}, kUnknownPoint);
}

bool Desk::inspect(PointId point, std::shared_ptr<Inspection> what) {
  return send(std::move(what), network_.switchboard().shard_of[index_of(point)], point);
}

// By way of its seat: what was said to that is before it on the way to the shard.
bool Desk::inspect_behind(PointId point, std::shared_ptr<Inspection> what) {
  auto* const seat = network_.outside_point(point);
  if (seat == nullptr) return inspect(point, std::move(what));
  const ShardId owner = network_.switchboard().shard_of[index_of(point)];
  Errand* const sent = admit(std::move(what), owner, point);
  if (sent == nullptr) return false;
  LeanActor::post(seat, Inspect{sent, 0, owner, true});
  return true;
}

Desk::Errand* Desk::admit(std::shared_ptr<Inspection> what, ShardId first, PointId only) {
  const bool only_this = only != kUnknownPoint;
  auto errand = std::make_unique<Errand>(*this, std::move(what), first, only_this, only);
  Errand* const sent = errand.get();
  const std::lock_guard lock{mutex_};
  if (errands_.size() >= kOpenMax) return nullptr;
  errands_.emplace(sent, std::move(errand));
  if (!may_change()) waiting_.push_back(sent);
  return sent;
}

bool Desk::send(std::shared_ptr<Inspection> what, ShardId first, PointId only) {
  Errand* const sent = admit(std::move(what), first, only);
  if (sent == nullptr) return false;
  if (may_change()) go(*sent);
  return true;
}

/// Real time. Where one node has all that is asked for, it looks itself; else copies are shown.
void Desk::go(Errand& errand) {
  const bool is_here = !errand.only_this || network_.has(errand.first);
  if (!has_others() || (errand.only_this && is_here))
    return LeanActor::post(&network_.central(),
                           Inspect{&errand, 0, errand.first, errand.only_this});
  gather(errand);
}

// This node's shards come first, behind what was ordered before on the way that it takes.
void Desk::gather(Errand& errand) {
  CHARGEMILL_ASSERT(others_ != nullptr);
  if (errand.only_this) {
    const unsigned node = network_.node_of(index_of(errand.first));
    return others_->copy(node, {errand.wanted, false}, [this, &errand](std::string bytes) {
      show(errand, {std::move(bytes)}, engine_.reached());
    });
  }
  auto all = std::make_shared<Gathering>(engine_.options().nodes);
  const auto take = [this, &errand, all](unsigned node, std::string bytes) {
    if (all->take(node, std::move(bytes))) show(errand, all->copies, engine_.reached());
  };
  const CopyWanted wanted{kUnknownPoint, errand.reads_denials()};
  const auto and_others = [this, take, wanted](std::string bytes) {
    take(engine_.options().node, std::move(bytes));
    for (unsigned node = 0; node < engine_.options().nodes; ++node) {
      if (node == engine_.options().node) continue;
      others_->copy(node, wanted, [take, node](std::string more) { take(node, std::move(more)); });
    }
  };
  copy_here(wanted, and_others, &errand);
}

/// Lets the errand look at copies of shards in their order, as it would have looked at them.
void Desk::show(Errand& errand, const std::vector<std::string>& copies, SimTime now) {
  std::vector<central::ShardState> shards;
  for (const auto& bytes : copies) {
    auto some = copies_from(bytes);
    if (!some) continue;
    std::move(some->begin(), some->end(), std::back_inserter(shards));
  }
  if (shards.empty()) return errand.abandon(now);
  std::sort(shards.begin(), shards.end(),
            [](const auto& a, const auto& b) { return a.settings.shard < b.settings.shard; });
  std::uint32_t from = 0;
  for (std::size_t s = 0; s < shards.size() && from != Inspection::kEnough; ++s) {
    for (from = 0; from < shards[s].points.size();) from = errand.look(shards[s], now, from);
  }
  errand.finish(now);
}

namespace {

/// Lives from copy_here() until it has seen all.
class LocalCopy final : public ShardCopier {
 public:
  LocalCopy(CopyWanted wanted, Others::Done done, central::Inspection* first)
      : ShardCopier(wanted), done_(std::move(done)), first_(first) {}
  // What central knows is where it is: whoever asked reads it there.
  void begin(const central::CentralState& central) override {
    if (first_ != nullptr) first_->begin(central);
  }
  void finish(SimTime) override { done_(take()); }

 private:
  Others::Done done_;
  central::Inspection* const first_;
};

}  // namespace

void Desk::copy_here(const CopyWanted& wanted, Others::Done done, Inspection* first_read) {
  const bool is_one = wanted.only != kUnknownPoint;
  std::optional<ShardId> first = network_.first_here();
  if (is_one) first = network_.switchboard().shard_of[index_of(wanted.only)];
  // Of more nodes than shards some have none, and so has one that only leads.
  if (!first && first_read != nullptr && network_.has_central()) first = central::kNoShardHere;
  if (!first || (*first != central::kNoShardHere && !network_.has(*first))) return done({});
  auto errand = std::make_unique<Errand>(
      *this, std::make_shared<LocalCopy>(wanted, std::move(done), first_read), *first, is_one,
      wanted.only);
  Errand* const sent = errand.get();
  {
    const std::lock_guard lock{mutex_};
    errands_.emplace(sent, std::move(errand));
  }
  const Inspect inspect{sent, 0, *first, is_one};
  // Behind the orders that central passes on, where it is here.
  if (network_.has_central()) return LeanActor::post(&network_.central(), inspect);
  LeanActor::post(&network_.shard(*first), inspect);
}

std::string Desk::copy_here(const CopyWanted& wanted) {
  ShardCopier copier{wanted};
  const std::size_t shards = topology().shards.size();
  for (std::size_t s = 0; s < shards; ++s) {
    const ShardId id{static_cast<std::uint16_t>(s)};
    if (!network_.has(id)) continue;
    const auto& state = network_.shard(id).state();
    for (std::uint32_t from = 0; from < state.points.size();)
      from = copier.look(state, network_.stands_at(), from);
  }
  return copier.take();
}

void Desk::forget(const Errand* errand) {
  const std::lock_guard lock{mutex_};
  errands_.erase(errand);
}

void Desk::serve() {
  std::vector<Errand*> waiting;
  {
    const std::lock_guard lock{mutex_};
    waiting.swap(waiting_);
  }
  if (others_ != nullptr) others_->serve();
  if (waiting.empty()) return;
  const SimTime now = network_.stands_at();
  for (Errand* errand : waiting) serve(*errand, now);
}

/// Virtual time, which stands still, here and on the other nodes.
void Desk::serve(Errand& errand, SimTime now) {
  if (!errand.only_this && network_.has_central()) errand.begin(network_.central().state());
  if (has_others()) {
    std::vector<std::string> copies;
    for (unsigned node = 0; node < engine_.options().nodes; ++node) {
      if (errand.only_this && node != network_.node_of(index_of(errand.first))) continue;
      const CopyWanted wanted{errand.wanted, errand.reads_denials()};
      copies.push_back(node == engine_.options().node ? copy_here(wanted)
                                                      : others_->copy_now(node, wanted));
    }
    return show(errand, copies, now);
  }
  std::uint32_t from = 0;
  const std::size_t shards = topology().shards.size();
  for (std::size_t s = index_of(errand.first); s < shards && from != Inspection::kEnough; ++s) {
    const auto& state = network_.shard(ShardId{static_cast<std::uint16_t>(s)}).state();
    for (from = 0; from < state.points.size();) from = errand.look(state, now, from);
    if (errand.only_this) break;
  }
  errand.finish(now);
}

bool Desk::is_waited_for() {
  const std::lock_guard lock{mutex_};
  return !waiting_.empty();
}

Snapshot Desk::look() const {
  Snapshot snapshot = network_.look();
  if (others_ != nullptr) network::add(snapshot, others_->look());
  return snapshot;
}

Detail Desk::detail() const {
  Detail detail = network_.detail();
  if (others_ != nullptr) network::add(detail, others_->detail());
  return detail;
}

bool Desk::is_elsewhere(DriverId driver) const noexcept {
  const auto& drivers = topology().drivers;
  return index_of(driver) < drivers.size() && !network_.has_fleet(drivers[index_of(driver)].shard);
}

const PointSpec& Desk::spec(PointId point) const noexcept {
  const PointSpec* const late = network_.annex().point(point);
  return late != nullptr ? *late : topology().points[index_of(point)];
}

}  // namespace chargemill::network
