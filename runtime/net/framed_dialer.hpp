// A connection to somebody else's framed door that comes back by itself.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/endpoint.hpp"
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
    BackOff back_off;
    Nanos connect_timeout = std::chrono::seconds{5};
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
  /// Attempts that failed since it was connected last.
  [[nodiscard]] unsigned failures() const noexcept { return failures_; }

 private:
  using Tcp = boost::asio::ip::tcp;

  struct Incoming {
    Incoming();
    ReceiveBuffer buffer;
    FrameDecoder decoder;
  };

  void dial();
  void connected();
  void failed(const std::string& why);
  void dial_later();
  void read();
  void take_frames();
  void write();

  const Options options_;
  DialListener& listener_;
  Tcp::resolver resolver_;
  Tcp::socket socket_;
  boost::asio::steady_timer timer_;  // of the attempt, then of the wait for the next
  RandomStream random_;
  std::optional<Incoming> incoming_;  // of the present connection, or the last
  std::vector<std::byte> unsent_, writing_;
  std::uint64_t dialled_ = 0;  // what comes of an older attempt is nobody's
  unsigned failures_ = 0;
  bool is_connected_ = false;
  bool is_writing_ = false;
  bool is_stopped_ = false;
};

}  // namespace chargemill::runtime
