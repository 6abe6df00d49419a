#include <gtest/gtest.h>

#include "actors/archive/codec.hpp"
#include "actors/archive/keys.hpp"
#include "actors/texts.hpp"
#include "tests/actors/archive/any_record.hpp"

namespace chargemill::archive {
namespace {

using test::AnyRecord;
constexpr Origin kOrigin{1'767'571'200};

TEST(ArchiveCodec, BringsBackEveryRecordAsItWas) {
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    SCOPED_TRACE(seed);
    AnyRecord any{seed};
    const Record record = any.any();
    Encoder encoder{kOrigin};
    const auto& written = encoder.encode(record, {"CP-000001", "driver-alice"});
    const auto found = decode(written, kOrigin);
    ASSERT_TRUE(found);
    ASSERT_TRUE(test::same(found->record, record));
    EXPECT_EQ(found->names.point, "CP-000001");
    const bool is_request = std::holds_alternative<RequestNamed>(record);
    EXPECT_EQ(found->names.driver, is_request ? "" : "driver-alice");
  }
}

TEST(ArchiveCodec, CountsTimesFromTheOriginOfWhoeverReads) {
  Encoder encoder{kOrigin};
  const Fault fault{SimTime{std::chrono::seconds{90}}, PointId{1}, ZoneId{2}, EventType::fault,
                    Reason::ko_key};
  const auto& written = encoder.encode(fault, {"CP", ""});
  EXPECT_EQ(written.time, std::chrono::seconds{1'767'571'290});
  const auto later = decode(written, kOrigin + std::chrono::seconds{100});
  ASSERT_TRUE(later);
  EXPECT_EQ(std::get<Fault>(later->record).at, SimTime{std::chrono::seconds{-10}});
}

TEST(ArchiveCodec, WritesTheExampleOfItsDocument) {  // FORMAT.md
  Encoder encoder{kOrigin};
  const Fault fault{SimTime{std::chrono::seconds{90}}, PointId{1}, ZoneId{2}, EventType::fault,
                    Reason::ko_key};
  std::string hex;
  for (const char c : encoder.encode(fault, {"CP-002", ""}).payload) {
    char byte[4];
    (void)std::snprintf(byte, sizeof byte, "%02x ",
                        static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += byte;
  }
  EXPECT_EQ(hex, "01 00 04 a1 27 b9 ac 87 18 01 00 00 00 02 00 00 0c 06 43 50 2d 30 30 32 00 ");
}

TEST(ArchiveCodec, FitsIntoARecordWithTheLongestNamesAndCutsLongerOnes) {
  const std::string longest(kNameBytesMax, 'x');
  const std::string longer = longest + "yz";
  AnyRecord any{7};
  Encoder encoder{kOrigin};
  for (std::size_t kind = 0; kind < std::variant_size_v<Record>; ++kind) {
    const auto& written = encoder.encode(any.of_kind(kind), {longer, longer});
    EXPECT_LE(written.payload.size(), runtime::journal::kPayloadBytesMax) << kind;
    const auto found = decode(written, kOrigin);
    ASSERT_TRUE(found) << kind;
    const bool is_request = std::holds_alternative<RequestNamed>(found->record);
    EXPECT_EQ(found->names.point, is_request ? longer : longest);
  }
}

TEST(ArchiveCodec, KeepsTheWholeNameOfARequestAndCutsALongerOne) {  // D-054
  const std::string longest(kRequestNameBytesMax, 'x');
  Encoder encoder{kOrigin};
  for (const std::string& name : {std::string{"r1"}, longest, longest + "y"}) {
    RequestNamed named{};
    named.status = SessionStatus::failed;
    named.detail = reason_in_words("Überhitzt");
    const auto& written = encoder.encode(named, {name, "driver-alice"});
    EXPECT_EQ(written.kind, runtime::journal::RecordKind{17}) << "FORMAT.md";
    EXPECT_TRUE(written.keys.empty());
    const auto found = decode(written, kOrigin);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->names.point, name.substr(0, kRequestNameBytesMax));
    const auto words = word(std::get<RequestNamed>(found->record).detail);
    EXPECT_FALSE(words.empty());
    EXPECT_EQ(words, std::string_view{"Überhitzt"}.substr(0, words.size()));
  }
}

TEST(ArchiveCodec, FindsWhatIsOwedWithTheOtherRecordsOfItsSession) {
  OwedEnd owed{};
  owed.session = SessionId{0x30000000007};
  Encoder encoder{kOrigin};
  const auto& written = encoder.encode(owed, {"CP-1", "ana"});
  EXPECT_EQ(written.kind, runtime::journal::RecordKind{18}) << "FORMAT.md";
  ASSERT_EQ(written.keys.size(), 1U);
  EXPECT_EQ(written.keys[0], key(Index::session, owed.session));
}

TEST(ArchiveCodec, KeepsTheWordsOfAReasonThatIsNoneOfOurs) {  // D-068: free text
  Encoder encoder{kOrigin};
  Fault fault{SimTime{}, PointId{1}, ZoneId{2}, EventType::fault, reason_in_words("Überhitzt")};
  runtime::journal::Record written = encoder.encode(fault, {"CP-1", ""});
  EXPECT_NE(written.payload.find("Überhitzt"), std::string_view::npos);
  const auto found = decode(written, kOrigin);
  ASSERT_TRUE(found);
  EXPECT_EQ(word(std::get<Fault>(found->record).reason), "Überhitzt");
  EXPECT_EQ(found->names.point, "CP-1");

  const std::string without{written.payload.substr(0, written.payload.size() - 11)};
  written.payload = without;
  EXPECT_FALSE(decode(written, kOrigin)) << "the words are missing";
  fault.reason = Reason::ko_key;
  const std::string stray = std::string{encoder.encode(fault, {"CP-1", ""}).payload} + "\x01x";
  written.payload = stray;
  EXPECT_FALSE(decode(written, kOrigin)) << "words that belong to nothing";
}

TEST(ArchiveCodec, FindsRoomForWordsBesideTheLongestNames) {
  const std::string name(kNameBytesMax, 'x');
  const std::string words = std::string(kForeignBytesMax - 3, 'w') + "€";
  SessionEnd end{};
  end.reason = Reason::interrupted_by_fault;
  end.detail = reason_in_words(words);
  Encoder encoder{kOrigin};
  const auto found = decode(encoder.encode(end, {name, name}), kOrigin);
  ASSERT_TRUE(found);
  const auto kept = word(std::get<SessionEnd>(found->record).detail);
  EXPECT_GE(kept.size(), 16U);
  EXPECT_EQ(words.substr(0, kept.size()), kept);
}

TEST(ArchiveCodec, RefusesEveryCutAndEveryUnknownKindOrVersion) {
  AnyRecord any{3};
  Encoder encoder{kOrigin};
  for (std::size_t kind = 0; kind < std::variant_size_v<Record>; ++kind) {
    runtime::journal::Record written = encoder.encode(any.of_kind(kind), {"CP-1", "D-1"});
    const std::string whole{written.payload};
    for (std::size_t size = 0; size < whole.size(); ++size) {
      written.payload = std::string_view{whole}.substr(0, size);
      EXPECT_FALSE(decode(written, kOrigin)) << kind << " cut to " << size;
    }
    const std::string longer = whole + "x";
    written.payload = longer;
    EXPECT_FALSE(decode(written, kOrigin)) << "with more behind it";
    std::string later = whole;
    ++later[0];
    written.payload = later;
    EXPECT_FALSE(decode(written, kOrigin)) << "of a later version";
    written.payload = whole;
    written.kind = runtime::journal::RecordKind{99};
    EXPECT_FALSE(decode(written, kOrigin)) << "of a kind of its own";
  }
}

TEST(ArchiveCodec, ReadsAStateOfBeforeItSaidWhatItsSessionCosts) {  // D-084, D-218
  PointState state{};
  state.session = SessionId{7};
  state.price = Price{300'000};
  state.delivered = Energy{kMillijoulesPerKwh};
  state.cost = Money{450'000};
  Encoder encoder{kOrigin};
  runtime::journal::Record written = encoder.encode(state, {});
  ASSERT_EQ(std::get<PointState>(decode(written, kOrigin)->record).cost, Money{450'000});
  std::string older{written.payload};
  older[0] = 1;
  older.erase(older.size() - 10, 8);  // the cost, before two names without a letter
  written.payload = older;
  const auto found = decode(written, kOrigin);
  ASSERT_TRUE(found);
  EXPECT_EQ(std::get<PointState>(found->record).session, SessionId{7});
  EXPECT_EQ(std::get<PointState>(found->record).cost, Money{300'000}) << "as it was billed then";
}

TEST(ArchiveCodec, NeverReadsAValueThatHasNoName) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random{seed};
    AnyRecord any{seed};
    Encoder encoder{kOrigin};
    runtime::journal::Record written = encoder.encode(any.any(), {"CP-1", ""});
    std::string bytes{written.payload};
    for (int i = 0; i < 4; ++i)
      bytes[1 + random() % (bytes.size() - 1)] = static_cast<char>(random());
    written.payload = bytes;
    const auto found = decode(written, kOrigin);
    if (!found) continue;
    // What is taken can be written again: all of it is in range.
    Encoder again{kOrigin};
    EXPECT_TRUE(decode(again.encode(found->record, found->names), kOrigin));
  }
}

}  // namespace
}  // namespace chargemill::archive
