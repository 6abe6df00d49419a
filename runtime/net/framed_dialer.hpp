// A connection to somebody else's framed door that comes back by itself.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/door_stream.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/tls_context.hpp"
#include "runtime/wire/frame_decoder.hpp"

namespace chargemill::runtime {

/// What a connection brings. Threads: the IoThread. May call send() from within.
class DialListener {
 public:
  DialListener() = default;
  DialListener(const DialListener&) = delete;
  DialListener& operator=(const DialListener&) = delete;
  virtual ~DialListener() = default;

  virtual void on_connected() = 0;
  /// One frame; `text` is valid during the call.
  virtual void on_frame(std::string_view text) = 0;
  /// It was connected, and is not any more: what was sent and not answered is lost.
  virtual void on_lost(const std::string& why) = 0;
  /// An attempt came to nothing; another follows.
  virtual void on_failed(const std::string& /*why*/) {}
};

/// The wait before attempt `attempt` (from 0) to come back: exponential between two limits, of
/// which a random part, at least half, is taken, so that many do not come back at once.
struct BackOff {
  Nanos first = std::chrono::milliseconds{250};
  Nanos most = std::chrono::seconds{10};

  /// `share`: in [0, 1).
  [[nodiscard]] Nanos wait(unsigned attempt, double share) const noexcept;
};

/// Dials until it is stopped. Threads: the IoThread.
class FramedDialer final : public std::enable_shared_from_this<FramedDialer> {
 public:
  struct Options {
    Endpoint to;
    TlsContext tls;  ///< of open_client_tls(); null: plain
    BackOff back_off;
    Nanos connect_timeout = std::chrono::seconds{5};
    /// One that breaks before has been let in and sent away: the next wait is longer all the same.
    Nanos lasting = std::chrono::seconds{1};
    std::size_t unsent_bytes_max = 8U << 20U;  ///< one that takes less than it is sent is lost
    std::uint64_t seed = 0;                    ///< of the back-off's random part
    std::uint32_t number = 0;                  ///< likewise
  };
  /// `listener` outlives the IoThread.
  FramedDialer(boost::asio::io_context& context, Options options, DialListener& listener);

  void start();
  /// Nothing is heard of it any more.
  void stop();
  /// Sends one frame after those before. False: it is not connected, and nothing is sent.
  [[nodiscard]] bool send(std::string_view text);
  [[nodiscard]] bool is_connected() const noexcept { return is_connected_; }

 private:
  using Tcp = boost::asio::ip::tcp;

  /// One attempt, and the connection that comes of it; whatever is under way on it has a share.
  struct Line {
    Line(Tcp::socket socket, boost::asio::ssl::context* tls);
    DoorStream stream;
    ReceiveBuffer buffer;
    FrameDecoder decoder;
  };
  using LinePointer = std::shared_ptr<Line>;

  void dial();
  void reached(const LinePointer& line);
  void connected();
  void failed(const std::string& why);
  void dial_later();
  void read();
  void take_frames();
  void write();

  const Options options_;
  DialListener& listener_;
  Tcp::resolver resolver_;
  LinePointer line_;                 // the present one, or the last
  boost::asio::steady_timer timer_;  // of the attempt, then of the wait for the next
  RandomStream random_;
  std::vector<std::byte> unsent_, writing_;
  std::uint64_t dialled_ = 0;  // what comes of an older attempt is nobody's
  std::chrono::steady_clock::time_point connected_at_;
  unsigned failures_ = 0;  // since a connection has lasted
  bool is_connected_ = false;
  bool is_writing_ = false;
  bool is_stopped_ = false;
};

}  // namespace chargemill::runtime
