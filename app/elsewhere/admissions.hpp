// Whom a central elsewhere has let in, and what it said to the others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/elsewhere/link.hpp"
#include "app/simulation/link_figures.hpp"

namespace chargemill::app {

/// Whoever has said something that was taken is let in, for good. Threads: one.
class Admissions {
 public:
  /// So many reasons are told apart; what else is said counts as the last one.
  static constexpr std::size_t kReasonsMax = 64;

  Admissions(std::size_t points, std::size_t drivers) : points_(points), drivers_(drivers) {}

  /// Central has answered one of them.
  void note(const elsewhere::Said& said, bool is_taken, std::string_view answer);
  /// Every charge point wants to be let in.
  [[nodiscard]] LinkFigures::Kept kept_points() const;
  /// Drivers only once they ask for something.
  [[nodiscard]] LinkFigures::Kept kept_drivers() const;

 private:
  /// 0: central has not answered; 1: it has let it in; else the number of its reason.
  using Standing = std::uint8_t;
  static constexpr Standing kIn = 1;
  static constexpr Standing kFirstReason = 2;

  [[nodiscard]] Standing reason_of(std::string_view answer);
  [[nodiscard]] LinkFigures::Kept kept(const std::vector<Standing>& all, Standing least) const;

  std::vector<Standing> points_;   // by PointId
  std::vector<Standing> drivers_;  // by DriverId
  std::vector<std::string> reasons_;
};

}  // namespace chargemill::app
