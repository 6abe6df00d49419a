// Carries out the commands of the framed door; what is JSON is a guest's.
#pragma once

#include "actors/control/operator_command.hpp"
#include "app/doors/disk_barrier.hpp"
#include "app/doors/door.hpp"
#include "app/doors/frame_access.hpp"
#include "app/doors/inspector.hpp"
#include "app/doors/looks.hpp"
#include "app/guests/guests.hpp"
#include "runtime/net/frame_service.hpp"

namespace chargemill::app {

/// What a command says about the network it asks a shard, and answers when that has; what it
/// changes it hands to the desk, and answers when central has passed it on: who asks afterwards
/// sees it. Threads: the IoThread. `host` outlives the IoThread, as this does.
class ControlService final : public runtime::FrameService {
 public:
  /// `payload_bytes`: what one reply has at most.
  ControlService(const DoorHost& host, std::shared_ptr<const runtime::AccessTokens> tokens,
                 std::size_t payload_bytes)
      : host_(host),
        listed_max_(control_texts::listed_max(payload_bytes)),
        access_(std::move(tokens)),
        inspector_(host.desk),
        barrier_(host.io.context(), host.facts.own_journal),
        poster_(host.io.poster()),
        guests_(host.desk, host.directory, {host.scenario.run.start_unix_s * 1'000'000}, poster_,
                [&host](std::string text) { host.news.add(std::move(text)); }) {}

  void on_message(const std::shared_ptr<runtime::FrameLink>& from, std::string_view text,
                  runtime::MessageNumber number) override;
  [[nodiscard]] const Guests& guests() const noexcept { return guests_; }
  void on_closed(const runtime::FrameLink& link) override {
    access_.forget(link);
    guests_.on_closed(link);
  }

 private:
  using Command = control::OperatorCommand;
  /// Whom an answer is for, however late it comes. Threads: sent to others, used on the IoThread.
  struct Client {
    std::weak_ptr<runtime::FrameLink> link;
    runtime::MessageNumber number;

    void hear(std::string_view text) const {
      if (const auto there = link.lock()) there->reply(number, text);
    }
  };

  /// The answer to a message in JSON, for one who may, if it is known at once.
  [[nodiscard]] std::optional<std::string> take_part(
      const std::shared_ptr<runtime::FrameLink>& from, std::string_view text,
      runtime::MessageNumber number);
  /// The answer to a command, if it is known at once, for one who may.
  [[nodiscard]] std::optional<std::string> obey(const std::shared_ptr<runtime::FrameLink>& from,
                                                std::string_view text,
                                                runtime::MessageNumber number);
  /// The answer, if it is known at once.
  [[nodiscard]] std::optional<std::string> answer(const Client& client, const Command& command);
  [[nodiscard]] std::optional<std::string> answer_of_point(const Client& client,
                                                           const Command& command, PointId point);
  [[nodiscard]] std::optional<std::string> list(const Client& client, const Command& command);
  [[nodiscard]] std::optional<std::string> change(const Client& client, const Command& command,
                                                  PointId point);
  /// Begins a supply there, if one can begin (D-106).
  [[nodiscard]] std::optional<std::string> start(const Client& client, const Command& command,
                                                 PointId point);
  void give_order(const Command& command, PointId point);
  [[nodiscard]] std::optional<std::string> add_point(const Client& client, const Command& command);
  [[nodiscard]] std::string add_driver(const Command& command);

  /// Says so once the shard of the point has heard what was said before, and its records are on
  /// disk. `is_relayed`: what was said goes to the shard by way of the point's seat.
  void confirm(const Client& client, PointId point, const std::string& said,
               bool is_relayed = false) {
    confirm(client, point, said, is_relayed, DiskBarrier::Clock::now() + DiskBarrier::kPatience);
  }
  void confirm(const Client& client, PointId point, const std::string& said, bool is_relayed,
               DiskBarrier::Clock::time_point until);
  using Seen = std::function<void(const Client&, const SeenPoint&, SimTime at)>;
  /// Looks at the point and lets `then` answer, on the IoThread. `refused`: what is said if it is
  /// not taken, or nobody can show it.
  void look_at(const Client& client, PointId point, Seen then,
               std::string refused = std::string{control_texts::kBusy},
               bool is_behind_point = false);
  void tell_stats(const Client& client, const central::PointRecord& point);

  const DoorHost& host_;
  const std::size_t listed_max_;
  FrameAccess access_;
  Inspector inspector_;
  DiskBarrier barrier_;
  const std::shared_ptr<runtime::Poster> poster_;
  Guests guests_;
};

}  // namespace chargemill::app
