#include "runtime/engine/timing_wheel.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kPrefetched = 192;  // where a lean actor keeps what an activation touches

}  // namespace

TimingWheel::TimingWheel() = default;

// The pages are touched here, before time begins, and not one by one when the first timers are
// armed.
void TimingWheel::reserve(std::size_t timers) {
  while (nodes_.size() < timers) {
    nodes_.push_back(Node{0, nullptr, free_, kNil, 1, 0, Where::free});
    free_ = static_cast<std::uint32_t>(nodes_.size() - 1);
  }
}

std::uint64_t TimingWheel::tick_of(std::int64_t ns) noexcept {
  return ns <= 0 ? 0 : static_cast<std::uint64_t>(ns) >> kTickBits;
}

TimerId TimingWheel::arm(SimTime due, Payload payload) {
  std::uint32_t index = free_;
  if (index == kNil) {
    index = static_cast<std::uint32_t>(nodes_.size());
    CHARGEMILL_ASSERT(index != kNil);
    nodes_.push_back(Node{0, nullptr, kNil, kNil, 1, 0, Where::free});
  } else {
    free_ = nodes_[index].next;
  }
  Node& node = nodes_[index];
  node.due_ns = due.time_since_epoch().count();
  node.payload = payload;
  const TimerId id{index, node.generation};
  ++pending_;
  file(index);
  return id;
}

bool TimingWheel::cancel(TimerId id) noexcept {
  if (id.index >= nodes_.size()) return false;
  const Node& node = nodes_[id.index];
  if (node.generation != id.generation || node.where == Where::free) return false;
  // A timer in the batch is only forgotten here: its entry goes stale with the generation.
  if (node.where == Where::slot) unlink(id.index);
  release(id.index);
  return true;
}

std::optional<TimingWheel::Due> TimingWheel::pop(SimTime limit) {
  const std::int64_t limit_ns = limit.time_since_epoch().count();
  for (;;) {
    skip_stale();
    if (batch_at_ < batch_.size()) {
      const BatchEntry entry = batch_[batch_at_];
      if (entry.due_ns > limit_ns) return std::nullopt;
      ++batch_at_;
      const Due result{SimTime{Nanos{entry.due_ns}}, nodes_[entry.index].payload};
      release(entry.index);
      return result;
    }
    const auto next = next_slot();
    if (!next || next->tick > tick_of(limit_ns)) return std::nullopt;
    open(*next);
  }
}

SimTime TimingWheel::exact_next_due() {
  for (;;) {
    skip_stale();
    if (batch_at_ < batch_.size()) return SimTime{Nanos{batch_[batch_at_].due_ns}};
    const auto next = next_slot();
    if (!next) return kNever;
    open(*next);
  }
}

// Drops cancelled timers from the front of the batch; an empty batch starts afresh.
void TimingWheel::skip_stale() noexcept {
  for (; batch_at_ < batch_.size(); ++batch_at_) {
    const BatchEntry& entry = batch_[batch_at_];
    const Node& node = nodes_[entry.index];
    if (node.generation == entry.generation && node.where == Where::batch) return;
  }
  batch_.clear();
  batch_at_ = 0;
}

SimTime TimingWheel::next_due() noexcept {
  skip_stale();
  if (batch_at_ < batch_.size()) return SimTime{Nanos{batch_[batch_at_].due_ns}};
  const auto next = next_slot();
  if (!next) return kNever;
  return SimTime{Nanos{static_cast<std::int64_t>(next->tick << kTickBits)}};
}

// The level is that of the highest digit (base 256) in which the timer's tick differs from now, so
// every timer of a level shares all higher digits with tick_ and no slot ever wraps.
void TimingWheel::file(std::uint32_t index) {
  Node& node = nodes_[index];
  const std::uint64_t tick = tick_of(node.due_ns);
  if (tick < tick_) return insert_into_batch(index);
  const std::uint64_t differs = tick ^ tick_;
  const unsigned level =
      differs == 0 ? 0 : (63U - static_cast<unsigned>(__builtin_clzll(differs))) / kSlotBits;
  if (level >= kLevels) {
    // Beyond the top level (2.3 years): the last slot of the top, filed again when it opens.
    append((kLevels - 1) * kSlots + (kSlots - 1), index);
    return;
  }
  const auto slot = static_cast<unsigned>(tick >> (level * kSlotBits)) & (kSlots - 1);
  append(level * kSlots + slot, index);
}

void TimingWheel::append(unsigned list, std::uint32_t index) noexcept {
  Node& node = nodes_[index];
  List& l = lists_[list];
  node.next = kNil;
  node.prev = l.tail;
  node.list = static_cast<std::uint16_t>(list);
  node.where = Where::slot;
  (l.tail == kNil ? l.head : nodes_[l.tail].next) = index;
  l.tail = index;
  const unsigned slot = list % kSlots;
  occupied_[list / kSlots][slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimingWheel::unlink(std::uint32_t index) noexcept {
  const Node& node = nodes_[index];
  List& l = lists_[node.list];
  (node.prev == kNil ? l.head : nodes_[node.prev].next) = node.next;
  (node.next == kNil ? l.tail : nodes_[node.next].prev) = node.prev;
  if (l.head != kNil) return;
  const unsigned slot = node.list % kSlots;
  occupied_[node.list / kSlots][slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
}

void TimingWheel::release(std::uint32_t index) noexcept {
  Node& node = nodes_[index];
  node.where = Where::free;
  // Zero marks "never armed"; it is skipped when the generation wraps.
  if (++node.generation == 0) node.generation = 1;
  node.next = free_;
  free_ = index;
  --pending_;
}

void TimingWheel::insert_into_batch(std::uint32_t index) {
  Node& node = nodes_[index];
  node.where = Where::batch;
  const BatchEntry entry{node.due_ns, index, node.generation};
  const auto from = batch_.begin() + static_cast<std::ptrdiff_t>(batch_at_);
  batch_.insert(std::upper_bound(
                    from, batch_.end(), entry,
                    [](const BatchEntry& a, const BatchEntry& b) { return a.due_ns < b.due_ns; }),
                entry);
}

std::optional<unsigned> TimingWheel::next_set(const Bits& bits, unsigned from) noexcept {
  for (unsigned word = from / 64; word < bits.size(); ++word) {
    std::uint64_t candidates = bits[word];
    if (word == from / 64) candidates &= ~std::uint64_t{0} << (from % 64);
    if (candidates != 0) return word * 64 + static_cast<unsigned>(__builtin_ctzll(candidates));
  }
  return std::nullopt;
}

// After a carry into a higher digit that digit's slot may still be full while newer timers already
// stand in the bottom: whichever begins first opens first, and of equals the higher, so that its
// timers move down before the bottom slot fires.
std::optional<TimingWheel::Next> TimingWheel::next_slot() const noexcept {
  std::optional<Next> best;
  for (unsigned level = 0; level < kLevels; ++level) {
    const unsigned shift = level * kSlotBits;
    const auto here = static_cast<unsigned>(tick_ >> shift) & (kSlots - 1);
    const auto slot = next_set(occupied_[level], here);
    if (!slot) continue;
    const std::uint64_t above = tick_ >> shift >> kSlotBits << kSlotBits << shift;
    const Next next{above | (static_cast<std::uint64_t>(*slot) << shift), level, *slot};
    if (!best || next.tick <= best->tick) best = next;
  }
  return best;
}

void TimingWheel::open(const Next& next) {
  CHARGEMILL_ASSERT(next.tick >= tick_);
  List& list = lists_[next.level * kSlots + next.slot];
  std::uint32_t index = list.head;
  list = List{};
  occupied_[next.level][next.slot / 64] &= ~(std::uint64_t{1} << (next.slot % 64));
  if (next.level > 0) {  // move down: the slot's first tick is now, so each lands on a lower level
    tick_ = next.tick;
    while (index != kNil) {
      const std::uint32_t following = nodes_[index].next;
      file(index);
      index = following;
    }
    return;
  }
  tick_ = next.tick + 1;
  while (index != kNil) {
    Node& node = nodes_[index];
    node.where = Where::batch;
    batch_.push_back(BatchEntry{node.due_ns, index, node.generation});
    // Whoever waits is touched soon, and has not been for long.
    __builtin_prefetch(static_cast<const char*>(node.payload) + kPrefetched);
    index = node.next;
  }
  std::stable_sort(batch_.begin(), batch_.end(),
                   [](const BatchEntry& a, const BatchEntry& b) { return a.due_ns < b.due_ns; });
}

}  // namespace chargemill::runtime
