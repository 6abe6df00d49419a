// Accepts the clients of a framed door, and looks after their connections.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>

#include "runtime/net/farewells.hpp"
#include "runtime/net/framed_connection.hpp"
#include "runtime/net/listener.hpp"
#include "runtime/net/tls_context.hpp"

namespace chargemill::runtime {

struct FramedServerCounters {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;                    ///< beyond connections_max: a NACK, and closed
  std::uint64_t accept_errors = 0;              ///< the process may open no more files; tried again
  std::array<std::uint64_t, kEndings> ended{};  ///< by Ending
  FrameCounters frames;                         ///< of all connections so far
};

/// When it is full, a newcomer takes the place of a stranger that had the time to say who it is:
/// where there are tokens one that has shown none of them, else one that has never said anything.
/// Of the oldest it is the one that has been idle longest; if there is none, the newcomer is
/// refused. So nobody fills it by silence, or by what everybody may say.
///
/// When all clients together keep too much here, those are ended that keep most, strangers first,
/// until a quarter of the room is free again.
///
/// Threads: made and destroyed by the owner while the IoThread does not run it; all else on the
/// IoThread.
class FramedServer final : private ConnectionOwner {
 public:
  struct Options {
    std::size_t connections_max = 1'000;
    Nanos grace = std::chrono::seconds{1};    ///< for a newcomer to say something
    std::size_t held_bytes_max = 64U << 20U;  ///< unsent or half received, of all clients together
    ConnectionLimits connection;
    TlsContext tls = nullptr;  ///< null: bytes as they are
  };
  /// `trouble` is told, the first time each, what somebody might want to know. `service` outlives
  /// the IoThread, as this does.
  FramedServer(Listener listener, const Options& options, FrameService& service,
               std::function<void(std::string)> trouble);

  void start();
  /// No newcomers; each connection ends once it is quiet.
  void finish();
  /// Ends those that have not.
  void cut();
  [[nodiscard]] std::size_t open() const noexcept { return connections_.size(); }
  /// Unsent or half received, of all clients together.
  [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }
  [[nodiscard]] bool is_finished() const noexcept { return is_finishing_ && connections_.empty(); }
  [[nodiscard]] FramedServerCounters counters() const;

 private:
  void accept();
  void on_accepted(boost::asio::ip::tcp::socket socket);
  [[nodiscard]] bool make_room();
  [[nodiscard]] std::vector<std::shared_ptr<FramedConnection>> all() const;
  void refuse(boost::asio::ip::tcp::socket socket);
  void try_again_later(const std::string& why);
  void sweep();
  void on_ended(const std::shared_ptr<FramedConnection>& connection, Ending how) override;
  void on_held(std::size_t before, std::size_t now) override;
  void cut_back();
  void tell_once(std::size_t kind, std::string text);

  const Options options_;
  FrameService& service_;
  const std::function<void(std::string)> trouble_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer sweep_;
  boost::asio::steady_timer retry_;
  const Nanos sweep_every_;
  std::map<std::uint64_t, std::shared_ptr<FramedConnection>> connections_;  // as they came
  Farewells farewells_;
  std::uint64_t next_number_ = 0;
  std::uint64_t spoken_before_ = 0;  // those that are older have all spoken
  std::size_t held_bytes_ = 0;
  FramedServerCounters counters_;  // frames: of those that have ended
  std::array<bool, kEndings + 2> told_{};
  bool is_finishing_ = false;
  bool is_cutting_ = false;
};

}  // namespace chargemill::runtime
