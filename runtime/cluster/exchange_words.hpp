// What nodes say to each other below their runners, as bytes and back. FORMAT.md has the grammar.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/cluster/frame.hpp"
#include "runtime/engine/arrival.hpp"
#include "runtime/engine/window_barrier.hpp"

namespace chargemill::runtime {

/// Where it lies in the bytes of a frame, or of a log.
struct ParcelView {
  std::uint64_t stamp = 0;
  ByteView records;
  ByteView whole;  ///< with its header
};
/// The first of `parcels`, which begin behind it then; none: they begin with no whole parcel.
/// Allocates nothing. Any bytes.
[[nodiscard]] std::optional<ParcelView> take_parcel(ByteView& parcels) noexcept;

/// One message of an actor, before anybody knows whether such an actor is here.
struct RecordView {
  std::uint8_t type = 0;  ///< its place among the kinds
  bool is_next = false;   ///< it arrives in the next window
  Entity to = 0, from = 0;
  std::int64_t time_ns = 0;
  ByteView content;
};
/// The first of `records`, likewise.
[[nodiscard]] std::optional<RecordView> take_record(ByteView& records) noexcept;

/// What a node proposes for a meeting.
struct MeetingWord {
  std::uint64_t round = 0;
  WindowProposal proposal{};
};
[[nodiscard]] std::string meeting_text(const MeetingWord& word);
/// None: these are not its bytes. Any bytes.
[[nodiscard]] std::optional<MeetingWord> meeting_from(std::string_view message) noexcept;

/// A node has come to its place: which run it has on record, and from where on it needs what
/// others sent.
struct Greeting {
  Incarnation run{};
  std::uint64_t need = 1;
};
[[nodiscard]] std::string greeting_text(const Greeting& greeting);
/// Likewise.
[[nodiscard]] std::optional<Greeting> greeting_from(std::string_view message) noexcept;

}  // namespace chargemill::runtime
