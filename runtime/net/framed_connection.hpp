// A socket around a FrameSession.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "runtime/net/door_stream.hpp"
#include "runtime/net/frame_service.hpp"
#include "runtime/net/sender_watch.hpp"

namespace chargemill::runtime {

/// Why a connection is over.
enum class Ending : std::uint8_t {
  by_client,
  broken,       ///< the network, or a service that threw
  idle,         ///< no message for too long
  slow_sender,  ///< a message that does not become complete
  slow_reader,  ///< replies that are not taken
  stopped,      ///< this end closes
  displaced,    ///< by a newcomer: it is a stranger, and the door was full
  not_frames,   ///< it speaks HTTP, a browser's, or TLS
  held_most,    ///< all clients together left too much unread or unfinished
};
inline constexpr std::size_t kEndings = 9;

struct ConnectionLimits {
  FrameSession::Limits session;
  Nanos idle_timeout = std::chrono::minutes{5};
  Nanos frame_timeout = std::chrono::seconds{10};  ///< to send one message, to take some of a reply
};

class FramedConnection;
/// The server of a connection.
class ConnectionOwner {
 public:
  ConnectionOwner() = default;
  ConnectionOwner(const ConnectionOwner&) = delete;
  ConnectionOwner& operator=(const ConnectionOwner&) = delete;
  virtual ~ConnectionOwner() = default;

  virtual void on_ended(const std::shared_ptr<FramedConnection>& connection, Ending how) = 0;
  /// What one keeps for its client has become more or less. It may be ended by this call.
  virtual void on_held(std::size_t before, std::size_t now) = 0;
};

/// Reads while its session wants bytes, writes while the socket takes them, and keeps itself alive
/// while either is under way. Threads: the IoThread.
class FramedConnection final : public FrameLink,
                               public std::enable_shared_from_this<FramedConnection>,
                               private FrameListener {
 public:
  using Clock = std::chrono::steady_clock;

  /// The references outlive the IoThread.
  /// `number` counts those of a server.
  FramedConnection(DoorStream stream, std::uint64_t number, const ConnectionLimits& limits,
                   FrameService& service, ConnectionOwner& owner);

  void start();
  /// Ends as soon as nothing is half received, unanswered or unsent.
  void finish();
  void end(Ending how);
  /// Is it idle, or too slow? To be called now and then.
  void check();

  void reply(MessageNumber number, std::string_view text) override;
  void push(std::string_view text) override;
  void welcome() override { session_.welcome(); }

  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  /// Whether a message of it has ever arrived whole; where there are tokens, one of them.
  [[nodiscard]] bool has_spoken() const noexcept {
    return !session_.is_stranger() && session_.counters().frames > 0;
  }
  [[nodiscard]] bool is_stranger() const noexcept { return session_.is_stranger(); }
  [[nodiscard]] Nanos age() const noexcept { return Clock::now() - begun_at_; }
  /// When it last sent anything.
  [[nodiscard]] Clock::time_point heard_at() const noexcept { return heard_at_; }
  /// What it has told its owner to keep.
  [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }
  [[nodiscard]] FrameCounters counters() const noexcept { return session_.counters(); }

 private:
  void on_message(std::string_view text, MessageNumber number) override;
  void go_on();
  void tell_held();
  void work();
  void read();
  void write();
  void write_encrypted();
  void wait_for_room();
  void wait_for_leave();

  DoorStream stream_;
  const std::uint64_t number_;
  const ConnectionLimits& limits_;
  FrameService& service_;
  ConnectionOwner& owner_;
  FrameSession session_;
  std::unique_ptr<boost::asio::steady_timer> leave_;  // once it was too fast
  std::vector<std::byte> writing_;
  std::size_t written_ = 0;
  SenderWatch watch_;
  std::size_t held_bytes_ = 0;
  const Clock::time_point begun_at_ = Clock::now();
  Clock::time_point heard_at_ = begun_at_;
  Clock::time_point moved_at_;  // when the socket last took something
  bool is_open_ = false;        // the handshake, if there is one, is done
  bool is_reading_ = false;
  bool is_blocked_ = false;  // the socket takes nothing
  bool is_waiting_for_leave_ = false;
  bool is_working_ = false;
  bool is_finishing_ = false;
  bool is_over_ = false;
};

}  // namespace chargemill::runtime
