#include "app/dashboard/feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "actors/central/inspection.hpp"
#include "app/api/problem.hpp"

namespace chargemill::app::dashboard {
namespace {

using central::Inspection;
using runtime::HttpRequest;
using runtime::WebSocketReply;
using Take = runtime::WebSocketSession::Take;

constexpr std::uint64_t kLookedMax = 2'048;
constexpr std::size_t kTroublesMax = 1'000;
constexpr std::uint64_t kLastLookBeats = 2;       // a network that has failed may not answer
constexpr std::uint64_t kJournalAgainBeats = 40;  // where it did not answer

/// Only copies; on the workers' threads.
class StateLook final : public Inspection {
 public:
  using Done = std::function<void(Sample&&)>;

  StateLook(std::uint32_t points, std::shared_ptr<const Sample> before, api::Post later, Done done)
      : points_(points),
        sample_(points),
        before_(std::move(before)),
        later_(std::move(later)),
        done_(std::move(done)) {}

  std::uint32_t look(const central::ShardState& shard, SimTime, std::uint32_t from) override {
    const auto size = static_cast<std::uint32_t>(shard.points.size());
    const auto end = std::min(size, from + central::kPointsALook);
    for (; from < end; ++from) {
      const central::PointRecord& record = shard.points[from];
      const auto code = state_code(record.display, record.stage == central::Stage::starting);
      const auto index = index_of(record.id);
      ++sample_.count[static_cast<std::size_t>(code)];
      if (index >= points_) continue;  // it has joined since this look began: the next has a place
      sample_.states.set(index, code);
      if (before_ != nullptr && index < before_->states.size())
        note(record, before_->states.get(index), code);
    }
    return from;
  }

  void finish(SimTime now) override {
    sample_.at = now;
    (void)later_([done = std::move(done_), sample = std::move(sample_)]() mutable {
      done(std::move(sample));
    });
  }

 private:
  void note(const central::PointRecord& record, StateCode before, StateCode now) {
    const bool is_fault = now == StateCode::faulted;
    if (is_fault == (before == StateCode::faulted)) return;
    if (sample_.troubles.size() >= kTroublesMax) {
      sample_.has_more_troubles = true;
      return;
    }
    sample_.troubles.push_back({record.id, record.fault, is_fault});
  }

  const std::uint32_t points_;
  Sample sample_;
  const std::shared_ptr<const Sample> before_;
  const api::Post later_;
  Done done_;
};

/// For one for whom there is no room: says so, and that this was all. A handshake that is refused
/// is no answer to a page: browsers keep its status and its words to themselves.
class NoRoom final : public runtime::WebSocketSession {
 public:
  void next(Take take) override {
    if (std::exchange(is_said_, true)) return take({});
    take({std::make_shared<const std::string>(full_text(Feed::kWatchersMax)), true});
  }
  bool hear(std::string_view, bool) override { return true; }
  void close() override {}  // it has said all that it will

 private:
  bool is_said_ = false;
};

}  // namespace

/// One watcher's end of it. On the server's thread; all it does is to pass on.
class Feed::Session final : public runtime::WebSocketSession {
 public:
  Session(std::weak_ptr<Feed> feed, Id id, api::Post later, std::shared_ptr<std::atomic<int>> count)
      : feed_(std::move(feed)), id_(id), later_(std::move(later)), count_(std::move(count)) {
    count_->fetch_add(1, std::memory_order_relaxed);  // relaxed: a count; orders nothing
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() override { count_->fetch_sub(1, std::memory_order_relaxed); }  // relaxed: likewise

  void next(Take take) override {
    if (!pass([id = id_, take](Feed& feed) { feed.ask(id, take); })) take({});
  }
  bool hear(std::string_view message, bool is_text) override {
    const auto said = parse_said(message);
    if (is_text || !said) return false;
    return pass([id = id_, said = *said](Feed& feed) { feed.hear(id, said); });
  }
  void close() override {
    (void)pass([id = id_](Feed& feed) { feed.end(id); });
  }

 private:
  template <class F>
  bool pass(F f) {
    return later_([feed = feed_, f = std::move(f)] {
      if (const auto there = feed.lock()) f(*there);
    });
  }

  const std::weak_ptr<Feed> feed_;
  const Id id_;
  const api::Post later_;
  const std::shared_ptr<std::atomic<int>> count_;
};

Feed::Feed(api::World& world, FeedSettings settings)
    : world_(world),
      settings_(settings),
      instance_(
          static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count())) {
}

WebSocketReply Feed::open(const HttpRequest& request) {
  const std::string_view target = request.target;
  if (target.substr(0, target.find('?')) != "/ws") return {};
  WebSocketReply reply;
  const auto refuse = [&reply](unsigned status, const std::string& text) {
    reply.refusal = api::problem(api::style_of("/ws"), status, text);
    return reply;
  };
  if (!runtime::offers_protocol(request.header("sec-websocket-protocol"), kProtocol))
    return refuse(400, fmt::format("Sec-WebSocket-Protocol: must offer {}", kProtocol));
  reply.protocol = kProtocol;
  // relaxed: a count; orders nothing.
  if (watchers_count_->load(std::memory_order_relaxed) >= kWatchersMax) {
    reply.session = std::make_shared<NoRoom>();
    return reply;
  }
  // relaxed: nothing but the number matters.
  const Id id = next_id_.fetch_add(1, std::memory_order_relaxed);
  auto session = std::make_shared<Session>(weak_from_this(), id, world_.later, watchers_count_);
  const bool is_taken =
      world_.later([weak = weak_from_this(), id, who = std::weak_ptr<const Session>(session)] {
        if (const auto self = weak.lock()) self->join(id, who);
      });
  if (!is_taken) return refuse(503, "too many requests wait, try again later");
  reply.session = std::move(session);
  return reply;
}

void Feed::join(Id id, const std::weak_ptr<const Session>& session) {
  watchers_[id].session = session;
  newcomers_.push_back(id);
  if (is_beating_) {
    if (last_event_ || !settings_.asks_journal || is_journal_dead_) greet();
    return;
  }
  // Nobody watched: what was is over, and no newcomer takes it for what is.
  is_beating_ = true;
  frames_ = FrameLog{};
  last_.reset();
  last_event_.reset();
  pulses_ = {};
  sample_.forget();
  events_.forget();
  is_journal_dead_ = false;  // it may have been mended, or not been there yet
  beat();
}

void Feed::ask(Id id, Take take) {
  const auto found = watchers_.find(id);
  if (found == watchers_.end()) return take({});
  found->second.waiting = std::move(take);
  serve(found->second);
}

void Feed::hear(Id id, const Said& said) {
  const auto found = watchers_.find(id);
  if (found == watchers_.end()) return;
  (void)found->second.outbox.hear(said);
  serve(found->second);
}

void Feed::end(Id id) {
  if (watchers_.count(id) == 0) return;
  leaving_.push_back(id);
  if (last_look_ != 0) return;
  // What was seen last is half a second old, which may be hours of model time.
  last_look_ = beats_ + 1;
  sample_.forget();
  events_.forget();
  take_sample();
  if (follows_journal()) read_events();
  say_end_if_known();
}

/// Once it is known how all stand and what has happened, or nobody says so any more. What came last
/// may have been on its way to the disk at the first look into the journal: the beat's is the
/// other.
void Feed::say_end_if_known() {
  if (last_look_ == 0) return;
  const auto since = beats_ + 1 - last_look_;
  const bool has_looked_again = since > 0 || !follows_journal();
  const bool is_awaited = sample_.is_awaited(beats_) || events_.is_awaited(beats_);
  if ((has_looked_again && !is_awaited) || since >= kLastLookBeats) say_end();
}

void Feed::say_end() {
  if (leaving_.empty()) return;
  const auto text = std::make_shared<const std::string>(end_text(world_));
  for (const Id id : std::exchange(leaving_, {})) {
    const auto found = watchers_.find(id);
    if (found == watchers_.end()) continue;
    found->second.outbox.add(text);
    found->second.outbox.end();
    serve(found->second);
  }
}

void Feed::serve(Watcher& watcher) {
  if (!watcher.waiting || !(watcher.is_greeted || watcher.outbox.is_ended())) return;
  auto message = watcher.outbox.next(frames_);
  if (!message) return;
  const Take take = std::exchange(watcher.waiting, {});
  take(std::move(*message));
}

void Feed::serve_all() {
  for (auto& [id, watcher] : watchers_) serve(watcher);
}

void Feed::tell_all(const Text& text) {
  for (auto& [id, watcher] : watchers_) watcher.outbox.add(text);
  serve_all();
}

void Feed::greet() {
  if (newcomers_.empty()) return;
  const auto hello = std::make_shared<const std::string>(hello_text(
      world_, {settings_.may_act, settings_.asks_journal && !is_journal_dead_, instance_}));
  for (const Id id : newcomers_) {
    const auto found = watchers_.find(id);
    if (found == watchers_.end()) continue;
    found->second.outbox.add(hello);
    found->second.is_greeted = true;
    serve(found->second);
  }
  newcomers_.clear();
}

/// Whoever was told that there is no journal, or has asked it in vain, asks it for what was.
void Feed::greet_again() {
  for (const auto& [id, watcher] : watchers_) {
    if (watcher.is_greeted) newcomers_.push_back(id);
  }
}

void Feed::arm() {
  world_.after(kBeat, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    const bool is_taken = self->world_.later([weak] {
      if (const auto there = weak.lock()) there->beat();
    });
    if (!is_taken) self->arm();  // too much waits; it will not forever
  });
}

void Feed::beat() {
  for (auto it = watchers_.begin(); it != watchers_.end();)
    it = it->second.session.expired() ? watchers_.erase(it) : std::next(it);
  if (watchers_.empty()) {
    is_beating_ = false;
    last_.reset();
    return;
  }
  ++beats_;
  // One that does not answer may be mended while somebody watches.
  if (settings_.asks_journal && (!is_journal_dead_ || beats_ % kJournalAgainBeats == 0))
    read_events();
  say_end_if_known();
  if (!settings_.asks_journal || is_journal_dead_) greet();
  if (beats_ % 2 == 1 || last_ == nullptr || sample_.is_lost(beats_)) take_sample();
  arm();
}

void Feed::take_sample() {
  if (sample_.is_awaited(beats_)) return;
  const auto points = static_cast<std::uint32_t>(world_.desk.points());
  // Faults come from the journal as long as it answers.
  const auto before = follows_journal() ? nullptr : last_;
  auto look = std::make_shared<StateLook>(
      points, before, world_.later,
      [weak = weak_from_this(), held = sample_.ask(beats_)](Sample&& sample) {
        if (const auto self = weak.lock()) self->on_sample(held, std::move(sample));
      });
  (void)world_.desk.inspect(std::move(look));  // refused: the next beat sees that it is gone
}

void Feed::on_sample(const Owed::Held& held, Sample&& sample) {
  if (!sample_.settle(held) || !is_beating_) return;
  // Where this one was asked for because another one was late, both say what has changed.
  const auto is_told = [this](const Trouble& trouble) {
    const auto index = index_of(trouble.point);
    return last_ != nullptr && index < last_->states.size() &&
           (last_->states.get(index) == StateCode::faulted) == trouble.is_fault;
  };
  auto& troubles = sample.troubles;
  troubles.erase(std::remove_if(troubles.begin(), troubles.end(), is_told), troubles.end());
  const auto sim_ms = std::chrono::duration_cast<Millis>(sample.at.time_since_epoch()).count();
  frames_.add(sample.states, sim_ms);
  const auto pulse = std::make_shared<const std::string>(pulses_.next(world_, sample.count));
  for (auto& [id, watcher] : watchers_) watcher.outbox.set_pulse(pulse);
  const bool has_more = sample.has_more_troubles;
  const std::string rows = trouble_rows(world_, sample.troubles, sample.at);
  last_ = std::make_shared<const Sample>(std::move(sample));
  if (!rows.empty()) tell_all(std::make_shared<const std::string>(faults_text(rows)));
  if (has_more) tell_all(Outbox::missed());
  serve_all();
  say_end_if_known();
}

void Feed::read_events() {
  if (events_.is_awaited(beats_)) return;
  const auto done = [weak = weak_from_this(), later = world_.later, held = events_.ask(beats_)](
                        const std::optional<archive::Position>& last, std::string rows,
                        bool is_behind) {
    (void)later([weak, held, last, rows = std::move(rows), is_behind] {
      if (const auto self = weak.lock()) self->on_events(held, last, rows, is_behind);
    });
  };
  (void)world_.read_past([done, after = last_event_](const Result<archive::Past*>& history) {
    if (!history) return done(std::nullopt, {}, false);
    if (!after) {
      const auto newest = (*history)->newest();
      return done(newest ? std::optional{*newest} : std::nullopt, {}, false);
    }
    std::string rows;
    const auto last = (*history)->follow(
        *after, kLookedMax, [&](const archive::Found& found, const archive::Position&) {
          append_fault_row(rows, found);
        });
    if (!last) return done(std::nullopt, {}, false);
    // Each journal of several has its share of the looks.
    const auto looked = last->records() - after->records();
    done(*last, std::move(rows), looked >= kLookedMax / last->journals());
  });
}

void Feed::on_events(const Owed::Held& held, const std::optional<archive::Position>& last,
                     const std::string& rows, bool is_behind) {
  if (!events_.settle(held) || !is_beating_) return;
  if (last) last_event_ = last;
  const bool is_back = last && is_journal_dead_;
  is_journal_dead_ = !last;
  if (is_back) greet_again();
  greet();
  if (!rows.empty()) tell_all(std::make_shared<const std::string>(faults_text(rows)));
  if (is_behind) read_events();
  say_end_if_known();
}

}  // namespace chargemill::app::dashboard
