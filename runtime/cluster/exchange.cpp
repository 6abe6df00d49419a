#include "runtime/cluster/exchange.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/base/crc32c.hpp"
#include "runtime/cluster/record_layout.hpp"
#include "runtime/engine/mail_bag.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kKindsMax = RecordLayout::kIsNext;
constexpr std::size_t kRunnersMessagesMax = 1'024;  // that nobody has received
// The first byte of a control message: a meeting, or what runners say.
constexpr char kRunners = 1;

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
    if (exchange_.recall_) sum_ += crc32c(at, At::kHeaderBytes + bytes);
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
    exchange_.sent_.fetch_add(std::exchange(count_, 0), std::memory_order_relaxed);
    if (exchange_.recall_) exchange_.recall_->add_sent(std::exchange(sum_, 0));
    exchange_.hand_over(node_, stamp_, std::exchange(parcel_, {}));
  }

  Exchange& exchange_;
  const unsigned node_;
  const std::uint64_t stamp_;
  SlabPtr parcel_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;  // in no order: which worker sends what does not matter
};

Result<std::unique_ptr<Exchange>> Exchange::open(Options options) {
  CHARGEMILL_ASSERT(options.kinds.size() <= kKindsMax);
  std::unique_ptr<Exchange> exchange{new Exchange{std::move(options)}};
  auto links = Links::open(exchange->options_.links, *exchange);
  if (!links) return tl::unexpected<Error>(links.error());
  exchange->links_ = std::move(*links);
  return exchange;
}

Exchange::Exchange(Options options) : options_(std::move(options)), inboxes_(options_.workers) {
  if (options_.is_virtual && options_.links.may_return) {
    const auto nodes = static_cast<std::uint16_t>(options_.links.nodes.size());
    recall_ = std::make_unique<Recall>(Recall::Options{
        options_.log,
        {options_.links.plan, options_.links.incarnation, options_.links.self, nodes}});
    for (auto& mail : mail_) mail.resize(nodes);
  }
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
  if (!recall_) return agree_with(here, round);
  LoggedMeeting meeting{round, here.earliest, recall_->take_sent(), {}};
  if (recall_->is_replaying()) {
    if (const auto grant = replay(meeting, here)) return *grant;
  }
  meeting.grant = agree_with(here, round);
  write_down(meeting);
  return meeting.grant;
}

WindowGrant Exchange::agree_with(const WindowGrant& here, std::uint64_t round) {
  tell_meeting(round, here);
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
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  if (recall_ && recall_->is_replaying()) {
    early_.emplace_back(node, parcels.text());
    return;
  }
  if (engine_ == nullptr) return;  // nobody is here any more
  if (!read_parcels(node, parcels))
    fail("node " + std::to_string(node) + " sends what no actor says");
}

bool Exchange::read_parcels(unsigned node, ByteView parcels) {
  using At = ParcelLayout;
  while (parcels.size > 0) {
    if (parcels.size < At::kHeaderBytes) return false;
    const auto stamp = load_at<std::uint64_t>(parcels.data + At::kStampAt);
    const auto bytes = load_at<std::uint32_t>(parcels.data + At::kBytesAt);
    const std::size_t whole = At::kHeaderBytes + std::size_t{bytes};
    if (whole > parcels.size) return false;
    if (!read_parcel(stamp, {parcels.data + At::kHeaderBytes, bytes})) return false;
    if (recall_ && recall_->has_log() && !recall_->is_replaying()) {
      auto& mail = mail_[stamp & 1][node];
      mail.insert(mail.end(), parcels.data, parcels.data + whole);
    }
    parcels = {parcels.data + whole, parcels.size - whole};
  }
  return true;
}

void Exchange::note_transit(std::int64_t sent_ns) noexcept {
  const ModelClock& clock = engine_->model_clock();
  const Nanos model = clock.target(ModelClock::wall_now()) - SimTime{Nanos{sent_ns}};
  transit_.record(std::chrono::duration_cast<Nanos>(model / clock.speed()));
}

bool Exchange::read_parcel(std::uint64_t stamp, ByteView records) {
  using At = RecordLayout;
  if (!options_.is_virtual) note_transit(static_cast<std::int64_t>(stamp));
  while (records.size > 0) {
    if (records.size < At::kHeaderBytes) return false;
    const std::size_t length = load_at<std::uint8_t>(records.data + At::kLengthAt);
    const std::size_t whole = At::kHeaderBytes + length;
    if (whole > records.size) return false;
    if (!take(stamp, records.data, {records.data + At::kHeaderBytes, length})) return false;
    records = {records.data + whole, records.size - whole};
  }
  return true;
}

bool Exchange::take(std::uint64_t stamp, const std::byte* record, ByteView content) {
  using At = RecordLayout;
  const auto kind = load_at<std::uint8_t>(record + At::kKindAt);
  const auto to = load_at<Entity>(record + At::kToAt);
  const std::size_t type = kind & (At::kIsNext - 1U);
  if (type >= options_.kinds.size()) return false;
  const Address place = engine_->resident(to);
  if (place == nullptr) return false;
  if (!options_.is_virtual) {
    PacketBase* const packet = options_.kinds[type].read_packet(content);
    if (packet == nullptr) return false;
    engine_->deliver(place, packet);
    // release: it lies in a mailbox; pairs with acquire in received(). The load: nobody else
    // writes.
    received_.store(received_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
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

void Exchange::on_control(unsigned node, std::string_view message) {
  if (!message.empty() && message.front() == kRunners) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (messages_.size() < kRunnersMessagesMax) {
      messages_.push_back({node, std::string{message.substr(1)}, false, false});
      return changed_.notify_all();
    }
  }
  if (!hear_meeting(node, message) && !hear_greeting(node, message))
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
  if (recall_) recall_->note_meeting(node, round);
  if (--meeting.missing == 0) changed_.notify_all();
  return true;
}

void Exchange::on_peer(unsigned node, PeerState state) {
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
    const bool is_there = state == PeerState::alive || state == PeerState::suspect;
    const bool has_greeted = !recall_ || node == self() || recall_->has_greeted(node);
    if (!is_there || !has_greeted) result.push_back(node);
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
  // What is said now comes after all that was said in a former life.
  const auto next = [this]() -> std::deque<Message>* {
    if (!recalled_.empty()) return &recalled_;
    const bool must_wait = messages_.empty() || (recall_ && recall_->is_replaying());
    return must_wait ? nullptr : &messages_;
  };
  (void)changed_.wait_for(lock, patience, [&] { return next() != nullptr || has_failed_; });
  auto* const queue = next();
  if (queue == nullptr) return std::nullopt;
  Message message = std::move(queue->front());
  queue->pop_front();
  return message;
}

// acquire: what was counted has been handed over; pairs with release in take().
std::uint64_t Exchange::received() const noexcept {
  return received_.load(std::memory_order_acquire);
}
std::uint64_t Exchange::sent() const noexcept {
  return sent_.load(std::memory_order_relaxed);  // relaxed: see Writer::hand_over()
}

}  // namespace chargemill::runtime
