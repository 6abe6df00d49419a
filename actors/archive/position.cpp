#include "actors/archive/position.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace chargemill::archive {

std::uint64_t Position::records() const noexcept {
  return std::accumulate(last_.begin(), last_.end(), std::uint64_t{0});
}

Position Position::at_most(const Position& other) const {
  CHARGEMILL_ASSERT(journals() == other.journals());
  Position least{last_};
  for (std::size_t j = 0; j < last_.size(); ++j) least.last_[j] = std::min(last_[j], other[j]);
  return least;
}

std::string to_text(const Position& position) {
  std::string text = std::to_string(position[0]);
  for (std::size_t j = 1; j < position.journals(); ++j) text += "." + std::to_string(position[j]);
  return text;
}

std::optional<Position> position_from(std::string_view text) {
  std::vector<Position::Sequence> last;
  const auto* at = text.data();
  const auto* const end = at + text.size();
  while (last.size() < Position::kJournalsMax) {
    Position::Sequence number = 0;
    const auto read = std::from_chars(at, end, number);
    if (read.ec != std::errc{} || number >= runtime::journal::kSequenceMax) return std::nullopt;
    last.push_back(number);
    if (read.ptr == end) return Position{std::move(last)};
    if (*read.ptr != '.') return std::nullopt;
    at = read.ptr + 1;
  }
  return std::nullopt;
}

}  // namespace chargemill::archive
