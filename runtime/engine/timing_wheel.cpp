#include "runtime/engine/timing_wheel.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/engine/merge_sort.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kPrefetched = 192;  // where a lean actor keeps what an activation touches
constexpr std::size_t kChunksInSlab = 64;
constexpr std::size_t kStaleMin = 4'096;  // fewer are not worth a sweep

template <class Entry>
bool is_earlier(const Entry& a, const Entry& b) noexcept {
  return a.due_ns < b.due_ns;
}

}  // namespace

TimingWheel::TimingWheel() = default;
TimingWheel::~TimingWheel() = default;

// The pages are touched here, before time begins, and not one by one when the first timers are
// armed.
void TimingWheel::reserve(std::size_t timers) {
  if (timers <= generations_.size()) return;
  // With an eighth to spare: whoever asks for one more each time must not have all copied each
  // time.
  if (timers > free_.capacity()) free_.reserve(timers + timers / 8);
  const auto old = generations_.size();
  generations_.resize(timers, 0);
  for (std::size_t index = timers; index > old; --index)
    free_.push_back(static_cast<std::uint32_t>(index - 1));
}

std::uint64_t TimingWheel::tick_of(std::int64_t ns) noexcept {
  return ns <= 0 ? 0 : static_cast<std::uint64_t>(ns) >> kTickBits;
}

TimerId TimingWheel::arm(SimTime due, Payload payload) {
  if (free_.empty()) reserve(std::max<std::size_t>(64, generations_.size() * 2));
  const std::uint32_t index = free_.back();
  free_.pop_back();
  const TimerId id{index, ++generations_[index]};
  ++pending_;
  file(Entry{due.time_since_epoch().count(), payload, id});
  return id;
}

bool TimingWheel::cancel(TimerId id) {
  if (id.index >= generations_.size() || generations_[id.index] != id.generation ||
      id.generation % 2 == 0)
    return false;
  retire(id.index);
  ++stale_;
  if (stale_ > pending_ + kStaleMin) sweep();
  return true;
}

// An odd generation is pending, an even one is not: the name of a timer that is gone fits nobody.
void TimingWheel::retire(std::uint32_t index) noexcept {
  ++generations_[index];
  free_.push_back(index);  // has room: see reserve()
  --pending_;
}

std::optional<TimingWheel::Due> TimingWheel::pop(SimTime limit) {
  const std::int64_t limit_ns = limit.time_since_epoch().count();
  for (;;) {
    skip_stale();
    if (batch_at_ < batch_.size()) {
      const Entry& entry = batch_[batch_at_];
      if (entry.due_ns > limit_ns) return std::nullopt;
      const Due result{SimTime{Nanos{entry.due_ns}}, entry.payload};
      retire(entry.id.index);
      ++batch_at_;
      return result;
    }
    const auto next = next_slot();
    if (!next || next->tick > tick_of(limit_ns)) return std::nullopt;
    open(*next);
  }
}

SimTime TimingWheel::exact_next_due() {
  while (pending_ > 0) {
    skip_stale();
    if (batch_at_ < batch_.size()) return SimTime{Nanos{batch_[batch_at_].due_ns}};
    open(*next_slot());
  }
  return kNever;
}

// Drops cancelled timers from the front of the batch; an empty batch starts afresh.
void TimingWheel::skip_stale() noexcept {
  for (; batch_at_ < batch_.size(); ++batch_at_) {
    if (is_live(batch_[batch_at_])) return;
    --stale_;
  }
  batch_.clear();
  batch_at_ = 0;
}

// Half of all and more are cancelled: visits each once, so a cancel costs two visits at most.
void TimingWheel::sweep() {
  for (unsigned i = 0; i < lists_.size(); ++i) {
    if (lists_[i].head == nullptr) continue;
    consume(detach(i), [&](const Entry& entry) {
      if (is_live(entry)) append(i, entry);
    });
  }
  const auto from = batch_.begin() + static_cast<std::ptrdiff_t>(batch_at_);
  batch_.erase(
      std::remove_if(from, batch_.end(), [this](const Entry& entry) { return !is_live(entry); }),
      batch_.end());
  stale_ = 0;
}

SimTime TimingWheel::next_due() noexcept {
  if (pending_ == 0) return kNever;
  skip_stale();
  if (batch_at_ < batch_.size()) return SimTime{Nanos{batch_[batch_at_].due_ns}};
  const auto next = next_slot();
  if (!next) return kNever;
  return SimTime{Nanos{static_cast<std::int64_t>(next->tick << kTickBits)}};
}

// The level is that of the highest digit (base 256) in which the timer's tick differs from now, so
// every timer of a level shares all higher digits with tick_ and no slot ever wraps.
void TimingWheel::file(const Entry& entry) {
  const std::uint64_t tick = tick_of(entry.due_ns);
  if (tick < tick_) return insert_into_batch(entry);
  const std::uint64_t differs = tick ^ tick_;
  const unsigned level =
      differs == 0 ? 0 : (63U - static_cast<unsigned>(__builtin_clzll(differs))) / kSlotBits;
  const auto slot = static_cast<unsigned>(tick >> (level * kSlotBits)) & (kSlots - 1);
  append(level * kSlots + slot, entry);
}

void TimingWheel::append(unsigned list, const Entry& entry) {
  List& l = lists_[list];
  if (l.tail == nullptr || l.tail->count == Chunk::kEntries) {
    Chunk* const chunk = new_chunk();
    (l.tail == nullptr ? l.head : l.tail->next) = chunk;
    l.tail = chunk;
    const unsigned slot = list % kSlots;
    occupied_[list / kSlots][slot / 64] |= std::uint64_t{1} << (slot % 64);
  }
  l.tail->entries[l.tail->count++] = entry;
}

TimingWheel::List TimingWheel::detach(unsigned list) noexcept {
  const List result = lists_[list];
  lists_[list] = List{};
  const unsigned slot = list % kSlots;
  occupied_[list / kSlots][slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  return result;
}

/// Calls `f` with each entry, in order, and takes the chunks back.
template <class F>
void TimingWheel::consume(List list, F f) {
  for (Chunk* chunk = list.head; chunk != nullptr;) {
    for (std::uint32_t i = 0; i < chunk->count; ++i) f(chunk->entries[i]);
    Chunk* const next = chunk->next;
    chunk->next = spare_;
    spare_ = chunk;
    chunk = next;
  }
}

TimingWheel::Chunk* TimingWheel::new_chunk() {
  if (spare_ == nullptr) {
    slabs_.push_back(std::unique_ptr<Chunk[]>(new Chunk[kChunksInSlab]));
    for (std::size_t i = kChunksInSlab; i > 0; --i) {
      Chunk& chunk = slabs_.back()[i - 1];
      chunk.next = spare_;
      spare_ = &chunk;
    }
  }
  Chunk* const result = spare_;
  spare_ = result->next;
  result->next = nullptr;
  result->count = 0;
  return result;
}

void TimingWheel::insert_into_batch(const Entry& entry) {
  const auto from = batch_.begin() + static_cast<std::ptrdiff_t>(batch_at_);
  batch_.insert(std::upper_bound(from, batch_.end(), entry, is_earlier<Entry>), entry);
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
  const List list = detach(next.level * kSlots + next.slot);
  if (next.level > 0) {  // move down: the slot's first tick is now, so each lands on a lower level
    tick_ = next.tick;
    consume(list, [this](const Entry& entry) { file(entry); });
    return;
  }
  tick_ = next.tick + 1;
  consume(list, [this](const Entry& entry) {
    batch_.push_back(entry);
    // Whoever waits is touched soon, and has not been for long.
    __builtin_prefetch(&generations_[entry.id.index], 1);
    __builtin_prefetch(static_cast<const char*>(entry.payload) + kPrefetched);
  });
  sort_batch();
}

void TimingWheel::sort_batch() {
  if (scratch_.size() < batch_.size()) scratch_.resize(batch_.capacity());
  merge_sort(batch_.data(), batch_.data() + batch_.size(), scratch_.data(), is_earlier<Entry>);
}

}  // namespace chargemill::runtime
