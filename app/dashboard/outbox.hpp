// What is to be said to one watcher, and in which order. Pure.
#pragma once

#include <deque>
#include <optional>

#include "app/dashboard/frame_log.hpp"
#include "runtime/net/web_socket.hpp"

namespace chargemill::app::dashboard {

/// Texts in order, as many as fit; of pulses and of states the newest only. States wait until the
/// watcher has taken the ones before: what the kernel and the network hold is theirs, not ours, and
/// one who is slow sees fewer states, never older ones.
class Outbox {
 public:
  using Text = std::shared_ptr<const std::string>;
  using Message = runtime::WebSocketMessage;

  static constexpr std::size_t kTextsMax = 64;
  /// A keyframe after so many frames, whether it is needed or not.
  static constexpr std::uint32_t kKeyEvery = 20;

  /// One that finds no room is dropped, and `missed` is said in place of all that are.
  void add(Text text);
  void set_pulse(Text pulse) { pulse_ = std::move(pulse); }
  /// False: it makes no sense; the next message is the last.
  bool hear(const Said& said);
  /// After what is there now nothing follows but the newest states, once: how it ended, also for
  /// who is paused.
  void end() noexcept { is_ended_ = true; }
  [[nodiscard]] bool is_ended() const noexcept { return is_ended_; }

  /// Nothing: there is nothing to say now. An empty message: that was all.
  [[nodiscard]] std::optional<Message> next(FrameLog& log);

  /// Said in place of texts that were dropped.
  [[nodiscard]] static Text missed();

 private:
  [[nodiscard]] bool is_owed_states(const FrameLog& log) const noexcept {
    return !is_paused_ && sent_ == held_ && log.newest() > sent_;
  }

  std::deque<Text> texts_;
  Text pulse_;
  std::uint32_t held_ = 0;  ///< the frame that the watcher has; 0: none
  std::uint32_t sent_ = 0;  ///< the one under way; the same as held_: it is taken
  std::uint32_t last_ = 0;  ///< the last one sent
  std::uint32_t key_ = 0;   ///< the last keyframe
  bool has_missed_ = false;
  bool is_paused_ = false;
  bool is_ended_ = false;
  bool is_last_said_ = false;  ///< once ended: nothing follows
};

}  // namespace chargemill::app::dashboard
