// The other nodes, as those who run one know them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/base/units.hpp"
#include "runtime/cluster/links.hpp"
#include "runtime/engine/coordinator.hpp"
#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::runtime {

/// Exchange, where each is described; or what lies between nodes that are all in one test. All that
/// takes time between nodes is asked of this, and so is the time: whoever leads or follows is the
/// same program there. Threads: as of Exchange.
class Peers {
 public:
  using Clock = std::chrono::steady_clock;

  /// What another node's runner says.
  struct Message {
    unsigned node = 0;
    std::string text;
    bool is_recalled = false;   ///< from the log of a former life: nobody waits for an answer
    bool has_returned = false;  ///< nothing is said; whatever was asked there must be asked again
    /// Nothing is said: `text` is the state that this node goes on from. Loaded, it is obeyed().
    bool is_state = false;
    bool is_bulk = false;  ///< told by tell_bulk()
  };
  /// What this node is, as bytes.
  using Save = std::function<Result<std::vector<std::byte>>()>;

  Peers() = default;
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;
  virtual ~Peers() = default;

  // ---- who they are
  [[nodiscard]] virtual unsigned nodes() const noexcept = 0;
  [[nodiscard]] virtual unsigned self() const noexcept = 0;
  /// For people.
  [[nodiscard]] virtual std::string name_of(unsigned node) const = 0;
  [[nodiscard]] virtual Incarnation incarnation() const noexcept = 0;
  [[nodiscard]] virtual PeerState state_of(unsigned node) const noexcept = 0;
  /// A node that is silent for so long is lost.
  [[nodiscard]] virtual Nanos lost_after() const noexcept = 0;
  /// That node has heard this one.
  [[nodiscard]] virtual bool is_heard_by(unsigned node) const noexcept = 0;
  [[nodiscard]] virtual bool is_given_up(unsigned node) const noexcept = 0;
  virtual void give_up(unsigned node) = 0;
  [[nodiscard]] virtual bool let_in(unsigned node, const NodeEndpoints& where) = 0;

  // ---- what is said
  virtual void tell(unsigned node, std::string_view text) = 0;
  virtual void tell_bulk(unsigned node, std::string_view text, std::uint8_t head) = 0;
  [[nodiscard]] virtual std::optional<Message> receive(Nanos patience) = 0;
  [[nodiscard]] virtual std::string failure() const = 0;
  virtual void abandon(const std::string& why) = 0;
  virtual void call_off(const std::string& why) = 0;
  virtual void outlive_losses() noexcept = 0;
  virtual void expect_leaving() noexcept = 0;

  // ---- time, which passes while somebody waits
  [[nodiscard]] virtual Clock::time_point now() const noexcept = 0;
  virtual void pause(Nanos time) = 0;

  // ---- messages of actors
  /// What an engine among these has to know; the rest stays as it is.
  virtual void set_up(EngineOptions& options) = 0;
  virtual void attach(Coordinator& engine) = 0;
  virtual void detach() = 0;
  virtual void hold_arrivals(const std::function<void()>& f) = 0;
  virtual void hold(const std::vector<Entity>& actors) = 0;
  virtual void release() = 0;
  [[nodiscard]] virtual std::uint64_t sent_to(unsigned node) const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t received_from(unsigned node) const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t sent() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t received() const noexcept = 0;
  virtual void note_strays(std::uint64_t count) noexcept = 0;
  [[nodiscard]] virtual std::uint64_t strays() const noexcept = 0;
  [[nodiscard]] virtual LatencyHistogram transit() const = 0;

  // ---- nodes that return, where they may
  [[nodiscard]] virtual bool may_return() const noexcept { return false; }
  virtual void note(std::string_view /*text*/) {}
  // NOLINTNEXTLINE(performance-unnecessary-value-param): for whoever keeps it
  virtual void save_by(Save /*save*/) {}
  [[nodiscard]] virtual std::unique_lock<std::mutex> hold_saving() { return {}; }
  virtual void obeyed() {}
  virtual void forget() {}
};

}  // namespace chargemill::runtime
