// The dashboard's eye: looks at the running network while somebody watches, and tells all who do.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/api/world.hpp"
#include "app/dashboard/feed_text.hpp"
#include "app/dashboard/outbox.hpp"
#include "runtime/net/http_message.hpp"
#include "runtime/net/web_socket.hpp"

namespace chargemill::app::dashboard {

/// One look at all charge points.
struct Sample {
  explicit Sample(std::uint32_t points) : states(points) {}

  PackedStates states;
  std::array<std::uint32_t, kStateCodes> count{};
  std::vector<Trouble> troubles;
  bool has_more_troubles = false;  ///< than there was room for
  SimTime at{};
};

/// Something that others are asked for, until they answer. Who answers holds what ask() gives until
/// then: where that is let go of, on whatever way, no answer comes any more. Threads: the API's;
/// what ask() gives, any.
class Owed {
 public:
  using Held = std::shared_ptr<const std::uint64_t>;  ///< the number of what was asked

  [[nodiscard]] Held ask(std::uint64_t beat) {
    auto held = std::make_shared<const std::uint64_t>(++asked_);
    held_ = held;
    since_ = beat;
    is_owed_ = true;
    return held;
  }
  /// There is an answer to what `held` is of. False: something that was asked later has one
  /// already, and this one is of before.
  [[nodiscard]] bool settle(const Held& held) noexcept {
    if (*held <= answered_) return false;
    answered_ = *held;
    is_owed_ = is_owed_ && answered_ < asked_;
    return true;
  }
  /// No answer is wanted to what was asked so far.
  void forget() noexcept {
    answered_ = asked_;
    is_owed_ = false;
  }
  /// One that takes too long counts as lost.
  [[nodiscard]] bool is_lost(std::uint64_t beat) const noexcept {
    return is_owed_ && (held_.expired() || beat - since_ >= kLostAfterBeats);
  }
  [[nodiscard]] bool is_awaited(std::uint64_t beat) const noexcept {
    return is_owed_ && !is_lost(beat);
  }

 private:
  static constexpr std::uint64_t kLostAfterBeats = 40;

  std::weak_ptr<const std::uint64_t> held_;
  std::uint64_t asked_ = 0;     ///< how often
  std::uint64_t answered_ = 0;  ///< the newest of them that was
  std::uint64_t since_ = 0;
  bool is_owed_ = false;
};

struct FeedSettings {
  bool may_act = false;  ///< pages may change something (http.control)
  bool asks_journal = false;
};

/// While nobody watches it does nothing at all. While somebody does, an inspection goes from shard
/// to shard twice a second; what is made of it is made here, once, however many watch.
///
/// Threads: open() and what it returns belong to the server's thread; the rest to the API's, which
/// tasks given to `world.later` run on. `world` outlives both.
class Feed : public std::enable_shared_from_this<Feed> {
 public:
  static constexpr int kWatchersMax = 64;
  static constexpr const char* kProtocol = "chargemill.v1";
  /// Faults are told so late at most, states and pulses every second time.
  static constexpr std::chrono::milliseconds kBeat{250};

  Feed(api::World& world, FeedSettings settings);

  /// Of `GET /ws`; an empty reply for any other path. Whoever comes when kWatchersMax watch is let
  /// in only to be told so.
  [[nodiscard]] runtime::WebSocketReply open(const runtime::HttpRequest& request);

 private:
  class Session;
  struct Watcher {
    std::weak_ptr<const Session> session;
    Outbox outbox;
    runtime::WebSocketSession::Take waiting = {};
    bool is_greeted = false;  ///< before that it would not understand a word
  };
  using Id = std::uint64_t;
  using Text = Outbox::Text;

  // On the API's thread.
  void join(Id id, const std::weak_ptr<const Session>& session);
  void ask(Id id, runtime::WebSocketSession::Take take);
  void hear(Id id, const Said& said);
  void end(Id id);
  void say_end();
  void say_end_if_known();
  [[nodiscard]] bool follows_journal() const noexcept {
    return settings_.asks_journal && !is_journal_dead_;
  }
  void beat();
  void take_sample();
  void on_sample(const Owed::Held& held, Sample&& sample);
  void read_events();
  void on_events(const Owed::Held& held, const std::optional<archive::Position>& last,
                 const std::string& rows, bool is_behind);
  void greet();
  void greet_again();
  void tell_all(const Text& text);
  void serve(Watcher& watcher);
  void serve_all();
  void arm();

  api::World& world_;
  const FeedSettings settings_;
  const std::uint64_t instance_;
  /// Written by each session, when it begins and ends.
  std::shared_ptr<std::atomic<int>> watchers_count_ = std::make_shared<std::atomic<int>>(0);
  std::atomic<Id> next_id_{1};  ///< written by open()
  std::map<Id, Watcher> watchers_;
  std::vector<Id> newcomers_;  ///< not greeted yet
  std::vector<Id> leaving_;    ///< the server closes, and they wait for the last look
  FrameLog frames_;
  Pulses pulses_;
  std::shared_ptr<const Sample> last_;           ///< while somebody watches
  std::optional<archive::Position> last_event_;  ///< events are told after it
  std::uint64_t beats_ = 0;
  std::uint64_t last_look_ = 0;  ///< one above the beat of it; 0: not yet
  Owed sample_;                  ///< a look at all charge points
  Owed events_;                  ///< what the journal has since
  bool is_beating_ = false;
  bool is_journal_dead_ = false;
};

}  // namespace chargemill::app::dashboard
