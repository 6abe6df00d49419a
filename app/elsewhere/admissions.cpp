#include "app/elsewhere/admissions.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

#include "app/directory/plain_text.hpp"

namespace chargemill::app {

void Admissions::note(const elsewhere::Said& said, bool is_taken, std::string_view answer) {
  Standing* const standing = std::visit(
      [this](const auto& e) -> Standing* {
        using What = std::decay_t<decltype(e)>;
        constexpr bool kIsDrivers =
            std::is_same_v<What, ChargeRequest> || std::is_same_v<What, CancelRequest> ||
            std::is_same_v<What, DriverReturned> || std::is_same_v<What, TicketAck>;
        std::vector<Standing>& all = kIsDrivers ? drivers_ : points_;
        std::size_t at = 0;
        if constexpr (kIsDrivers) {
          at = index_of(e.driver);
        } else {
          at = index_of(e.point);
        }
        return at < all.size() ? &all[at] : nullptr;
      },
      said);
  if (standing == nullptr || *standing == kIn) return;
  // Why it is not let in is what it hears when it asks for that; what else it says is declined as
  // a stranger's.
  const bool asks =
      std::holds_alternative<Register>(said) || std::holds_alternative<ChargeRequest>(said);
  if (!is_taken && !asks && *standing >= kFirstReason) return;
  *standing = is_taken ? kIn : reason_of(answer);
}

Admissions::Standing Admissions::reason_of(std::string_view answer) {
  constexpr std::size_t kReasonBytesMax = 200;
  static_assert(kReasonsMax + kFirstReason <= 256);
  std::string reason = plain_text(answer, kReasonBytesMax);
  const auto found = std::find(reasons_.begin(), reasons_.end(), reason);
  auto at = static_cast<std::size_t>(found - reasons_.begin());
  if (found == reasons_.end() && reasons_.size() < kReasonsMax)
    reasons_.push_back(std::move(reason));
  at = std::min(at, reasons_.size() - 1);
  return static_cast<Standing>(kFirstReason + at);
}

LinkFigures::Kept Admissions::kept(const std::vector<Standing>& all, Standing least) const {
  std::array<std::uint64_t, 256> counts{};
  for (const Standing standing : all) ++counts[standing];
  LinkFigures::Kept result;
  std::uint64_t most = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i < least) continue;
    result.of += counts[i];
    if (i == kIn) continue;
    result.out += counts[i];
    if (counts[i] <= most) continue;
    most = counts[i];
    result.reason = i < kFirstReason ? std::string{} : reasons_[i - kFirstReason];
  }
  return result;
}

LinkFigures::Kept Admissions::kept_points() const { return kept(points_, 0); }
LinkFigures::Kept Admissions::kept_drivers() const { return kept(drivers_, kIn); }

}  // namespace chargemill::app
