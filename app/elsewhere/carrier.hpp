// Carries what charge points, monitors and drivers here say to a central elsewhere, through its
// framed door, and brings back what it says.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/codec/frames.hpp"
#include "actors/codec/inbound.hpp"
#include "actors/codec/outbound.hpp"
#include "actors/network/network.hpp"
#include "app/elsewhere/admissions.hpp"
#include "app/elsewhere/names.hpp"
#include "app/simulation/link_figures.hpp"
#include "runtime/net/framed_dialer.hpp"
#include "runtime/net/io_thread.hpp"

namespace chargemill::app {

/// Each charge point, with its monitor, speaks on one of the connections, each driver likewise;
/// with one connection a point they are alone on it. All lies on one IoThread. Threads: one drives
/// it; say() from any worker.
class Carrier final : public elsewhere::Link {
 public:
  struct Options {
    runtime::Endpoint to;
    runtime::TlsContext tls;  ///< null: plain
    std::uint32_t connections = 1;
    std::string token;  ///< shown first on each connection; empty: none
    codec::UtcTime run_start;
    SimTime measure_from{};  ///< round trips of what was said before are left out, as latencies are
    std::uint64_t seed = 0;
  };
  /// So many messages of workers wait for the IoThread; more are lost, and counted.
  static constexpr std::size_t kWaitingMax = 1U << 18U;
  /// A driver confirms a ticket at once; of those that do not, so many are remembered.
  static constexpr std::size_t kTicketsMax = 65'536;

  explicit Carrier(Options options);
  // NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends the process
  ~Carrier() override;

  void say(const elsewhere::Said& said, SimTime at) override;

  /// Dials for `network`, which outlives what this returns. Once.
  void open(network::Network& network);
  /// Waits until all that was sent is answered, at most for `patience`, then hangs up.
  void close(Nanos patience);
  /// Requires close().
  [[nodiscard]] const LinkFigures& figures() const noexcept { return figures_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Sent {
    elsewhere::Said said;
    SimTime said_at;
    Clock::time_point at;
    bool is_measured;
  };
  /// One connection and what was said on it and is not answered.
  class Wire;
  struct Waiting {
    elsewhere::Said said;
    SimTime at;
  };

  void send_all();
  void send(const Waiting& one);
  [[nodiscard]] Wire& wire_of(const elsewhere::Said& said);
  [[nodiscard]] codec::Frame registration_of(const Register& said, SimTime at);
  [[nodiscard]] codec::Frame confirmation_of(const TicketAck& said, SimTime at);
  [[nodiscard]] std::optional<codec::Frame> frame_of(const elsewhere::Said& said, SimTime at);
  void on_reply(Wire& wire, std::string_view text);
  void note_trouble(std::string_view text);
  void on_news(std::string_view text);
  void on_reach(const Wire& wire, bool is_up);
  void tell(PointId point, const elsewhere::Heard& what);
  void tell(DriverId driver, const elsewhere::Heard& what);
  [[nodiscard]] bool is_all_answered() const;

  const Options options_;
  runtime::IoThread io_;
  network::Network* network_ = nullptr;
  std::optional<Directory> directory_;
  std::optional<ElsewhereNames> names_;
  std::optional<Admissions> admissions_;
  std::optional<codec::Inbound> inbound_;
  std::optional<codec::Outbound> outbound_;
  std::unordered_map<PointId, DriverId> driver_of_;    // whose supply began there last
  std::unordered_map<SessionId, Ticket> unconfirmed_;  // told to drivers here, kTicketsMax at most
  codec::BodyReader reader_;
  codec::JsonText json_;  // reused
  std::vector<std::unique_ptr<Wire>> wires_;
  LinkFigures figures_;
  bool is_closed_ = false;
  std::mutex mutex_;
  std::vector<Waiting> waiting_;  // guarded by mutex_
  std::uint64_t refused_ = 0;     // likewise: beyond kWaitingMax
};

}  // namespace chargemill::app
