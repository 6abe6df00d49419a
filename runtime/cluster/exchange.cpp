#include "runtime/cluster/exchange.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/cluster/record_layout.hpp"
#include "runtime/engine/mail_bag.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kKindsMax = RecordLayout::kIsNext;
constexpr std::size_t kRunnersMessagesMax = 1'024;  // that nobody has received
// The first byte of a control message: a meeting, or what runners say.
constexpr char kRunners = 1;

std::string meeting_text(std::uint64_t round, const WindowProposal& proposal) {
  using At = MeetingLayout;
  std::string text(At::kBytes, '\0');
  auto* const at = reinterpret_cast<std::byte*>(text.data());
  store_at(at, At::kWhat);
  store_at(at + At::kRoundAt, round);
  store_at(at + At::kEarliestAt, proposal.earliest);
  store_at(at + At::kLimitAt, proposal.limit_ns);
  store_at(at + At::kOrdersAt, proposal.orders);
  store_at(at + At::kFlagsAt, static_cast<std::uint8_t>((proposal.timers ? At::kTimers : 0) |
                                                        (proposal.stop ? At::kStop : 0)));
  return text;
}

}  // namespace

/// Fills parcels for one node and hands each over when it is full.
class Exchange::Writer {
 public:
  Writer(Exchange& to, unsigned node, std::uint64_t stamp)
      : exchange_(to), node_(node), stamp_(stamp) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { hand_over(); }

  void add(std::uint64_t tag, const void* content, Entity to, Entity from, std::int64_t time_ns,
           bool is_next) {
    using At = RecordLayout;
    if (!parcel_ || parcel_->room() < At::kHeaderBytes + kContentBytesMax) begin();
    const std::uint8_t kind = exchange_.kind_of(tag);
    std::byte* const at = parcel_->end();
    const std::size_t bytes = exchange_.options_.kinds[kind].write(content, at + At::kHeaderBytes);
    CHARGEMILL_ASSERT(bytes <= kContentBytesMax);
    store_at(at + At::kKindAt, static_cast<std::uint8_t>(kind | (is_next ? At::kIsNext : 0)));
    store_at(at + At::kLengthAt, static_cast<std::uint8_t>(bytes));
    store_at(at + At::kToAt, to);
    store_at(at + At::kFromAt, from);
    store_at(at + At::kTimeAt, time_ns);
    parcel_->grow(At::kHeaderBytes + bytes);
    ++count_;
  }

 private:
  void begin() {
    hand_over();
    parcel_ = exchange_.links_->parcel();
    store_at(parcel_->body() + ParcelLayout::kStampAt, stamp_);
    parcel_->grow(ParcelLayout::kHeaderBytes);
  }
  void hand_over() {
    if (!parcel_) return;
    const auto bytes = parcel_->body_bytes() - ParcelLayout::kHeaderBytes;
    store_at(parcel_->body() + ParcelLayout::kBytesAt, static_cast<std::uint32_t>(bytes));
    // relaxed: a count; whoever adds them up has made the actors stand still before.
    Counts& counts = exchange_.counts_[node_];
    counts.sent.fetch_add(count_, std::memory_order_relaxed);
    if (exchange_.is_given_up(node_))
      exchange_.strays_.fetch_add(count_, std::memory_order_relaxed);  // relaxed: likewise
    count_ = 0;
    exchange_.links_->send(node_, std::exchange(parcel_, {}));
  }

  Exchange& exchange_;
  const unsigned node_;
  const std::uint64_t stamp_;
  SlabPtr parcel_;
  std::uint64_t count_ = 0;
};

Result<std::unique_ptr<Exchange>> Exchange::open(Options options) {
  CHARGEMILL_ASSERT(options.kinds.size() <= kKindsMax);
  std::unique_ptr<Exchange> exchange{new Exchange{std::move(options)}};
  auto links = Links::open(exchange->options_.links, *exchange);
  if (!links) return tl::unexpected<Error>(links.error());
  exchange->links_ = std::move(*links);
  return exchange;
}

Exchange::Exchange(Options options)
    : options_(std::move(options)),
      inboxes_(options_.workers),
      counts_(options_.links.nodes.size()) {
  for (auto& meeting : meetings_) {
    meeting.said.resize(options_.links.nodes.size());
    meeting.missing = static_cast<unsigned>(options_.links.nodes.size()) - 1;
  }
}

Exchange::~Exchange() {
  links_.reset();
  for (auto& inbox : inboxes_) {
    for (auto& half : inbox.halves) {
      for (const auto& arrival : half.next) arrival.letter.release();
      for (const auto& arrival : half.later) arrival.letter.release();
    }
  }
}

void Exchange::attach(Coordinator& engine) {
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  engine_ = &engine;
}

void Exchange::detach() {
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  engine_ = nullptr;
}

std::uint8_t Exchange::kind_of(std::uint64_t tag) const noexcept {
  const auto found = std::find_if(options_.kinds.begin(), options_.kinds.end(),
                                  [tag](const LetterKind& kind) { return kind.tag == tag; });
  CHARGEMILL_ASSERT(found != options_.kinds.end());  // actors send what has a kind, or stay at home
  return static_cast<std::uint8_t>(found - options_.kinds.begin());
}

void Exchange::send(unsigned node, MailBag& bag) {
  const SimTime now = Worker::current()->now();
  Writer writer{*this, node, static_cast<std::uint64_t>(now.time_since_epoch().count())};
  for (std::uint32_t i = 0; i < bag.count; ++i) {
    const auto& letter = bag.letters[i];
    const auto& packet = static_cast<const PacketBase&>(*letter.message);
    writer.add(packet.mid.integer_value(), packet.data(), letter.entity(), 0, 0, false);
    letter.message->request_deletion(false);
  }
}

void Exchange::send(unsigned node, const std::vector<Arrival>& next,
                    const std::vector<Arrival>& later) {
  // relaxed: the meeting before has ordered it.
  Writer writer{*this, node, round_.load(std::memory_order_relaxed) + 1};
  for (const auto* list : {&next, &later}) {
    for (const Arrival& a : *list)
      writer.add((*a.letter).tag, (*a.letter).content(), a.to, a.from, a.time_ns, list == &next);
  }
}

WindowGrant Exchange::agree(const WindowGrant& here) {
  const std::uint64_t round = round_.load(std::memory_order_relaxed) + 1;
  round_.store(round, std::memory_order_relaxed);  // relaxed, both: the barrier orders them
  links_->tell_all(meeting_text(round, here));
  std::unique_lock<std::mutex> lock(mutex_);
  Meeting& meeting = meetings_[round & 1];
  changed_.wait(lock, [&] { return meeting.missing == 0 || has_failed_; });
  WindowGrant grant = here;
  if (has_failed_) {
    grant.stop = true;
    return grant;
  }
  for (auto& said : meeting.said) {
    if (said) grant = combine(grant, *said);
    said.reset();
  }
  meeting.missing = links_->nodes() - 1;
  return grant;
}

Frontier::Arrived& Exchange::arrived(unsigned worker) {
  // relaxed: the barrier orders it.
  return inboxes_[worker].halves[round_.load(std::memory_order_relaxed) & 1];
}

void Exchange::on_data(unsigned node, ByteView parcels) {
  using At = ParcelLayout;
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  if (engine_ == nullptr) return;  // nobody is here any more
  while (parcels.size > 0) {
    if (parcels.size < At::kHeaderBytes) break;
    const auto bytes = load_at<std::uint32_t>(parcels.data + At::kBytesAt);
    const std::size_t whole = At::kHeaderBytes + std::size_t{bytes};
    if (whole > parcels.size) break;
    if (!read_parcel(node, load_at<std::uint64_t>(parcels.data + At::kStampAt),
                     {parcels.data + At::kHeaderBytes, bytes}))
      break;
    parcels = {parcels.data + whole, parcels.size - whole};
  }
  if (parcels.size > 0) fail("node " + std::to_string(node) + " sends what no actor says");
}

void Exchange::note_transit(std::int64_t sent_ns) noexcept {
  const ModelClock& clock = engine_->model_clock();
  const Nanos model = clock.target(ModelClock::wall_now()) - SimTime{Nanos{sent_ns}};
  transit_.record(std::chrono::duration_cast<Nanos>(model / clock.speed()));
}

bool Exchange::read_parcel(unsigned node, std::uint64_t stamp, ByteView records) {
  using At = RecordLayout;
  if (!options_.is_virtual) note_transit(static_cast<std::int64_t>(stamp));
  while (records.size > 0) {
    if (records.size < At::kHeaderBytes) return false;
    const std::size_t length = load_at<std::uint8_t>(records.data + At::kLengthAt);
    const std::size_t whole = At::kHeaderBytes + length;
    if (whole > records.size) return false;
    if (!take(node, stamp, records.data, {records.data + At::kHeaderBytes, length})) return false;
    records = {records.data + whole, records.size - whole};
  }
  return true;
}

bool Exchange::take(unsigned node, std::uint64_t stamp, const std::byte* record, ByteView content) {
  using At = RecordLayout;
  const auto kind = load_at<std::uint8_t>(record + At::kKindAt);
  const auto to = load_at<Entity>(record + At::kToAt);
  const std::size_t type = kind & (At::kIsNext - 1U);
  if (type >= options_.kinds.size()) return false;
  const Address place = engine_->resident(to);
  if (place == nullptr && !options_.is_virtual && outlives_losses()) {
    // Its sender does not know yet where its receiver lives now.
    strays_.fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
    count_arrival(node);
    return true;
  }
  if (place == nullptr) return false;
  if (!options_.is_virtual) {
    PacketBase* const packet = options_.kinds[type].read_packet(content);
    if (packet == nullptr) return false;
    engine_->deliver(place, packet);
    count_arrival(node);
    return true;
  }
  // Of the meeting that this node is at, or of the next: the one after that needs its proposal.
  const std::uint64_t round = round_.load(std::memory_order_relaxed);  // relaxed: a check
  if (stamp < round || stamp > round + 1) return false;
  const LetterPtr letter = options_.kinds[type].read_letter(content);
  if (!letter) return false;
  Arrived& half = inboxes_[engine_->home_of(place)].halves[stamp & 1];
  auto& list = (kind & At::kIsNext) != 0 ? half.next : half.later;
  list.push_back({load_at<std::int64_t>(record + At::kTimeAt), to,
                  load_at<Entity>(record + At::kFromAt), letter});
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
                                 [node](const Message& m) { return m.node == node; }),
                  messages_.end());
  changed_.notify_all();
}

void Exchange::hold_arrivals(const std::function<void()>& f) {
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  f();
}

void Exchange::on_control(unsigned node, std::string_view message) {
  if (is_given_up(node)) return;
  if (!message.empty() && message.front() == kRunners) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (messages_.size() < kRunnersMessagesMax) {
      messages_.push_back({node, std::string{message.substr(1)}});
      return changed_.notify_all();
    }
  }
  if (!hear_meeting(node, message))
    fail("node " + std::to_string(node) + " says what no node says");
}

bool Exchange::hear_meeting(unsigned node, std::string_view message) {
  using At = MeetingLayout;
  if (message.size() != At::kBytes || message.front() != static_cast<char>(At::kWhat)) return false;
  const auto* const at = reinterpret_cast<const std::byte*>(message.data());
  const auto flags = load_at<std::uint8_t>(at + At::kFlagsAt);
  WindowProposal proposal{};
  proposal.earliest = load_at<std::int64_t>(at + At::kEarliestAt);
  proposal.limit_ns = load_at<std::int64_t>(at + At::kLimitAt);
  proposal.orders = load_at<std::uint64_t>(at + At::kOrdersAt);
  proposal.timers = (flags & At::kTimers) != 0;
  proposal.stop = (flags & At::kStop) != 0;
  const auto round = load_at<std::uint64_t>(at + At::kRoundAt);
  const std::lock_guard<std::mutex> lock(mutex_);
  Meeting& meeting = meetings_[round & 1];
  auto& said = meeting.said[node];
  if (said || meeting.missing == 0) return false;
  said = proposal;
  if (--meeting.missing == 0) changed_.notify_all();
  return true;
}

void Exchange::on_peer(unsigned node, PeerState state) {
  const bool is_over = state == PeerState::lost || state == PeerState::left;
  if (is_over && outlives_losses()) state = PeerState::suspect;  // its runner hears it elsewhere
  const std::string name = "node " + std::to_string(node);
  switch (state) {
    case PeerState::lost:
      return fail(name + " is lost");
    case PeerState::stranger:
      return fail(name + " has another scenario, seed or version");
    case PeerState::left:
      if (may_leave_.load(std::memory_order_relaxed)) break;  // relaxed: a hint
      return fail(name + " has left");
    case PeerState::unknown:
    case PeerState::alive:
    case PeerState::suspect:
      break;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  changed_.notify_all();
}

void Exchange::fail(std::string why) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failure_.empty()) failure_ = std::move(why);
  has_failed_ = true;
  changed_.notify_all();
}

void Exchange::abandon(const std::string& why) { fail(why); }

std::string Exchange::failure() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_;
}

std::vector<unsigned> Exchange::missing() const {
  std::vector<unsigned> result;
  for (unsigned node = 0; node < nodes(); ++node) {
    const PeerState state = links_->state_of(node);
    if (state != PeerState::alive && state != PeerState::suspect) result.push_back(node);
  }
  return result;
}

bool Exchange::await_all(Nanos patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  (void)changed_.wait_for(lock, patience, [this] { return missing().empty() || has_failed_; });
  return missing().empty();
}

void Exchange::tell(unsigned node, std::string_view text) {
  links_->tell(node, std::string{kRunners}.append(text));
}

void Exchange::tell_all(std::string_view text) {
  links_->tell_all(std::string{kRunners}.append(text));
}

std::optional<Exchange::Message> Exchange::receive(Nanos patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  (void)changed_.wait_for(lock, patience, [this] { return !messages_.empty() || has_failed_; });
  if (messages_.empty()) return std::nullopt;
  Message message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

// acquire: what was counted has been handed over; pairs with release in count_arrival().
std::uint64_t Exchange::received() const noexcept {
  std::uint64_t sum = 0;
  for (const Counts& node : counts_) {
    if (!node.is_given_up.load(std::memory_order_relaxed))  // relaxed: see is_given_up()
      sum += node.received.load(std::memory_order_acquire);
  }
  return sum;
}
std::uint64_t Exchange::sent() const noexcept {
  std::uint64_t sum = 0;
  for (const Counts& node : counts_) {
    if (!node.is_given_up.load(std::memory_order_relaxed))  // relaxed: see is_given_up()
      sum += node.sent.load(std::memory_order_relaxed);     // relaxed: see Writer::hand_over()
  }
  return sum;
}
std::uint64_t Exchange::strays() const noexcept {
  return strays_.load(std::memory_order_relaxed);  // relaxed: a counter
}

}  // namespace chargemill::runtime
