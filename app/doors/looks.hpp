// The two ways in which the framed door looks at a network: at one point, or at a page of them.
#pragma once

#include <functional>
#include <optional>

#include "actors/central/inspection.hpp"
#include "app/directory/objection.hpp"
#include "app/doors/control_texts.hpp"

namespace chargemill::app {

struct SeenPoint {
  central::PointRecord record;
  bool is_journal_behind = false;  ///< records of its shard wait for room in the journal's queue
  Objection against;               ///< to a supply that would begin now
};

/// Copies the record of one charge point. `then` is called on a worker's thread, or, if nobody can
/// show it, `lost` on any.
class PointLook final : public central::Inspection {
 public:
  using Then = std::function<void(const SeenPoint&, SimTime at)>;
  PointLook(PointId point, Then then, std::function<void()> lost)
      : point_(point), then_(std::move(then)), lost_(std::move(lost)) {
    seen_.record.id =
        point;  // one that has just joined may not be there yet: nobody has heard of it
  }

  std::uint32_t look(const central::ShardState& shard, SimTime now, std::uint32_t from) override;
  void finish(SimTime now) override;
  void abandon(SimTime /*now*/) override { lost_(); }

 private:
  const PointId point_;
  const Then then_;
  const std::function<void()> lost_;
  SeenPoint seen_;
};

/// Collects the points from `first` on that are wanted, until a page is full.
class PageLook final : public central::Inspection {
 public:
  struct Wanted {
    PointId first{};
    bool only_free = false;
    std::optional<ZoneId> zone;  ///< with only_free
    std::size_t most = control_texts::kListedMax;
  };
  using Then = std::function<void(control_texts::Page)>;
  PageLook(const Wanted& wanted, Then then) : wanted_(wanted), then_(std::move(then)) {}

  std::uint32_t look(const central::ShardState& shard, SimTime now, std::uint32_t from) override;
  void finish(SimTime now) override;

 private:
  [[nodiscard]] bool is_wanted(const central::ShardState& shard,
                               const central::PointRecord& point) const;

  const Wanted wanted_;
  const Then then_;
  control_texts::Page page_;
};

}  // namespace chargemill::app
