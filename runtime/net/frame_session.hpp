// What one connection of the framed door says and hears: bytes in, replies out, in order. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/net/dialogue.hpp"
#include "runtime/resilience/token_bucket.hpp"
#include "runtime/wire/frame_decoder.hpp"

namespace chargemill::runtime {

/// Every message has one; counts up from 0.
enum class MessageNumber : std::uint64_t {};

/// One message of a client. `text` is valid during the call only.
class FrameListener {
 public:
  FrameListener() = default;
  FrameListener(const FrameListener&) = delete;
  FrameListener& operator=(const FrameListener&) = delete;
  virtual ~FrameListener() = default;

  /// Wants FrameSession::reply(number, ...) once, from within or later.
  virtual void on_message(std::string_view text, MessageNumber number) = 0;
};

/// Finds the messages in what a client sends, and gives each exactly one reply, in order (D-144),
/// however long the single answers take. A frame that is damaged is answered with a NACK (D-142).
///
/// What comes faster than it is answered waits where it is: in the receive buffer, then in the
/// socket. So a connection holds one buffer, `pending_max` open messages and the replies that the
/// client has not taken yet.
///
/// A client that begins with ENQ is in dialogue mode (D-148, dialogue.hpp) until its EOT.
///
/// Threads: one. Time comes in as an argument, since any epoch.
class FrameSession {
 public:
  struct Limits {
    std::size_t payload_bytes_max = kPayloadBytesMax;
    std::size_t pending_max = 64;              ///< messages that wait for their answers
    std::size_t unsent_bytes_max = 4U << 20U;  ///< above it no further message is looked at
    std::uint32_t messages_per_second = 0;     ///< damaged ones count; 0: no limit
    /// Until it is welcome() a client is a stranger, and has no more than this.
    bool wants_welcome = false;
    std::size_t stranger_payload_bytes_max = 1'024;
    std::size_t stranger_unsent_bytes_max = 16U << 10U;
  };
  /// `listener` outlives this.
  FrameSession(const Limits& limits, FrameListener& listener);

  /// Room for the next read. Requires wants_bytes().
  [[nodiscard]] ByteRoom room();
  void received(std::size_t bytes);
  /// Looks at what was received, as far as it may.
  void work(Nanos now);
  /// The answer to a message; call work() after it. One that fits no frame becomes a NACK.
  void reply(MessageNumber number, std::string_view text);
  /// A frame that nobody asked for. False: the client has not taken what was sent before, and there
  /// is no room for more.
  [[nodiscard]] bool push(std::string_view text);

  /// The client has shown who it is.
  void welcome() noexcept;
  [[nodiscard]] bool is_stranger() const noexcept { return is_stranger_; }

  /// All that was received has been looked at: read on.
  [[nodiscard]] bool wants_bytes() const noexcept { return is_drained_; }
  /// It is the client's turn: all it sent is answered.
  [[nodiscard]] bool is_clients_turn() const noexcept { return is_drained_ && slots_.empty(); }
  /// When work() goes on by itself, because messages came faster than they may.
  [[nodiscard]] std::optional<Nanos> paused_until() const noexcept { return paused_until_; }

  /// Ends a dialogue from this side, before the connection is closed.
  void say_goodbye();

  /// It would look further if more of its output were taken.
  [[nodiscard]] bool is_held_up() const noexcept { return is_held_up_; }
  /// Moves what is to be sent into `to`, whose content it has sent before; empty: nothing.
  void take_output(std::vector<std::byte>& to);
  [[nodiscard]] bool has_output() const noexcept { return !output_.empty(); }

  /// Nothing is half received, unanswered or unsent.
  [[nodiscard]] bool is_quiet() const noexcept;
  /// What it keeps for its client: half received or not looked at, answered and not taken.
  [[nodiscard]] std::size_t held_bytes() const noexcept {
    return buffer_.size() + waiting_bytes_ + dialogue_.answer().size() + output_.size() +
           in_flight_;
  }
  /// It began as a request of HTTP does, or as TLS: nothing more is looked at. A web page can have
  /// a browser send such a request anywhere, with a frame in its body.
  [[nodiscard]] bool is_foreign() const noexcept { return is_foreign_; }
  /// A frame has begun and is not complete.
  [[nodiscard]] bool is_inside_frame() const noexcept { return decoder_.is_inside_frame(); }
  /// Frames, damaged or not, so far: what a time-out for idle clients asks.
  [[nodiscard]] std::uint64_t heard() const noexcept { return heard_; }
  [[nodiscard]] FrameCounters counters() const noexcept;

 private:
  /// A message's place in the order of replies.
  struct Slot {
    bool is_ready = false;
    bool is_frame = true;  ///< else bytes as they are
    std::string text;
  };

  /// What may still come of a frame that was dropped before its end: control bytes in it are none.
  enum class Remains : std::uint8_t { nothing, payload, lrc };

  /// False: nothing more to do for now.
  [[nodiscard]] bool look_once(Nanos now);
  void expect_remains();
  [[nodiscard]] bool take_remains(std::byte byte) noexcept;
  [[nodiscard]] bool peel_controls();
  [[nodiscard]] bool take_control(std::byte control);
  void take_stray(std::byte byte);
  [[nodiscard]] bool may_look(Nanos now);
  void on_frame(std::string_view text);
  void on_damage(std::string_view what);
  void put(Slot slot);
  void flush();
  [[nodiscard]] std::size_t unsent_bytes_max() const noexcept {
    return is_stranger_ ? std::min(limits_.stranger_unsent_bytes_max, limits_.unsent_bytes_max)
                        : limits_.unsent_bytes_max;
  }
  void send_frame(std::string_view text);
  void send_bytes(std::string_view bytes);

  const Limits limits_;
  FrameListener& listener_;
  ReceiveBuffer buffer_;
  FrameDecoder decoder_;
  std::optional<TokenBucket> bucket_;
  Dialogue dialogue_;
  MessageNumber request_{};  // the dialogue's; what was asked before it may be answered after it
  std::deque<Slot> slots_;
  std::uint64_t first_slot_ = 0;  ///< number of slots_.front()
  std::vector<std::byte> output_;
  std::size_t in_flight_ = 0;      // taken by take_output(), perhaps not sent yet
  std::size_t waiting_bytes_ = 0;  // of answers that wait for those before them
  std::optional<Nanos> paused_until_;
  std::uint64_t heard_ = 0;
  Remains remains_ = Remains::nothing;
  std::uint64_t stray_bytes_ = 0;  ///< between frames, and no control byte either
  std::array<char, 8> first_{};    ///< of the stray bytes before the first message
  bool is_drained_ = true;
  bool is_held_up_ = false;
  bool is_foreign_ = false;
  bool is_stranger_;
};

}  // namespace chargemill::runtime
