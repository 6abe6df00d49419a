#include "actors/transit/transit_codec.hpp"

#include "actors/texts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

#include "runtime/base/random_stream.hpp"

namespace chargemill::transit {
namespace {

using Bytes = std::vector<std::byte>;

template <class Event>
Bytes bytes_of(const Event& event) {
  Bytes bytes(kMessageBytesMax);
  bytes.resize(write(event, bytes.data()));
  return bytes;
}
template <class Event>
bool is_read(const Bytes& bytes, Event& event) {
  return read(runtime::ByteView{bytes.data(), bytes.size()}, event);
}

/// Every alternative of `Event`, as it is by default.
template <class Event, std::size_t... I>
std::vector<Event> one_of_each(std::index_sequence<I...>) {
  return {Event{std::in_place_index<I>}...};
}
template <class Event>
std::vector<Event> one_of_each() {
  return one_of_each<Event>(std::make_index_sequence<std::variant_size_v<Event>>{});
}

template <class Event>
class Transit : public testing::Test {};
using Events =
    testing::Types<central::ShardEvent, central::CentralEvent, driver::Event, supervisor::Event>;
TYPED_TEST_SUITE(Transit, Events);

// Equal bytes mean equal messages: all fields are in them.
TYPED_TEST(Transit, BringsEveryKindOfMessageThroughUnchanged) {
  for (const TypeParam& event : one_of_each<TypeParam>()) {
    const Bytes bytes = bytes_of(event);
    TypeParam back;
    ASSERT_TRUE(is_read(bytes, back)) << event.index();
    EXPECT_EQ(back.index(), event.index());
    EXPECT_EQ(bytes_of(back), bytes);
  }
}

TEST(TransitWords, OfOthersStayInTheirProcess) {  // elsewhere their code means nothing
  const FaultReport said{PointId{1}, reason_in_words("Overheating")};
  central::ShardEvent back;
  ASSERT_TRUE(is_read(bytes_of(central::ShardEvent{said}), back));
  EXPECT_EQ(std::get<FaultReport>(back).reason, Reason::none);
}

TYPED_TEST(Transit, RefusesEveryOtherLength) {
  for (const TypeParam& event : one_of_each<TypeParam>()) {
    Bytes bytes = bytes_of(event);
    TypeParam back;
    bytes.push_back(std::byte{});
    EXPECT_FALSE(is_read(bytes, back)) << event.index();
    bytes.pop_back();
    while (!bytes.empty()) {
      bytes.pop_back();
      EXPECT_FALSE(is_read(bytes, back)) << event.index() << " of " << bytes.size();
    }
  }
}

// Whatever is read is what would be written: no byte of it went unlooked at.
TYPED_TEST(Transit, ReadsNothingThatItWouldNotWrite) {
  RandomStream random{7, 1, Purpose::choice};
  std::size_t accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    Bytes bytes(1 + random.below(kMessageBytesMax));
    for (auto& byte : bytes) byte = std::byte{static_cast<unsigned char>(random.below(4))};
    bytes[0] =
        std::byte{static_cast<unsigned char>(random.below(std::variant_size_v<TypeParam> + 1))};
    TypeParam event;
    if (!is_read(bytes, event)) continue;
    ++accepted;
    ASSERT_EQ(bytes_of(event), bytes);
  }
  EXPECT_GT(accepted, 100U);
}

TEST(TransitOf, AnOrderOfCentralKeepsItsToken) {  // FE-01
  for (const auto& event : one_of_each<central::ShardEvent>()) {
    const central::Fenced order{(std::int64_t{1} << 40) + 5, event};
    Bytes bytes = bytes_of(order);
    central::Fenced back;
    ASSERT_TRUE(is_read(bytes, back)) << event.index();
    EXPECT_EQ(back.token, order.token);
    EXPECT_EQ(bytes_of(back), bytes);
    while (!bytes.empty()) {
      bytes.pop_back();
      EXPECT_FALSE(is_read(bytes, back)) << event.index() << " of " << bytes.size();
    }
  }
}

TEST(TransitOf, ADriverUpdateHasAllThatWasSaid) {
  DriverUpdate update;
  update.request = RequestId{1};
  update.session = SessionId{2};
  update.power = Power{3};
  update.delivered = Energy{-4};
  update.cost = Money{-5};
  update.point = PointId{6};
  update.driver = DriverId{7};
  update.status = UpdateStatus::denied;
  update.reason = Reason::manual_stop;
  update.phase = Phase::fault;
  update.detail = Reason::journal_busy;
  update.refusal = Refusal::no_central;
  driver::Event back;
  ASSERT_TRUE(is_read(bytes_of(driver::Event{update}), back));
  const auto& read_back = std::get<DriverUpdate>(back);
  EXPECT_EQ(read_back.delivered, update.delivered);
  EXPECT_EQ(read_back.cost, update.cost);
  EXPECT_EQ(read_back.driver, update.driver);
  EXPECT_EQ(read_back.reason, Reason::manual_stop);
  EXPECT_EQ(read_back.refusal, Refusal::no_central);
}

TEST(TransitOf, ATelemetrySaysWhatItsEngineBills) {  // D-218
  const Telemetry told{SessionId{1}, SimTime{Nanos{2}}, Power{3}, Energy{4}, Money{-5},
                       PointId{6},   DriverId{7},       8,        true};
  const Bytes bytes = bytes_of(central::ShardEvent{told});
  EXPECT_EQ(bytes.size(), 54U) << "a kind, five of 8 bytes, three of 4, a flag";
  central::ShardEvent back;
  ASSERT_TRUE(is_read(bytes, back));
  EXPECT_EQ(std::get<Telemetry>(back).cost, told.cost);
  EXPECT_EQ(std::get<Telemetry>(back).delivered, told.delivered);
  EXPECT_TRUE(std::get<Telemetry>(back).wants_ack);
}

TEST(TransitOf, AListThatNamesMorePointsThanItHasRoomForIsRefused) {
  PointList list{};
  list.count = kListedMax;
  driver::Event back;
  EXPECT_TRUE(is_read(bytes_of(driver::Event{list}), back));
  list.count = kListedMax + 1;
  EXPECT_FALSE(is_read(bytes_of(driver::Event{list}), back));
}

}  // namespace
}  // namespace chargemill::transit
