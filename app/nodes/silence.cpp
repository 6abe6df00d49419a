#include "app/nodes/silence.hpp"

#include "app/nodes/byte_streams.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {
namespace {

constexpr unsigned kChangesBits = 20;  // of a row's number; above them is the life that it is of

unsigned count(std::uint32_t nodes) noexcept {
  return static_cast<unsigned>(__builtin_popcount(nodes));
}
std::uint32_t bit(unsigned node) noexcept { return std::uint32_t{1} << node; }
bool has(std::uint32_t nodes, unsigned node) noexcept {
  return node < Silence::kNodesMax && (nodes & bit(node)) != 0;
}
/// The node that leads, if it is among them, else the first. Requires that there is one.
unsigned first_of(std::uint32_t nodes, unsigned central) noexcept {
  return has(nodes, central) ? central : static_cast<unsigned>(__builtin_ctz(nodes));
}

}  // namespace

Nanos patience_of(std::chrono::seconds lease) noexcept { return Nanos{lease} * 7 / 4; }

Silence::Silence(unsigned self, std::uint64_t life, std::chrono::seconds lease, Nanos suspect_after)
    : self_(self),
      patience_(patience_of(lease)),
      suspect_after_(suspect_after),
      settled_before_(Nanos{lease} / 10) {
  CHARGEMILL_ASSERT(self < kNodesMax);
  rows_[self_].number = (life << kChangesBits) + 1;
}

unsigned Silence::look(const Scene& scene, Time now) {
  scene_ = scene;
  scene_.living |= bit(self_);
  scene_.suspect &= scene_.living & ~bit(self_);
  // Whoever is gone is still missed: others may not know yet, and must not take it for heard.
  const std::uint32_t missing = scene_.suspect | (rows_[self_].missing & ~scene_.living);
  // Whoever is heard again may not have said yet that it hears this node, too.
  const std::uint32_t heard_again = rows_[self_].missing & ~missing;
  note_own(missing);
  for (unsigned node = 0; node < kNodesMax; ++node) {
    const bool says_so = has(scene_.living, node) && node != self_ && misses(node, self_);
    const bool is_silent = has(scene_.suspect, node) || says_so;
    auto& since = since_[node];
    if (!is_silent || has(heard_again, node)) since.reset();
    if (is_silent && !since) since = now - suspect_after_;
  }
  outlived_ &= scene_.living;
  const std::uint32_t nearly = silent_for(patience_ - settled_before_, now);
  if (nearly == 0) outlived_ = 0;
  // One that is heard again changes what is right, and one that has gone does not.
  if (nearly == 0 || (judged_ & ~nearly & scene_.living) != 0) must_stop_ = false;
  judged_ = nearly;
  if (nearly != 0 && !must_stop_) judge(nearly);
  const std::uint32_t silent = silent_for(patience_, now);
  return must_stop_ && silent != 0 ? first_of(silent, scene_.central) : kNoNode;
}

void Silence::note_own(std::uint32_t missing) {
  Row& own = rows_[self_];
  if (own.missing == missing) return;
  own.missing = missing;
  ++own.number;
  has_news_ = true;
}

std::uint32_t Silence::silent_for(Nanos patience, Time now) const {
  std::uint32_t nodes = 0;
  for (unsigned node = 0; node < kNodesMax; ++node) {
    if (since_[node] && now - *since_[node] > patience) nodes |= bit(node);
  }
  return nodes;
}

bool Silence::misses(unsigned one, unsigned other) const noexcept {
  return has(rows_[one].missing, other);
}

// This node has a clock for each of its own links; of others it knows what they say. One of two has
// to say that it hears the other one: who has said nothing may be anywhere.
bool Silence::hear_each_other(unsigned one, unsigned other, std::uint32_t silent) const noexcept {
  if (one == self_) return !has(silent, other);
  if (other == self_) return !has(silent, one);
  if (misses(one, other) || misses(other, one)) return false;
  return rows_[one].number != 0 || rows_[other].number != 0;
}

std::uint32_t Silence::part_of_self(std::uint32_t silent) const {
  std::uint32_t part = bit(self_);
  for (std::uint32_t before = 0; before != part;) {
    before = part;
    for (unsigned node = 0; node < kNodesMax; ++node) {
      if (!has(scene_.living & ~part, node)) continue;
      for (unsigned one = 0; one < kNodesMax; ++one) {
        if (has(before, one) && hear_each_other(one, node, silent)) part |= bit(node);
      }
    }
  }
  return part;
}

std::uint32_t Silence::those_who_stay(std::uint32_t part, std::uint32_t silent) const {
  std::uint32_t stay = bit(first_of(part, scene_.central));
  for (unsigned node = 0; node < kNodesMax; ++node) {
    if (!has(part & ~stay, node)) continue;
    bool hears_all = true;
    for (unsigned one = 0; one < kNodesMax; ++one)
      hears_all = hears_all && (!has(stay, one) || hear_each_other(one, node, silent));
    if (hears_all) stay |= bit(node);
  }
  return stay;
}

// Those who have been outlived are counted no more, whenever they go: else whoever goes first makes
// a smaller part of those who stay. One to whom there is a way is, whatever was seen before: a link
// may have been silent in just that moment. And none has been outlived together with one that falls
// silent itself: what is cut at one moment is seen in turn, and a node that is cut off from all
// would take each for the one that stops.
void Silence::judge(std::uint32_t silent) {
  if ((outlived_with_ & silent) != 0) outlived_ = 0;
  const std::uint32_t part = part_of_self(silent);
  const std::uint32_t counted = scene_.living & ~(outlived_ & ~part);
  const unsigned all = count(counted);
  const unsigned here = count(part);
  const bool has_first = has(part, first_of(counted, scene_.central));
  const bool is_smaller = 2 * here < all || (2 * here == all && !has_first);
  const std::uint32_t stay = those_who_stay(part, silent);
  // For one that this node misses itself, and for long: others' links are others' matter.
  must_stop_ = is_smaller || (!has(stay, self_) && (stay & silent) != 0);
  if (!has(stay, self_) || is_smaller) return;
  outlived_ |= scene_.living & ~stay;
  outlived_with_ = stay;
}

std::optional<std::string> Silence::news(Time now) {
  bool is_anybody_missed = false;
  for (unsigned node = 0; node < kNodesMax; ++node) {
    const bool is_missing_any = (rows_[node].missing & scene_.living) != 0;
    is_anybody_missed = is_anybody_missed || (has(scene_.living, node) && is_missing_any);
  }
  if (!has_news_ && !is_anybody_missed) return std::nullopt;
  if (told_at_ && now - *told_at_ < (has_news_ ? kTellSoon : kTellEvery)) return std::nullopt;
  told_at_ = now;
  has_news_ = false;
  ByteOutput out;
  for (unsigned node = 0; node < kNodesMax; ++node) {
    if (rows_[node].number == 0 || !has(scene_.living, node)) continue;
    out.value(static_cast<std::uint8_t>(node));
    out.number(rows_[node].number);
    out.value(rows_[node].missing);
  }
  return out.take();
}

void Silence::hear(std::string_view news) {
  ByteInput in{news};
  while (in.is_sound() && !in.is_exhausted()) {
    std::uint8_t node = 0;
    Row said;
    in.value(node);
    in.number(said.number);
    in.value(said.missing);
    if (!in.is_sound() || node >= kNodesMax) return;
    Row& known = rows_[node];
    if (node == self_ && said.number < known.number) has_news_ = true;  // what they know is old
    if (node == self_ || said.number <= known.number) continue;
    known = said;
    has_news_ = true;
  }
}

void Silence::forget(unsigned node) {
  CHARGEMILL_ASSERT(node < kNodesMax && node != self_);
  rows_[node] = {};
  since_[node].reset();
  outlived_ &= ~bit(node);
  outlived_with_ &= ~bit(node);
  note_own(rows_[self_].missing & ~bit(node));
}

}  // namespace chargemill::app
