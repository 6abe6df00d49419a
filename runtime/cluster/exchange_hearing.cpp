// What an Exchange hears of other nodes; on the links' thread, but for give_up(), let_in() and
// hold_arrivals().
#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/cluster/exchange.hpp"
#include "runtime/cluster/record_layout.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kFarewellBytesMax = 1'000;  // that are shown

}  // namespace

void Exchange::on_data(unsigned node, ByteView parcels) {
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  if (recall_ && recall_->is_replaying()) {
    early_.emplace_back(node, parcels.text());
    return;
  }
  if (engine_ == nullptr) return;  // nobody is here any more
  if (!read_parcels(node, parcels)) fail(name_of(node) + " sends what no actor says");
}

bool Exchange::read_parcels(unsigned node, ByteView parcels) {
  while (parcels.size > 0) {
    const auto parcel = take_parcel(parcels);
    if (!parcel || !read_parcel(node, parcel->stamp, parcel->records)) return false;
    if (recall_ && recall_->has_log() && !recall_->is_replaying()) {
      auto& mail = mail_[parcel->stamp & 1][node];
      mail.insert(mail.end(), parcel->whole.data, parcel->whole.data + parcel->whole.size);
    }
  }
  return true;
}

void Exchange::note_transit(std::int64_t sent_ns) noexcept {
  const ModelClock& clock = engine_->model_clock();
  const Nanos model = clock.target(ModelClock::wall_now()) - SimTime{Nanos{sent_ns}};
  transit_.record(std::chrono::duration_cast<Nanos>(model / clock.speed()));
}

bool Exchange::read_parcel(unsigned node, std::uint64_t stamp, ByteView records) {
  if (!options_.is_virtual) note_transit(static_cast<std::int64_t>(stamp));
  while (records.size > 0) {
    const auto record = take_record(records);
    if (!record || !take(node, stamp, *record)) return false;
  }
  return true;
}

bool Exchange::take(unsigned node, std::uint64_t stamp, const RecordView& record) {
  if (record.type >= options_.kinds.size()) return false;
  const LetterKind& kind = options_.kinds[record.type];
  const Address place = engine_->resident(record.to);
  if (place == nullptr && !options_.is_virtual && outlives_losses()) {
    // Its sender does not know yet where its receiver lives now.
    strays_.fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
    count_arrival(node);
    return true;
  }
  if (place == nullptr) return false;
  if (!options_.is_virtual) {
    PacketBase* const packet = kind.read_packet(record.content);
    if (packet == nullptr) return false;
    engine_->deliver(place, packet);
    count_arrival(node);
    return true;
  }
  // Of the meeting that this node is at, or of the next: the one after that needs its proposal.
  const std::uint64_t round = round_.load(std::memory_order_relaxed);  // relaxed: a check
  if (stamp < round || stamp > round + 1) return false;
  const LetterPtr letter = kind.read_letter(record.content);
  if (!letter) return false;
  Arrived& half = inboxes_[engine_->home_of(place)].halves[stamp & 1];
  auto& list = record.is_next ? half.next : half.later;
  list.push_back({record.time_ns, record.to, record.from, letter});
  return true;
}

void Exchange::count_arrival(unsigned node) noexcept {
  std::atomic<std::uint64_t>& received = counts_[node].received;
  // release: it lies in a mailbox; pairs with acquire in received(). The load: nobody else writes.
  received.store(received.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

void Exchange::give_up(unsigned node) {
  counts_[node].is_given_up.store(true, std::memory_order_relaxed);  // relaxed: see is_given_up()
  links_->give_up(node);
  // What the links' thread had in hand is over once both are free.
  { const std::lock_guard<std::mutex> lock(engine_mutex_); }
  const std::lock_guard<std::mutex> lock(mutex_);
  messages_.erase(std::remove_if(messages_.begin(), messages_.end(),
                                 [this, node](const Message& m) {
                                   if (m.node == node) waiting_beside(m) -= bytes_of(m);
                                   return m.node == node;
                                 }),
                  messages_.end());
  changed_.notify_all();
}

// In bytes and not in messages: while its runner is busy with shards that come to a node, for
// seconds, those outside may have told its charge points a lot.
bool Exchange::keep(Message message) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::size_t& waiting = waiting_beside(message);
  if (waiting >= kWaitingBytesMax) return false;
  waiting += bytes_of(message);
  messages_.push_back(std::move(message));
  changed_.notify_all();
  return true;
}

bool Exchange::let_in(unsigned node, const NodeEndpoints& where) {
  CHARGEMILL_ASSERT(!options_.is_virtual && is_given_up(node));
  Counts& counts = counts_[node];
  // relaxed, all: the links' thread hears of that node after this, and workers send there once
  // actors live there, which they see in a hold_still().
  counts.sent.store(0, std::memory_order_relaxed);
  counts.received.store(0, std::memory_order_relaxed);
  counts.is_given_up.store(false, std::memory_order_relaxed);
  if (links_->let_in(node, where)) return true;
  counts.is_given_up.store(true, std::memory_order_relaxed);
  return false;
}

void Exchange::hold_arrivals(const std::function<void()>& f) {
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  f();
}

void Exchange::on_control(unsigned node, std::string_view message) {
  if (is_given_up(node)) return;
  if (!message.empty() && message.front() == kRunnersWord) {
    if (keep({node, std::string{message.substr(1)}, false, false, false})) return;
    return fail(name_of(node) + " says more than this node hears");
  }
  if (!message.empty() && message.front() == kRunnersBulk) {
    if (hear_bulk(node, message.substr(1))) return;
    return fail(name_of(node) + " says more than this node hears");
  }
  if (hear_farewell(node, message)) return;
  if (!hear_meeting(node, message) && !hear_greeting(node, message))
    fail(name_of(node) + " says what no node says");
}

bool Exchange::hear_bulk(unsigned node, std::string_view message) {
  const auto head = message.empty() ? std::size_t{} : static_cast<std::uint8_t>(message.front());
  const std::string_view text = message.substr(std::min<std::size_t>(1, message.size()));
  if (keep({node, std::string{text}, false, false, false, true})) return true;
  return keep({node, std::string{text.substr(0, head)}, false, false, false, false});
}

bool Exchange::hear_farewell(unsigned node, std::string_view message) {
  const char what = message.empty() ? char{} : message.front();
  if (what != kFarewell && what != kHearsay) return false;
  if (outlives_losses()) return true;  // who would join, and cannot
  std::string why = what == kFarewell ? name_of(node) + ": " : std::string{};
  why += message.substr(1, kFarewellBytesMax);
  fail(why, std::string{kHearsay}.append(why));
  return true;
}

bool Exchange::hear_meeting(unsigned node, std::string_view message) {
  const auto word = meeting_from(message);
  if (!word) return false;
  const std::lock_guard<std::mutex> lock(mutex_);
  Meeting& meeting = meetings_[word->round & 1];
  auto& said = meeting.said[node];
  if (said || meeting.missing == 0) return false;
  said = word->proposal;
  if (recall_) recall_->note_meeting(node, word->round);
  if (--meeting.missing == 0) changed_.notify_all();
  return true;
}

void Exchange::on_peer(unsigned node, PeerState state) {
  const bool is_over = state == PeerState::lost || state == PeerState::left ||
                       state == PeerState::stranger;             // who would join, and does not fit
  if (is_over && outlives_losses()) state = PeerState::suspect;  // its runner hears it elsewhere
  const std::string name = name_of(node);
  switch (state) {
    case PeerState::lost:
      return fail(name + " is lost", std::string{kFarewell}.append(name + " is lost"));
    case PeerState::stranger:
      return fail(name + " has another scenario, seed or version");
    case PeerState::left:                                     // and all others hear that of itself
      if (may_leave_.load(std::memory_order_relaxed)) break;  // relaxed: a hint
      return fail(name + " has left");
    case PeerState::absent:
    case PeerState::unknown:
    case PeerState::alive:
    case PeerState::suspect:
      break;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  changed_.notify_all();
}

}  // namespace chargemill::runtime
