#include "runtime/cluster/frame.hpp"

#include "runtime/base/assert.hpp"
#include "runtime/base/crc32c.hpp"

namespace chargemill::runtime {
namespace {

using Layout = FrameLayout;

std::uint32_t crc_of(const std::byte* frame, std::size_t body_bytes) noexcept {
  return crc32c(frame + Layout::kHeaderBytes, body_bytes, crc32c(frame, Layout::kCrcAt));
}

constexpr bool is_known(FrameType type) noexcept {
  return type >= FrameType::beat && type <= FrameType::control;
}

}  // namespace

void seal_frame(std::byte* frame, const FrameHead& head, std::size_t body_bytes) noexcept {
  CHARGEMILL_ASSERT(body_bytes <= Layout::kBodyBytesMax);
  CHARGEMILL_ASSERT((head.type == FrameType::beat) == (head.sequence == 0));
  store_at(frame + Layout::kMagicAt, Layout::kMagic);
  store_at(frame + Layout::kVersionAt, Layout::kVersion);
  store_at(frame + Layout::kTypeAt, head.type);
  store_at(frame + Layout::kLengthAt, static_cast<std::uint32_t>(body_bytes));
  store_at(frame + Layout::kNodeAt, head.node);
  store_at(frame + Layout::kZeroAt, std::uint16_t{0});
  store_at(frame + Layout::kIncarnationAt, head.incarnation);
  store_at(frame + Layout::kEpochAt, head.epoch);
  store_at(frame + Layout::kSequenceAt, head.sequence);
  store_at(frame + Layout::kCrcAt, crc_of(frame, body_bytes));
}

tl::expected<Frame, FrameDefect> read_frame(ByteView bytes) noexcept {
  const auto refuse = [](FrameDefect why) { return tl::unexpected<FrameDefect>(why); };
  if (bytes.size < Layout::kHeaderBytes) return refuse(FrameDefect::truncated);
  const std::byte* const at = bytes.data;
  if (load_at<std::uint16_t>(at + Layout::kMagicAt) != Layout::kMagic)
    return refuse(FrameDefect::magic);
  if (load_at<std::uint8_t>(at + Layout::kVersionAt) != Layout::kVersion)
    return refuse(FrameDefect::version);
  const auto length = load_at<std::uint32_t>(at + Layout::kLengthAt);
  if (length > Layout::kBodyBytesMax || bytes.size - Layout::kHeaderBytes != length)
    return refuse(FrameDefect::length);
  if (load_at<std::uint16_t>(at + Layout::kZeroAt) != 0) return refuse(FrameDefect::padding);
  Frame frame;
  frame.head.type = load_at<FrameType>(at + Layout::kTypeAt);
  frame.head.sequence = load_at<std::uint64_t>(at + Layout::kSequenceAt);
  if (!is_known(frame.head.type) ||
      (frame.head.type == FrameType::beat) != (frame.head.sequence == 0))
    return refuse(FrameDefect::type);
  if (load_at<std::uint32_t>(at + Layout::kCrcAt) != crc_of(at, length))
    return refuse(FrameDefect::checksum);
  frame.head.node = load_at<std::uint16_t>(at + Layout::kNodeAt);
  frame.head.incarnation = load_at<Incarnation>(at + Layout::kIncarnationAt);
  frame.head.epoch = load_at<std::uint32_t>(at + Layout::kEpochAt);
  frame.body = {at + Layout::kHeaderBytes, length};
  return frame;
}

void write_beat(const Beat& beat, std::byte* body) noexcept {
  using At = BeatLayout;
  store_at(body + At::kPlanAt, beat.plan);
  store_at(body + At::kDataNextAt, beat.data.next);
  store_at(body + At::kControlNextAt, beat.control.next);
  store_at(body + At::kDataCreditAt, beat.data.credit);
  store_at(body + At::kControlCreditAt, beat.control.credit);
  store_at(body + At::kClockAt, beat.clock_ns);
  store_at(body + At::kEchoAt, beat.echo_ns);
  store_at(body + At::kHeldAt, beat.held_ns);
  const unsigned flags = (beat.data.has_gap ? At::kDataGap : 0U) |
                         (beat.control.has_gap ? At::kControlGap : 0U) |
                         (beat.is_leaving ? At::kLeaving : 0U);
  store_at(body + At::kFlagsAt, static_cast<std::uint8_t>(flags));
}

tl::expected<Beat, FrameDefect> read_beat(ByteView body) noexcept {
  using At = BeatLayout;
  if (body.size != At::kBytes) return tl::unexpected<FrameDefect>(FrameDefect::length);
  const auto flags = load_at<std::uint8_t>(body.data + At::kFlagsAt);
  if (flags > (At::kDataGap | At::kControlGap | At::kLeaving))
    return tl::unexpected<FrameDefect>(FrameDefect::padding);
  Beat beat;
  beat.plan = load_at<std::uint64_t>(body.data + At::kPlanAt);
  beat.data = {load_at<std::uint64_t>(body.data + At::kDataNextAt),
               load_at<std::uint32_t>(body.data + At::kDataCreditAt), (flags & At::kDataGap) != 0};
  beat.control = {load_at<std::uint64_t>(body.data + At::kControlNextAt),
                  load_at<std::uint32_t>(body.data + At::kControlCreditAt),
                  (flags & At::kControlGap) != 0};
  beat.clock_ns = load_at<std::int64_t>(body.data + At::kClockAt);
  beat.echo_ns = load_at<std::int64_t>(body.data + At::kEchoAt);
  beat.held_ns = load_at<std::int64_t>(body.data + At::kHeldAt);
  beat.is_leaving = (flags & At::kLeaving) != 0;
  return beat;
}

tl::expected<ControlPart, FrameDefect> read_part(ByteView body) noexcept {
  using At = PartLayout;
  if (body.size < At::kHeadBytes) return tl::unexpected<FrameDefect>(FrameDefect::length);
  return ControlPart{load_at<std::uint64_t>(body.data + At::kMarkAt),
                     load_at<std::uint8_t>(body.data + At::kIsLastAt) != 0,
                     {body.data + At::kHeadBytes, body.size - At::kHeadBytes}};
}

}  // namespace chargemill::runtime
