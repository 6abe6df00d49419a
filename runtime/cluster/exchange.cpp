#include "runtime/cluster/exchange.hpp"

#include <algorithm>
#include <thread>

#include "runtime/base/assert.hpp"
#include "runtime/base/crc32c.hpp"
#include "runtime/cluster/record_layout.hpp"
#include "runtime/engine/mail_bag.hpp"
#include "runtime/engine/parking.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kKindsMax = RecordLayout::kIsNext;

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
    Counts& counts = exchange_.counts_[node_];
    counts.sent.fetch_add(count_, std::memory_order_relaxed);
    if (exchange_.is_given_up(node_))
      exchange_.strays_.fetch_add(count_, std::memory_order_relaxed);  // relaxed: likewise
    count_ = 0;
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

Exchange::Exchange(Options options)
    : options_(std::move(options)),
      inboxes_(options_.workers),
      held_(options_.links.window_bytes),
      counts_(options_.links.nodes.size()) {
  if (options_.is_virtual && options_.links.may_return) {
    const auto nodes = static_cast<std::uint16_t>(options_.links.nodes.size());
    recall_ = std::make_unique<Recall>(Recall::Options{
        options_.log,
        {options_.links.plan, options_.links.incarnation, options_.links.self, nodes}});
    for (auto& mail : mail_) mail.resize(nodes);
  }
  for (unsigned node = 0; node < counts_.size(); ++node) {
    if (node != options_.links.self && is_absent(options_.links.nodes[node]))
      counts_[node].is_given_up.store(true, std::memory_order_relaxed);  // relaxed: nobody else is
  }
  for (auto& meeting : meetings_) {
    meeting.said.resize(options_.links.nodes.size());
    meeting.missing = static_cast<unsigned>(options_.links.nodes.size()) - 1;
  }
}

// NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends the process
Exchange::~Exchange() {
  if (links_) pass_on();
  links_.reset();
  for (auto& inbox : inboxes_) {
    for (auto& half : inbox.halves) {
      for (const auto& arrival : half.next) arrival.letter.release();
      for (const auto& arrival : half.later) arrival.letter.release();
    }
  }
}

void Exchange::pause(Nanos time) { std::this_thread::sleep_for(time); }

void Exchange::set_up(EngineOptions& options) {
  options.nodes = nodes();
  options.node = self();
  options.frontier = this;
  options.hears_with_orders = may_return();
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
  const bool is_holding = held_.is_holding();
  for (const MailBag::Item& item : bag) {
    if (is_holding && held_.holds(item.entity())) {
      if (held_.keep(item)) Worker::current()->coordinator().hold_up();
      continue;
    }
    writer.add(item.letter.tag, item.letter.content(), item.entity(), 0, 0, false);
  }
}

void Exchange::release() {
  CHARGEMILL_ASSERT(engine_ != nullptr && !options_.is_virtual);
  Coordinator::Parking parking{*engine_};
  const SimTime now = engine_->reached();
  const auto stamp = static_cast<std::uint64_t>(now.time_since_epoch().count());
  std::vector<std::unique_ptr<Writer>> writers(nodes());
  const bool was_full = held_.release([&](const MailBag::Item& item) {
    const Address place = engine_->resident(item.entity());
    if (place != nullptr)
      return parking.deliver(place,
                             static_cast<PacketBase*>(
                                 runtime::kind_of(item.letter.tag).unpack(item.letter.content())));
    const unsigned node = engine_->node_of(item.entity());
    if (!writers[node]) writers[node] = std::make_unique<Writer>(*this, node, stamp);
    writers[node]->add(item.letter.tag, item.letter.content(), item.entity(), 0, 0, false);
  });
  if (was_full) engine_->let_go_on();
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
  // relaxed: the barrier orders it. release: pairs with acquire in on_life().
  const std::uint64_t round = round_.load(std::memory_order_relaxed) + 1;
  round_.store(round, std::memory_order_release);
  if (!recall_) {
    tell_meeting(round, here);
    return hear_all(here, round);
  }
  LoggedMeeting meeting{round, here.earliest, recall_->take_sent(), {}};
  WindowProposal proposal = here;
  bool is_told = false;
  if (recall_->is_replaying()) {
    if (auto saved = recall_->take_saved()) {
      is_told = true;
      if (!go_on_from(std::move(*saved), meeting, proposal)) proposal.stop = true;
    }
    if (const auto grant = replay(meeting, proposal, is_told)) return *grant;
  }
  if (!is_told) tell_meeting(meeting.round, proposal);
  meeting.grant = hear_all(proposal, meeting.round);
  write_down(meeting);
  return meeting.grant;
}

WindowGrant Exchange::hear_all(const WindowGrant& here, std::uint64_t round) {
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

void Exchange::fail(std::string why, std::string for_others) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!has_failed_) for_others_ = std::move(for_others);
  if (failure_.empty()) failure_ = std::move(why);
  has_failed_ = true;
  changed_.notify_all();
}

// Those who are not sure yet would take this node, which leaves, for the one that was lost.
void Exchange::pass_on() {
  std::string text;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    text = std::exchange(for_others_, {});
  }
  if (!text.empty()) links_->tell_all(text);
}

// Whoever has ended it says why. Else a worker has looked at the clock before the thread that keeps
// the place has; should that have renewed it in this very moment, the node ends all the same.
void Exchange::on_end_of_tenure() {
  if (!tenure().was_ended())
    abandon(name_of(self()) + " has lost its place: its lease could not be renewed in time");
}

// The engine ends, and with it workers that may wait for a node which will be lost much later.
void Exchange::abandon(const std::string& why) {
  fail(why);
  links_->let_no_sender_wait();
}

void Exchange::call_off(const std::string& why) {
  links_->tell_all(std::string{kFarewell}.append(why));
  abandon(why);
}

std::string Exchange::name_of(unsigned node) const {
  // Whoever joins later is none of those that were named.
  return node < options_.names.size() ? options_.names[node] : "node " + std::to_string(node);
}

std::string Exchange::failure() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_;
}

std::vector<unsigned> Exchange::missing() const {
  std::vector<unsigned> result;
  for (unsigned node = 0; node < nodes(); ++node) {
    const PeerState state = links_->state_of(node);
    if (is_given_up(node)) continue;
    const bool is_there = state == PeerState::alive || state == PeerState::suspect;
    // Where nodes may return, only whoever hears this one greets it.
    const bool hears =
        recall_ && node != self() ? recall_->has_greeted(node) : links_->is_heard_by(node);
    if (!is_there || !hears) result.push_back(node);
  }
  return result;
}

bool Exchange::await_all(Nanos patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  (void)changed_.wait_for(lock, patience, [this] { return missing().empty() || has_failed_; });
  return missing().empty();
}

// Who may not act any more says nothing: somebody else may have its part by now.
void Exchange::tell(unsigned node, std::string_view text) {
  if (!tenure().is_over()) links_->tell(node, std::string{kRunnersWord}.append(text));
}

void Exchange::tell_all(std::string_view text) {
  if (!tenure().is_over()) links_->tell_all(std::string{kRunnersWord}.append(text));
}

void Exchange::tell_bulk(unsigned node, std::string_view text, std::uint8_t head) {
  if (tenure().is_over()) return;
  std::string message{kRunnersBulk};
  message += static_cast<char>(head);
  links_->tell(node, message.append(text));
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
  if (queue == &messages_) waiting_beside(queue->front()) -= bytes_of(queue->front());
  Message message = std::move(queue->front());
  queue->pop_front();
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
