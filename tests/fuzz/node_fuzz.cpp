// What another node says: any bytes as a frame, as what frames carry, and as the words of those who
// run nodes. The first byte says as which. Whatever is accepted comes out as the same bytes when it
// is written again, or as fewer that mean the same; so nothing of it is larger than they are.
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "actors/network/letter_kinds.hpp"
#include "actors/network/shard_copy.hpp"
#include "actors/texts.hpp"
#include "actors/transit/transit_codec.hpp"
#include "app/nodes/arrivals.hpp"
#include "app/nodes/etcd_meeting.hpp"
#include "app/nodes/hand_on_words.hpp"
#include "app/nodes/moves.hpp"
#include "app/nodes/node_report.hpp"
#include "app/nodes/order_words.hpp"
#include "app/nodes/past_words.hpp"
#include "app/nodes/take_over.hpp"
#include "app/nodes/words.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/cluster/exchange_words.hpp"
#include "runtime/cluster/frame.hpp"
#include "runtime/cluster/record_layout.hpp"

namespace chargemill {
namespace {

using runtime::ByteView;
using runtime::FrameLayout;

// Of the network whose nodes talk.
constexpr unsigned kNodes = 3;
constexpr std::size_t kShards = 4;

ByteView view_of(std::string_view text) { return runtime::bytes_of(text); }

void try_frame(std::string_view text) {
  const auto frame = runtime::read_frame(view_of(text));
  if (!frame) return;
  std::string again{text};
  runtime::seal_frame(reinterpret_cast<std::byte*>(again.data()), frame->head, frame->body.size);
  CHARGEMILL_ASSERT(again == text);
}

template <class T>
void put(std::string& to, const T& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void try_letter(const runtime::RecordView& record) {
  static const auto kinds = network::letter_kinds();
  if (record.type >= kinds.size()) return;
  const auto& kind = kinds[record.type];
  const runtime::LetterPtr letter = kind.read_letter(record.content);
  if (!letter) return;
  std::array<std::byte, runtime::kContentBytesMax> again;
  const std::size_t bytes = kind.write((*letter).content(), again.data());
  letter.release();
  CHARGEMILL_ASSERT(bytes == record.content.size);
  CHARGEMILL_ASSERT(std::memcmp(again.data(), record.content.data, bytes) == 0);
}

void put_record(std::string& to, const runtime::RecordView& record) {
  const unsigned next = record.is_next ? runtime::RecordLayout::kIsNext : 0U;
  put(to, static_cast<std::uint8_t>(record.type | next));
  put(to, static_cast<std::uint8_t>(record.content.size));
  put(to, record.to);
  put(to, record.from);
  put(to, record.time_ns);
  to.append(record.content.text());
}

void try_parcels(ByteView bytes) {
  std::string again;
  ByteView rest = bytes;
  while (const auto parcel = runtime::take_parcel(rest)) {
    put(again, parcel->stamp);
    put(again, static_cast<std::uint32_t>(parcel->records.size));
    ByteView records = parcel->records;
    while (const auto record = runtime::take_record(records)) {
      put_record(again, *record);
      try_letter(*record);
    }
    again.append(records.text());
  }
  again.append(rest.text());
  CHARGEMILL_ASSERT(again == bytes.text());
}

// A fuzzer seldom guesses a checksum: the same body under a header that is right.
void try_as_body(std::string_view text) {
  if (text.size() > FrameLayout::kBodyBytesMax) return;
  std::string frame(FrameLayout::kHeaderBytes, '\0');
  frame.append(text);
  runtime::seal_frame(reinterpret_cast<std::byte*>(frame.data()),
                      {runtime::FrameType::data, 1, {}, 0, 1}, text.size());
  const auto back = runtime::read_frame(view_of(frame));
  CHARGEMILL_ASSERT(back.has_value() && back->body.size == text.size());
  try_parcels(back->body);
}

void try_beat(std::string_view text) {
  const auto beat = runtime::read_beat(view_of(text));
  if (!beat) return;
  std::string again(text.size(), '\0');
  runtime::write_beat(*beat, reinterpret_cast<std::byte*>(again.data()));
  CHARGEMILL_ASSERT(again == text);
}

void try_part(std::string_view text) {
  const auto part = runtime::read_part(view_of(text));
  if (!part) return;
  std::string again;
  put(again, part->mark);
  again += text.substr(again.size(), 1);  // any number but 0 says that it is the last
  CHARGEMILL_ASSERT(part->is_last == (again.back() != '\0'));
  again.append(part->bytes.text());
  CHARGEMILL_ASSERT(again == text);
}

/// What a node has put into etcd: whoever finds it there says the same of that node.
void try_card(std::string_view text) {
  const auto roles = app::roles_from_card(text);
  const auto node = app::endpoints_from(text);
  if (!node) return;
  const std::string again = app::card_of(*node, roles);
  const auto twice = app::endpoints_from(again);
  CHARGEMILL_ASSERT(twice.has_value());
  CHARGEMILL_ASSERT(twice->data == node->data && twice->control == node->control);
  CHARGEMILL_ASSERT(twice->key == node->key);
  CHARGEMILL_ASSERT(app::card_of(*twice, app::roles_from_card(again)) == again);
}

template <class Event>
void try_message(std::string_view text) {
  Event event;
  if (!transit::read(view_of(text), event)) return;
  std::array<std::byte, runtime::kContentBytesMax> again;
  const ByteView written{again.data(), transit::write(event, again.data())};
  CHARGEMILL_ASSERT(written.text() == text);
}

/// There is one way to say it.
template <class Read, class Write>
void demand_same(std::string_view text, Read read, Write write) {
  const auto what = read(text);
  if (what) CHARGEMILL_ASSERT(write(*what) == text);
}

/// What is said in more bytes than it takes is said again in fewer, and then stays as it is.
template <class Read>
void demand_settled(std::string_view text, Read read) {
  const auto what = read(text);
  if (!what) return;
  const std::string again = app::to_bytes(*what);
  CHARGEMILL_ASSERT(again.size() <= text.size());
  const auto twice = read(again);
  CHARGEMILL_ASSERT(twice.has_value());
  CHARGEMILL_ASSERT(app::to_bytes(*twice) == again);
}

const auto kToBytes = [](const auto& what) { return app::to_bytes(what); };

void try_meeting(std::string_view text) {
  demand_same(text, runtime::meeting_from, runtime::meeting_text);
}
void try_greeting(std::string_view text) {
  demand_same(text, runtime::greeting_from, runtime::greeting_text);
}
void try_said(std::string_view text) {
  demand_same(text, app::said_in, [](const app::Said& said) {
    return app::message_of(said.word, said.number, said.rest);
  });
}
void try_journal_answer(std::string_view text) {
  demand_same(text, app::journal_answer_from, kToBytes);
}

template <class T>
void try_plain(std::string_view text) {
  demand_same(text, app::plain_from<T>, app::bytes_of<T>);
}
void try_plain_words(std::string_view text) {
  try_plain<app::Beginning>(text);
  try_plain<app::Begun>(text);
  try_plain<app::Standstill>(text);
  try_plain<app::Written>(text);
  try_plain<network::CopyWanted>(text);
  try_plain<SimTime>(text);
  try_plain<Nanos>(text);
}

void try_order(std::string_view text) { demand_same(text, app::order_from, kToBytes); }
void try_take_over(std::string_view text) {
  demand_settled(text, [](auto bytes) { return app::take_over_from(bytes, kNodes, kShards); });
}
void try_adopted(std::string_view text) { demand_same(text, app::adopted_from, kToBytes); }
void try_leader_says(std::string_view text) {
  demand_settled(text, app::leader_says_from);
  const auto says = app::leader_says_from(text);
  if (says) (void)app::left_of(*says, ~std::uint32_t{0});
}
void try_move(std::string_view text) {
  const auto read = [](auto bytes) { return app::move_from(bytes, kNodes, kShards); };
  demand_same(text, read, kToBytes);
}
void try_marks(std::string_view text) {
  const auto read = [](auto bytes) { return app::marks_from(bytes, kNodes, kShards); };
  demand_same(text, read, kToBytes);
}
void try_given(std::string_view text) {
  demand_same(
      text, [](auto bytes) { return app::given_from(bytes, kNodes); }, kToBytes);
}
void try_luggage(std::string_view text) {
  const auto read = [](auto bytes) { return app::luggage_from(bytes, kNodes, kShards); };
  demand_same(text, read, kToBytes);
}
void try_arrival(std::string_view text) {
  demand_same(
      text, [](auto bytes) { return app::arrival_from(bytes, kNodes); }, kToBytes);
}
void try_invitation(std::string_view text) {
  demand_settled(text, [](auto bytes) { return app::invitation_from(bytes, kNodes, kShards); });
}
void try_entry(std::string_view text) {
  demand_settled(text, [](auto bytes) { return app::entry_from(bytes, kNodes, kShards); });
}
void try_handed_on(std::string_view text) {
  demand_settled(text, [](auto bytes) { return app::handed_on_from(bytes, kNodes); });
}
void try_report(std::string_view text) { demand_settled(text, app::report_from); }
void try_entities(std::string_view text) { demand_same(text, app::entities_from, kToBytes); }

/// An inspection of copies follows their zone slots.
void try_copies(std::string_view text) {
  const auto shards = network::copies_from(text, kShards);
  if (!shards) return;
  std::size_t bytes = 0;
  for (const auto& shard : *shards) {
    bytes += sizeof(ZoneId) * shard.zones.size();
    bytes += sizeof(central::PointRecord) * shard.points.size();
    for (const auto& point : shard.points) CHARGEMILL_ASSERT(point.zone_slot < shard.zones.size());
    shard.recent_denials.for_each([&](const auto& denial) {
      bytes += sizeof denial;
      CHARGEMILL_ASSERT(!word(denial.phase).empty());
    });
  }
  CHARGEMILL_ASSERT(bytes <= text.size());
}

void try_past_question(std::string_view text) {
  demand_same(text, app::past_question_from, kToBytes);
}

template <class Answer>
void try_past_answer(std::string_view text) {
  demand_same(text, app::past_answer_from<Answer>, [text](const Answer& answer) {
    return app::past_answer_of<Answer>(Result<Answer>{answer}, app::looked_back_to_in(text));
  });
}
/// Which answer it is says the question.
void try_past_answers(std::string_view text) {
  try_past_answer<std::vector<archive::FaultRow>>(text);
  try_past_answer<std::vector<archive::HealthRow>>(text);
  try_past_answer<std::vector<archive::SessionRow>>(text);
  try_past_answer<std::vector<archive::TicketRow>>(text);
  try_past_answer<std::vector<archive::MeterRow>>(text);
  try_past_answer<std::vector<archive::SessionTold>>(text);
  try_past_answer<archive::FaultStatistics>(text);
  try_past_answer<app::Followed>(text);
  try_past_answer<runtime::journal::Sequence>(text);
}

constexpr std::array kReaders{
    try_frame,                           // 0
    try_as_body,                         // 1
    try_beat,                            // 2
    try_message<central::ShardEvent>,    // 3
    try_message<central::CentralEvent>,  // 4
    try_message<driver::Event>,          // 5
    try_message<supervisor::Event>,      // 6
    try_message<central::Fenced>,        // 7
    try_meeting,                         // 8
    try_greeting,                        // 9
    try_said,                            // 10
    try_journal_answer,                  // 11
    try_plain_words,                     // 12
    try_order,                           // 13
    try_take_over,                       // 14
    try_adopted,                         // 15
    try_leader_says,                     // 16
    try_move,                            // 17
    try_marks,                           // 18
    try_given,                           // 19
    try_luggage,                         // 20
    try_arrival,                         // 21
    try_invitation,                      // 22
    try_entry,                           // 23
    try_handed_on,                       // 24
    try_report,                          // 25
    try_entities,                        // 26
    try_copies,                          // 27
    try_past_question,                   // 28
    try_past_answers,                    // 29
    try_part,                            // 30
    try_card                             // 31
};

}  // namespace
}  // namespace chargemill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  using namespace chargemill;  // NOLINT(google-build-using-namespace): the only function
  if (size == 0) return 0;
  // Exactly as long as the input, so that a read beyond it is seen.
  const std::string text{reinterpret_cast<const char*>(data) + 1, size - 1};
  kReaders[data[0] % kReaders.size()](text);
  return 0;
}
