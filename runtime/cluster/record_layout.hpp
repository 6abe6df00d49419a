// The bytes of messages between actors of two nodes, inside the frames that carry them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chargemill::runtime {

/// A parcel: what one worker hands over at a time. FORMAT.md.
///
///     0            8                     12
///     | stamp:64   | records_bytes:32    | record ... |
///
/// `stamp`: in virtual time the number of the meeting before which it was sent; in real time the
/// sender's model time in ns.
struct ParcelLayout {
  static constexpr std::size_t kStampAt = 0;
  static constexpr std::size_t kBytesAt = 8;
  static constexpr std::size_t kHeaderBytes = 12;
};

///     0        1          2       6         10            18
///     | kind:8 | length:8 | to:32 | from:32 | time_ns:64  | content ... |
///
/// `kind`: the place of the type in the list that both nodes have; the highest bit says that the
/// message arrives in the next window. `time_ns`: when it arrives, in virtual time.
struct RecordLayout {
  static constexpr std::uint8_t kIsNext = 0x80;
  static constexpr std::size_t kKindAt = 0;
  static constexpr std::size_t kLengthAt = 1;
  static constexpr std::size_t kToAt = 2;
  static constexpr std::size_t kFromAt = 6;
  static constexpr std::size_t kTimeAt = 10;
  static constexpr std::size_t kHeaderBytes = 18;
};

/// The first byte of what runners say to each other: their words follow.
inline constexpr char kRunnersWord = 1;
/// The same, of which the receiver may drop all but the head where it has too much of such: the
/// second byte is the length of the head.
inline constexpr char kRunnersBulk = 5;

/// The first byte of what a node says before it leaves because it cannot go on: why, for people.
inline constexpr char kFarewell = 3;
/// Likewise, where it has the reason from another node: the text names that one already.
inline constexpr char kHearsay = 4;

/// What nodes agree on before a window: a control message of its own.
///
///     0        1          9             17          25         33        34
///     | what:8 | round:64 | earliest:64 | limit:64  | orders:64| flags:8 |
struct MeetingLayout {
  static constexpr std::uint8_t kWhat = 0;
  static constexpr std::size_t kRoundAt = 1;
  static constexpr std::size_t kEarliestAt = 9;
  static constexpr std::size_t kLimitAt = 17;
  static constexpr std::size_t kOrdersAt = 25;
  static constexpr std::size_t kFlagsAt = 33;
  static constexpr std::size_t kBytes = 34;
  static constexpr std::uint8_t kTimers = 1;
  static constexpr std::uint8_t kStop = 2;
};

/// What nodes that may return say first to each other: a control message of its own.
///
///     0        1        5         13
///     | what:8 | run:32 | need:64 |
struct GreetingLayout {
  static constexpr std::uint8_t kWhat = 2;
  static constexpr std::size_t kRunAt = 1;
  static constexpr std::size_t kNeedAt = 5;
  static constexpr std::size_t kBytes = 13;
};

}  // namespace chargemill::runtime
