#include "runtime/cluster/exchange_words.hpp"

#include "runtime/cluster/record_layout.hpp"

namespace chargemill::runtime {

std::optional<ParcelView> take_parcel(ByteView& parcels) noexcept {
  using At = ParcelLayout;
  if (parcels.size < At::kHeaderBytes) return std::nullopt;
  const std::size_t bytes = load_at<std::uint32_t>(parcels.data + At::kBytesAt);
  if (bytes > parcels.size - At::kHeaderBytes) return std::nullopt;
  const std::size_t whole = At::kHeaderBytes + bytes;
  const ParcelView parcel{load_at<std::uint64_t>(parcels.data + At::kStampAt),
                          {parcels.data + At::kHeaderBytes, bytes},
                          {parcels.data, whole}};
  parcels = {parcels.data + whole, parcels.size - whole};
  return parcel;
}

std::optional<RecordView> take_record(ByteView& records) noexcept {
  using At = RecordLayout;
  if (records.size < At::kHeaderBytes) return std::nullopt;
  const std::byte* const at = records.data;
  const std::size_t length = load_at<std::uint8_t>(at + At::kLengthAt);
  if (length > records.size - At::kHeaderBytes) return std::nullopt;
  const auto kind = load_at<std::uint8_t>(at + At::kKindAt);
  RecordView record;
  record.type = static_cast<std::uint8_t>(kind & (At::kIsNext - 1U));
  record.is_next = (kind & At::kIsNext) != 0;
  record.to = load_at<Entity>(at + At::kToAt);
  record.from = load_at<Entity>(at + At::kFromAt);
  record.time_ns = load_at<std::int64_t>(at + At::kTimeAt);
  record.content = {at + At::kHeaderBytes, length};
  const std::size_t whole = At::kHeaderBytes + length;
  records = {at + whole, records.size - whole};
  return record;
}

std::string meeting_text(const MeetingWord& word) {
  using At = MeetingLayout;
  const WindowProposal& proposal = word.proposal;
  std::string text(At::kBytes, '\0');
  auto* const at = reinterpret_cast<std::byte*>(text.data());
  store_at(at, At::kWhat);
  store_at(at + At::kRoundAt, word.round);
  store_at(at + At::kEarliestAt, proposal.earliest);
  store_at(at + At::kLimitAt, proposal.limit_ns);
  store_at(at + At::kOrdersAt, proposal.orders);
  store_at(at + At::kFlagsAt, static_cast<std::uint8_t>((proposal.timers ? At::kTimers : 0) |
                                                        (proposal.stop ? At::kStop : 0)));
  return text;
}

std::optional<MeetingWord> meeting_from(std::string_view message) noexcept {
  using At = MeetingLayout;
  if (message.size() != At::kBytes || message.front() != static_cast<char>(At::kWhat))
    return std::nullopt;
  const auto* const at = bytes_of(message).data;
  const auto flags = load_at<std::uint8_t>(at + At::kFlagsAt);
  if (flags > (At::kTimers | At::kStop)) return std::nullopt;
  MeetingWord word;
  word.round = load_at<std::uint64_t>(at + At::kRoundAt);
  word.proposal.earliest = load_at<std::int64_t>(at + At::kEarliestAt);
  word.proposal.limit_ns = load_at<std::int64_t>(at + At::kLimitAt);
  word.proposal.orders = load_at<std::uint64_t>(at + At::kOrdersAt);
  word.proposal.timers = (flags & At::kTimers) != 0;
  word.proposal.stop = (flags & At::kStop) != 0;
  return word;
}

std::string greeting_text(const Greeting& greeting) {
  using At = GreetingLayout;
  std::string text(At::kBytes, '\0');
  auto* const at = reinterpret_cast<std::byte*>(text.data());
  store_at(at, At::kWhat);
  store_at(at + At::kRunAt, greeting.run);
  store_at(at + At::kNeedAt, greeting.need);
  return text;
}

std::optional<Greeting> greeting_from(std::string_view message) noexcept {
  using At = GreetingLayout;
  if (message.size() != At::kBytes || message.front() != static_cast<char>(At::kWhat))
    return std::nullopt;
  const auto* const at = bytes_of(message).data;
  return Greeting{load_at<Incarnation>(at + At::kRunAt), load_at<std::uint64_t>(at + At::kNeedAt)};
}

}  // namespace chargemill::runtime
