// How far somebody has read what is being recorded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/assert.hpp"
#include "runtime/journal/record.hpp"

namespace chargemill::archive {

/// The number of the last record that was read, of each journal of a set; 0: none.
class Position {
 public:
  using Sequence = runtime::journal::Sequence;
  /// As many nodes as a network has at most.
  static constexpr std::size_t kJournalsMax = 32;

  /// In one journal.
  explicit Position(Sequence only = 0) : last_{only} {}
  /// In several. Requires at least one.
  explicit Position(std::vector<Sequence> last) : last_(std::move(last)) {
    CHARGEMILL_ASSERT(!last_.empty());
  }

  [[nodiscard]] std::size_t journals() const noexcept { return last_.size(); }
  [[nodiscard]] Sequence operator[](std::size_t journal) const { return last_[journal]; }
  void set(std::size_t journal, Sequence last) { last_[journal] = last; }
  /// How many records lie before it.
  [[nodiscard]] std::uint64_t records() const noexcept;
  /// No further than `other`, which has as many journals.
  [[nodiscard]] Position at_most(const Position& other) const;

 private:
  std::vector<Sequence> last_;
};

/// `12`; of several journals `12.5.9`.
[[nodiscard]] std::string to_text(const Position& position);
/// None: it is no such text.
[[nodiscard]] std::optional<Position> position_from(std::string_view text);

}  // namespace chargemill::archive
