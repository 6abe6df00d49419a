// What a node of a seeded run has in place of its links: what it says goes to whoever plays the
// run, who carries it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/network/letter_kinds.hpp"
#include "runtime/agreement/machine_time.hpp"
#include "runtime/cluster/held_mail.hpp"
#include "runtime/cluster/peers.hpp"
#include "runtime/engine/engine_options.hpp"
#include "runtime/engine/frontier.hpp"
#include "runtime/engine/parking.hpp"

namespace chargemill::test {

/// What one node says to another one: a word of its runner, or a message for an actor.
struct Post {
  runtime::Entity to = 0;  // 0: for the runner
  std::uint8_t kind = 0;
  bool is_bulk = false;
  std::string content;
};

/// The code of an Exchange that is not about links is here once more, in its plainest form. One
/// thread at a time.
class SeededPeers final : public runtime::Peers, public runtime::Frontier {
 public:
  struct Around {
    std::vector<std::string> names;  // by number
    unsigned self = 0;
    std::function<runtime::agreement::MachineTime()> now;
    std::function<void(Nanos)> wait;  // so long at most, or until notice()
    std::function<void()> notice;     // there is something that this node may wait for
    std::function<void(unsigned to, Post)> carry;
    std::function<bool()> may_act;
    std::function<bool(unsigned)> hears;  // that node, just now
    std::function<void(unsigned)> give_up;
  };
  explicit SeededPeers(Around around)
      : around_(std::move(around)),
        kinds_(network::letter_kinds()),
        of_(around_.names.size()),
        held_(std::size_t{1} << 22U) {}

  /// What has come from another node.
  void hear(unsigned from, const Post& post) {
    if (of_[from].is_given_up) return;
    if (post.to == 0) {
      Message message;
      message.node = from;
      message.text = post.content;
      message.is_bulk = post.is_bulk;
      inbox_.push_back(std::move(message));
      return around_.notice();
    }
    ++of_[from].received;
    if (engine_ == nullptr) return;
    const auto place = engine_->resident(post.to);
    if (place == nullptr) {
      ++strays_;
      return;
    }
    const runtime::ByteView bytes{reinterpret_cast<const std::byte*>(post.content.data()),
                                  post.content.size()};
    auto* const packet = kinds_[post.kind].read_packet(bytes);
    if (packet == nullptr) throw std::runtime_error{"what no actor says"};
    engine_->deliver(place, packet);
  }
  /// Somebody else is in that place now, whom nobody has given up.
  void let_back_in(unsigned node) { of_[node] = {}; }
  [[nodiscard]] runtime::Coordinator* engine() const noexcept { return engine_; }
  [[nodiscard]] bool is_holding() const noexcept { return held_.is_holding(); }

  // Peers
  [[nodiscard]] unsigned nodes() const noexcept override {
    return static_cast<unsigned>(of_.size());
  }
  [[nodiscard]] unsigned self() const noexcept override { return around_.self; }
  [[nodiscard]] std::string name_of(unsigned node) const override { return around_.names[node]; }
  [[nodiscard]] runtime::Incarnation incarnation() const noexcept override {
    return runtime::Incarnation{1};
  }
  [[nodiscard]] Nanos lost_after() const noexcept override { return std::chrono::seconds{15}; }
  [[nodiscard]] runtime::PeerState state_of(unsigned node) const noexcept override {
    auto& heard = of_[node].heard;
    if (around_.hears(node)) heard = now();
    return now() - heard > runtime::LinksOptions{}.suspect_after ? runtime::PeerState::suspect
                                                                 : runtime::PeerState::alive;
  }
  [[nodiscard]] bool is_heard_by(unsigned) const noexcept override { return true; }
  [[nodiscard]] bool is_given_up(unsigned node) const noexcept override {
    return of_[node].is_given_up;
  }
  void give_up(unsigned node) override {
    of_[node].is_given_up = true;
    std::deque<Message> others;
    for (auto& message : inbox_) {
      if (message.node != node) others.push_back(std::move(message));
    }
    inbox_ = std::move(others);
    around_.give_up(node);
  }
  [[nodiscard]] bool let_in(unsigned, const runtime::NodeEndpoints&) override { return false; }

  void tell(unsigned node, std::string_view text) override { say(node, text, false); }
  void tell_bulk(unsigned node, std::string_view text, std::uint8_t) override {
    say(node, text, true);
  }
  [[nodiscard]] std::optional<Message> receive(Nanos patience) override {
    const auto until = now() + patience;
    while (inbox_.empty() && failure().empty() && now() < until) around_.wait(until - now());
    if (inbox_.empty()) return std::nullopt;
    Message message = std::move(inbox_.front());
    inbox_.pop_front();
    return message;
  }
  [[nodiscard]] std::string failure() const override {
    if (failure_.empty() && !around_.may_act()) return "it has lost its place";
    return failure_;
  }
  void abandon(const std::string& why) override {
    if (failure_.empty()) failure_ = why;
  }
  void call_off(const std::string& why) override { abandon(why); }
  void outlive_losses() noexcept override {}
  void expect_leaving() noexcept override {}

  [[nodiscard]] Clock::time_point now() const noexcept override {
    return Clock::time_point{around_.now().time_since_epoch()};
  }
  // Whoever looks often looks as often as a busy machine lets it.
  void pause(Nanos time) override {
    constexpr Nanos kLeast = std::chrono::milliseconds{5};
    const auto until = now() + std::max(time, kLeast);
    while (now() < until) around_.wait(until - now());
  }

  void set_up(runtime::EngineOptions& options) override {
    options.nodes = nodes();
    options.node = self();
    options.frontier = this;
    options.pacing = runtime::Pacing::by_hand;
  }
  void attach(runtime::Coordinator& engine) override { engine_ = &engine; }
  void detach() override { engine_ = nullptr; }
  void hold_arrivals(const std::function<void()>& f) override { f(); }
  void hold(const std::vector<runtime::Entity>& actors) override { held_.hold(actors); }
  void release() override {
    runtime::Coordinator::Parking parking{*engine_};
    (void)held_.release([&](const runtime::MailBag::Item& item) {
      const runtime::Address place = engine_->resident(item.entity());
      if (place == nullptr) return send_on(engine_->node_of(item.entity()), item);
      auto* const packet = static_cast<runtime::PacketBase*>(
          runtime::kind_of(item.letter.tag).unpack(item.letter.content()));
      parking.deliver(place, packet);
    });
  }
  [[nodiscard]] std::uint64_t sent_to(unsigned node) const noexcept override {
    return of_[node].sent;
  }
  [[nodiscard]] std::uint64_t received_from(unsigned node) const noexcept override {
    return of_[node].received;
  }
  [[nodiscard]] std::uint64_t sent() const noexcept override { return sum(&Of::sent); }
  [[nodiscard]] std::uint64_t received() const noexcept override { return sum(&Of::received); }
  void note_strays(std::uint64_t count) noexcept override { strays_ += count; }
  [[nodiscard]] std::uint64_t strays() const noexcept override { return strays_; }
  [[nodiscard]] runtime::LatencyHistogram transit() const override { return {}; }

  // Frontier
  void send(unsigned node, runtime::MailBag& bag) override {
    for (const auto& item : bag) {
      if (held_.is_holding() && held_.holds(item.entity())) {
        (void)held_.keep(item);
      } else {
        send_on(node, item);
      }
    }
  }
  void send(unsigned, const std::vector<runtime::Arrival>&,
            const std::vector<runtime::Arrival>&) override {}
  runtime::WindowGrant agree(const runtime::WindowGrant& here) override { return here; }
  Arrived& arrived(unsigned) override { return nothing_; }

 private:
  /// Of one other node.
  struct Of {
    std::uint64_t sent = 0, received = 0;
    bool is_given_up = false;
    Clock::time_point heard;
  };

  void say(unsigned node, std::string_view text, bool is_bulk) {
    if (of_[node].is_given_up || !around_.may_act()) return;
    Post post;
    post.is_bulk = is_bulk;
    post.content = text;
    around_.carry(node, std::move(post));
  }
  void send_on(unsigned node, const runtime::MailBag::Item& item) {
    if (of_[node].is_given_up) {
      ++strays_;
      return;
    }
    ++of_[node].sent;
    Post post;
    post.to = item.entity();
    while (kinds_[post.kind].tag != item.letter.tag) ++post.kind;
    std::byte bytes[runtime::kContentBytesMax];
    const std::size_t size = kinds_[post.kind].write(item.letter.content(), bytes);
    post.content.assign(reinterpret_cast<const char*>(bytes), size);
    around_.carry(node, std::move(post));
  }
  [[nodiscard]] std::uint64_t sum(std::uint64_t Of::*which) const noexcept {
    std::uint64_t all = 0;
    for (const Of& one : of_) all += one.is_given_up ? 0 : one.*which;
    return all;
  }

  const Around around_;
  const std::vector<runtime::LetterKind> kinds_;
  mutable std::vector<Of> of_;  // by number
  runtime::HeldMail held_;
  runtime::Coordinator* engine_ = nullptr;
  std::deque<Message> inbox_;
  std::string failure_;
  std::uint64_t strays_ = 0;
  Arrived nothing_;
};

}  // namespace chargemill::test
