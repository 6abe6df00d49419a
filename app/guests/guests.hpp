// Charge points, monitors and drivers that are other programs: who speaks on which connection.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "actors/codec/inbound.hpp"
#include "actors/codec/outbound.hpp"
#include "actors/network/desk.hpp"
#include "app/directory/directory.hpp"
#include "runtime/net/frame_service.hpp"
#include "runtime/net/poster.hpp"

namespace chargemill::app {

/// Takes their messages, one JSON object each, and brings them what central says, on the connection
/// on which they spoke last. One connection may carry any number of participants, and a participant
/// that speaks on another one has moved there. With its connection a participant is gone: it is
/// heard no more, and comes back with its next message.
///
/// Threads: the IoThread, except tell(). All that is passed to it outlives the IoThread, as this
/// does.
class Guests final : public outside::Line {
 public:
  /// What waits for the IoThread; more is lost, and counted.
  static constexpr std::size_t kWaitingMax = 1U << 18U;

  /// What cannot be read, and what charge points nobody knows say, is told to `trouble`, one line
  /// in `kTellEvery` (D-009).
  static constexpr Nanos kTellEvery = std::chrono::seconds{1};

  /// Of the names that a driver gives to its request and asks for.
  static constexpr std::size_t kNameBytesMax = 128;

  Guests(network::Desk& desk, Directory& names, codec::UtcTime run_start,
         std::shared_ptr<runtime::Poster> poster, std::function<void(std::string)> trouble = {});

  /// Whether `text` is for take().
  [[nodiscard]] static bool is_theirs(std::string_view text) noexcept {
    return !text.empty() && text.front() == '{';
  }
  /// Every message of a guest comes through here. The reply to it: ACK with its type, or NACK.
  [[nodiscard]] std::string take(const std::shared_ptr<runtime::FrameLink>& from,
                                 std::string_view text);
  /// Of the message that was taken last: at whose shard it is recorded, if who said it relies on
  /// that (D-102, D-117, D-083).
  [[nodiscard]] std::optional<PointId> recorded_at() const noexcept { return recorded_at_; }
  /// Whether it reaches that shard by way of its charge point's seat.
  [[nodiscard]] bool is_relayed() const noexcept { return is_relayed_; }
  void on_closed(const runtime::FrameLink& link);

  void tell(const outside::News& news, SimTime at) override;  ///< any thread
  /// Messages that could not be read, or were about no charge point of ours.
  [[nodiscard]] std::uint64_t unread() const noexcept { return unread_; }
  [[nodiscard]] std::uint64_t lost() const noexcept {
    return lost_.load(std::memory_order_relaxed);  // relaxed: a counter; orders nothing
  }
  /// Participants, each once for every open connection on which it has ever spoken.
  [[nodiscard]] std::size_t remembered() const noexcept {
    std::size_t sum = 0;
    for (const auto& [link, parts] : parts_) sum += parts.size();
    return sum;
  }

 private:
  using Link = std::shared_ptr<runtime::FrameLink>;
  /// Why a message was not taken; empty: it was.
  using Answer = std::string;
  template <class T>
  using OrWhy = tl::expected<T, std::string>;

  /// The connection on which somebody speaks.
  struct Seat {
    std::weak_ptr<runtime::FrameLink> link;
    const runtime::FrameLink* key = nullptr;  // compared only
    bool is_registered = false;               // a monitor: through this door
  };
  /// What a driver outside calls its request, and how that stands.
  struct Request {
    std::string name;
    std::string point;  ///< as it was asked for; empty: by an earlier run
    RequestId id = RequestId::none;
    PointId where = kUnknownPoint;
    bool is_over = false;
    bool has_update = false;
    DriverUpdate update{};  ///< the latest
    SimTime at{};
  };
  struct Issued {
    SessionId session = SessionId::none;
    bool is_correction = false;
    Energy delivered;
    std::optional<Energy> corrected;  ///< what its first ticket had said, if that was told here

    /// Whether a confirmation of so much is one of the correction, not of the ticket before it.
    [[nodiscard]] bool is_confirmed_by(Energy said) const;
  };
  static constexpr std::size_t kRemembered = 8;
  static constexpr std::size_t kLeftMax = 1'024;
  struct DriverSeat : Seat {
    std::array<Request, kRemembered> requests;  // a ring
    std::array<Issued, kRemembered> tickets;    // likewise
    std::size_t requests_made = 0;
    std::size_t tickets_issued = 0;
    /// Hashes of the names of requests that have left the ring: none of them begins again (D-054),
    /// as long as the driver's connection lives. A program that starts anew may count from 1 again.
    std::vector<std::uint64_t> left;
    std::size_t requests_left = 0;

    [[nodiscard]] Request* current() {
      return requests_made == 0 ? nullptr : &requests[(requests_made - 1) % kRemembered];
    }
    [[nodiscard]] Request* find(std::string_view name);
    void leave(std::string_view name);
    void forget_left();
    [[nodiscard]] bool has_left(std::string_view name) const;
  };
  enum class Role : std::uint8_t { engine, monitor, driver };
  struct Part {
    Role role;
    std::uint32_t index;
  };
  [[nodiscard]] static std::uint64_t key_of(Part part) noexcept {
    return std::uint64_t{static_cast<std::uint8_t>(part.role)} << 32U | part.index;
  }
  [[nodiscard]] static Part part_of(std::uint64_t key) noexcept {
    return {static_cast<Role>(key >> 32U), static_cast<std::uint32_t>(key)};
  }
  struct Waiting {
    outside::News news;
    SimTime at;
  };

  [[nodiscard]] Answer on(const Link& from, const codec::CPStatus& body);
  [[nodiscard]] Answer on(const Link& from, const codec::CPTelemetry& body);
  [[nodiscard]] Answer on_end(const Link& from, const codec::CPSessionTicket& body);
  [[nodiscard]] Answer on(const Link& from, const codec::CPRegistration& body);
  [[nodiscard]] Answer on(const Link& from, const codec::CPHealth& body);
  [[nodiscard]] Answer on(const Link& from, const codec::CPHeartbeat& body);
  [[nodiscard]] Answer on_request(const Link& from, const codec::DriverRequest& body);
  [[nodiscard]] Answer on_cancel(const Link& from, const codec::DriverRequest& body);
  [[nodiscard]] Answer on_confirmed(const Link& from, const codec::CPSessionTicket& body);
  [[nodiscard]] Answer on(const Link& from, const codec::DriverReturn& body);
  [[nodiscard]] Answer on_frame(const Link& from, const codec::Frame& frame);

  [[nodiscard]] OrWhy<PointId> engine(const Link& from, std::string_view name);
  [[nodiscard]] OrWhy<PointId> monitor(const Link& from, std::string_view name);
  [[nodiscard]] OrWhy<DriverId> driver(const Link& from, std::string_view name);
  /// True: it was somewhere else, or nowhere.
  [[nodiscard]] bool move(Seat& seat, const Link& to, Part part);
  /// Whoever speaks for the first time in this run has its requests of the runs before.
  void take_back(DriverSeat& seat, DriverId id);
  /// Asks central how such a request stands, unless that is known for good.
  void ask_again(const Request& request, DriverId id);

  [[nodiscard]] bool has_to_tell();
  void tell_trouble(std::optional<codec::Channel> channel, std::string_view why);
  void deliver();
  void deliver(const outside::OrderFor& order, SimTime at);
  void deliver(const DriverUpdate& update, SimTime at);
  void deliver(const Ticket& ticket, SimTime at);
  void push_update(DriverSeat& seat, const Request* request, const DriverUpdate& update,
                   SimTime at);
  void push(const Seat& seat, const codec::Frame& frame);

  network::Desk& desk_;
  Directory& names_;
  const codec::UtcTime run_start_;
  const std::shared_ptr<runtime::Poster> poster_;
  const std::function<void(std::string)> trouble_;
  std::uint64_t unread_ = 0, untold_ = 0;
  std::optional<PointId> recorded_at_;
  bool is_relayed_ = false;
  std::chrono::steady_clock::time_point tell_at_{};
  codec::BodyReader reader_;
  codec::Inbound inbound_;
  codec::Outbound outbound_;
  codec::JsonText json_;  // reused
  std::unordered_map<PointId, Seat> engines_;
  std::unordered_map<PointId, Seat> monitors_;
  std::unordered_map<DriverId, DriverSeat> drivers_;
  /// As key_of() has them; some may have moved on.
  std::unordered_map<const runtime::FrameLink*, std::unordered_set<std::uint64_t>> parts_;
  std::mutex mutex_;
  std::vector<Waiting> waiting_;        // guarded by mutex_
  std::atomic<std::uint64_t> lost_{0};  // written under mutex_
};

}  // namespace chargemill::app
