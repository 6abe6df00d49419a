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
  unsigned round = 0;  ///< of asking other nodes
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

namespace {

/// So often other nodes are asked anew where a shard is missed that has gone from one to another
/// between their answers.
constexpr unsigned kRoundsMax = 2;

/// Of a shard in what one node says: it may have come and gone while that was copied.
constexpr std::size_t kCopiesMax = 4;

/// Each once: one that has gone meanwhile may have been copied where it was, there in part, and
/// where it is.
std::vector<central::ShardState> shards_in(const std::vector<std::string>& copies,
                                           std::size_t shards_max) {
  std::vector<central::ShardState> shards;
  for (const auto& bytes : copies) {
    auto some = copies_from(bytes, shards_max);
    if (!some) continue;
    std::move(some->begin(), some->end(), std::back_inserter(shards));
  }
  std::sort(shards.begin(), shards.end(), [](const auto& a, const auto& b) {
    if (a.settings.shard != b.settings.shard) return a.settings.shard < b.settings.shard;
    return a.points.size() > b.points.size();
  });
  const auto is_same = [](const auto& a, const auto& b) {
    return a.settings.shard == b.settings.shard;
  };
  shards.erase(std::unique(shards.begin(), shards.end(), is_same), shards.end());
  return shards;
}

}  // namespace

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

// This node's shards come first, behind what was ordered before on the way that it takes. Of one
// shard the node is asked that is to have it; if that has not, it is on its way, and any may.
void Desk::gather(Errand& errand) {
  CHARGEMILL_ASSERT(others_ != nullptr);
  const unsigned home = network_.node_of(index_of(errand.first));
  if (errand.only_this && errand.round == 0 && home != engine_.options().node) {
    return others_->copy(home, {errand.wanted, false}, [this, &errand](std::string bytes) {
      conclude(errand, {std::move(bytes)});
    });
  }
  auto all = std::make_shared<Gathering>(engine_.options().nodes);
  const auto take = [this, &errand, all](unsigned node, std::string bytes) {
    if (all->take(node, std::move(bytes))) conclude(errand, all->copies);
  };
  const CopyWanted wanted{errand.wanted, errand.reads_denials()};
  const auto and_others = [this, take, wanted](std::string bytes) {
    take(engine_.options().node, std::move(bytes));
    for (unsigned node = 0; node < engine_.options().nodes; ++node) {
      if (node == engine_.options().node) continue;
      others_->copy(node, wanted, [take, node](std::string more) { take(node, std::move(more)); });
    }
  };
  copy_here(wanted, and_others, errand.round == 0 ? &errand : nullptr);
}

/// Whether a shard is nowhere in what was answered though the node that is to have it has said
/// something: it has gone from one to another meanwhile. What a lost node had nobody has.
bool Desk::is_missed(const Errand& errand, const std::vector<central::ShardState>& shards,
                     const std::vector<std::string>& copies) const {
  if (errand.only_this) return shards.empty();
  std::vector<bool> is_there(topology().shards.size());
  for (const auto& shard : shards) {
    const auto s = index_of(shard.settings.shard);
    if (s < is_there.size()) is_there[s] = shard.points.size() >= topology().shards[s].points;
  }
  for (std::uint32_t s = 0; s < is_there.size(); ++s) {
    if (is_there[s] || topology().shards[s].points == 0) continue;
    if (!copies[network_.node_of(s)].empty()) return true;
  }
  return false;
}

void Desk::conclude(Errand& errand, const std::vector<std::string>& copies) {
  const auto shards = shards_in(copies, kCopiesMax * topology().shards.size());
  if (errand.round == kRoundsMax || !is_missed(errand, shards, copies))
    return show(errand, shards, engine_.reached());
  ++errand.round;
  gather(errand);
}

/// Lets the errand look at copies of shards in their order, as it would have looked at them.
void Desk::show(Errand& errand, const std::vector<central::ShardState>& shards, SimTime now) {
  if (shards.empty()) return errand.abandon(now);
  std::uint32_t from = 0;
  for (std::size_t s = 0; s < shards.size() && from != Inspection::kEnough; ++s) {
    for (from = 0; from < shards[s].points.size();) from = errand.look(shards[s], now, from);
  }
  errand.finish(now);
}

namespace {

/// Lives from copy_here() until it has seen all: at last what rests here until all know that it is
/// elsewhere.
class LocalCopy final : public ShardCopier {
 public:
  LocalCopy(const Network& network, CopyWanted wanted, Others::Done done,
            central::Inspection* first)
      : ShardCopier(wanted), network_(network), done_(std::move(done)), first_(first) {}
  // What central knows is where it is: whoever asked reads it there.
  void begin(const central::CentralState& central) override {
    if (first_ != nullptr) first_->begin(central);
  }
  std::uint32_t look(const central::ShardState& shard, SimTime now, std::uint32_t from) override {
    const std::uint32_t next = ShardCopier::look(shard, now, from);
    if (seen_.empty() || seen_.back().shard != shard.settings.shard)
      seen_.push_back({shard.settings.shard, next});
    seen_.back().next = next;
    return next;
  }
  void finish(SimTime now) override {
    network_.each_departed([&](const central::ShardState& shard) { look_at_rest(shard, now); });
    done_(take());
  }

 private:
  struct Seen {
    ShardId shard{};
    std::uint32_t next = 0;
  };
  /// It may have departed before this copy came to it, or while it was copied: what is missing of
  /// the last one follows it at once, of another one all comes again.
  void look_at_rest(const central::ShardState& shard, SimTime now) {
    std::uint32_t from = 0;
    for (const Seen& seen : seen_) {
      if (seen.shard != shard.settings.shard) continue;
      if (seen.next >= shard.points.size()) return;
      if (&seen == &seen_.back()) from = seen.next;
    }
    while (from < shard.points.size()) from = look(shard, now, from);
  }

  const Network& network_;
  std::vector<Seen> seen_;  // in order
  Others::Done done_;
  central::Inspection* const first_;
};

}  // namespace

void Desk::copy_here(const CopyWanted& wanted, Others::Done done, Inspection* first_read) {
  const bool is_one = wanted.only != kUnknownPoint;
  std::optional<ShardId> first = network_.first_here();
  if (is_one) first.reset();
  if (is_one && has_place(wanted.only)) first = owner_of(wanted.only);
  // Of more nodes than shards some have none, and so has one that only leads, or whose shard is on
  // its way.
  if (first && !network_.has(*first)) first.reset();
  auto copy = std::make_shared<LocalCopy>(network_, wanted, std::move(done), first_read);
  if (!first && !network_.has_central()) return copy->finish(engine_.reached());
  if (!first) first = central::kNoShardHere;
  auto errand = std::make_unique<Errand>(*this, std::move(copy), *first, is_one, wanted.only);
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
    return show(errand, shards_in(copies, kCopiesMax * topology().shards.size()), now);
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
