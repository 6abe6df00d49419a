// What drivers were asked to do by hand, and how that stands.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/driver/by_hand.hpp"

namespace chargemill::network {

/// A request that somebody made for a driver.
struct HandRequest {
  RequestId id{};
  DriverId driver{};
  Trip trip{};
  std::optional<DriverUpdate> last;  ///< none: nobody has decided yet
  SimTime at{};                      ///< of the last update, else of the request
  bool has_timed_out = false;        ///< its driver waits no longer (D-125)
};

/// Keeps the latest requests, and who waits for an answer of a driver.
/// Threads: any. Its lock is on the way of requests by hand and of no other message.
class HandBook final : public driver::HandListener {
 public:
  static constexpr std::size_t kRequestsMax = 4'096;
  /// So many may wait for a driver's answer; an actor gives it within a moment.
  static constexpr std::size_t kErrandsMax = 1'024;

  /// Hears a driver's answer; `asked` only if a new request was taken. On the driver's worker.
  using Done =
      std::function<void(const driver::HandAnswer&, const std::optional<HandRequest>& asked)>;

  /// A number for AskByHand (`trip`) or CancelByHand (none), by which the answer finds `done`.
  /// None: too many wait.
  [[nodiscard]] std::optional<std::uint64_t> begin_errand(const std::optional<Trip>& trip,
                                                          SimTime now, Done done);

  [[nodiscard]] std::optional<HandRequest> find(DriverId driver, RequestId request) const;
  /// Of `driver`, the newest first, at most `limit`.
  [[nodiscard]] std::vector<HandRequest> of(DriverId driver, std::size_t limit) const;

  void on_answer(const driver::HandAnswer& answer) override;
  void on_update(const DriverUpdate& update, SimTime at) override;
  void on_timed_out(RequestId request, SimTime at) override;

 private:
  struct Errand {
    std::optional<Trip> trip;
    SimTime since{};
    Done done;
  };

  void keep(const HandRequest& request);
  [[nodiscard]] HandRequest* known(RequestId request);

  mutable std::mutex mutex_;
  std::uint64_t errands_made_ = 0;                       // guarded by mutex_, as all below
  std::unordered_map<std::uint64_t, Errand> errands_;    // by number
  std::deque<HandRequest> requests_;                     // in order of answers
  std::uint64_t forgotten_ = 0;                          // from the front of requests_
  std::unordered_map<RequestId, std::uint64_t> places_;  // counted with those forgotten
};

}  // namespace chargemill::network
