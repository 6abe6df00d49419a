// Records to the bytes of a journal and back (FORMAT.md).
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "actors/archive/records.hpp"
#include "runtime/journal/record.hpp"

namespace chargemill::archive {

/// What people call the point (of RunBegan: the scenario; of RequestNamed: the request, and no
/// driver) and the driver of a record. Empty where a record has none. Longer ones are cut.
struct Names {
  std::string_view point;
  std::string_view driver;
};
inline constexpr std::size_t kNameBytesMax = 48;
/// Of a request's name.
inline constexpr std::size_t kRequestNameBytesMax = 128;

/// Workers write side by side, and a commit takes the records of one after those of another: of two
/// records that are so far apart in the journal, the later one is not older. Those of one point
/// come from one worker, in order.
inline constexpr runtime::journal::Sequence kDisorderMax = 65'536;

/// Model time zero as seconds since 1970: a journal's times are UTC, whichever run wrote them.
using Origin = std::chrono::seconds;

/// Writes records one at a time.
/// Threads: one.
class Encoder {
 public:
  explicit Encoder(Origin origin) noexcept : origin_(origin) {}

  /// `record` as a journal takes it, with its posting keys; valid until the next call.
  [[nodiscard]] const runtime::journal::Record& encode(const Record& record, const Names& names);

 private:
  Origin origin_;
  std::array<char, runtime::journal::kPayloadBytesMax> payload_{};
  runtime::journal::Record written_;
};

/// A record that was read; the names are views of the journal's bytes.
struct Found {
  Record record;
  Names names;
  runtime::journal::Micros time{};        ///< UTC
  runtime::journal::Sequence sequence{};  ///< rising; an id for people
};

/// Empty for a kind or a version that is not known, and for bytes that are no record: a journal may
/// hold what a later version wrote. Model times count from `origin`.
[[nodiscard]] std::optional<Found> decode(const runtime::journal::Record& record,
                                          Origin origin = Origin{0});

}  // namespace chargemill::archive
