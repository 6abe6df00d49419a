// An order for a charge point of another node is read as it was said, and no other bytes are one.
#include "app/nodes/order_words.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "actors/texts.hpp"

namespace chargemill::app {
namespace {

using network::Order;

const std::vector<Order> kAll{
    director::Inject{director::FaultKind::telemetry_error, PointId{17}, Nanos{5}},
    network::PlugAt{PointId{17}, true},
    network::StartAt{PointId{17}, {Energy{36'000'000}, DriverId{3}}},
    Register{Price{300'000}, PointId{17}},
    Heartbeat{PointId{17}},
    FaultReport{PointId{17}, Reason::ko_key, true, SimTime{Nanos{7}}},
    HealthyReport{PointId{17}, SimTime{Nanos{8}}},
    network::SwitchOnAt{PointId{17}},
    network::SimulateAt{PointId{17}, true}};

TEST(OrderWords, AreReadAsTheyWereSaidAndCutAnywhereAreNone) {
  ASSERT_EQ(kAll.size(), std::variant_size_v<Order>);
  for (const Order& order : kAll) {
    SCOPED_TRACE(order.index());
    const std::string bytes = to_bytes(order);
    const auto back = order_from(bytes);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->index(), order.index());
    EXPECT_EQ(to_bytes(*back), bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(order_from(std::string_view{bytes}.substr(0, size)).has_value()) << size;
    EXPECT_FALSE(order_from(bytes + '\0').has_value());
  }
}

// Whoever looked at one of those would look beyond what there is.
TEST(OrderWords, OfNoKindOfNoChoiceAndWithFlagsThatAreNoneAreRefused) {
  for (const Order& order : kAll) {
    std::string bytes = to_bytes(order);
    for (const char kind : {'\x09', '\x7F', '\xFF'}) {
      bytes.front() = kind;
      EXPECT_FALSE(order_from(bytes).has_value()) << order.index();
    }
  }
  std::string inject = to_bytes(kAll[0]);
  inject[1] = '\x08';
  EXPECT_FALSE(order_from(inject).has_value()) << "no kind of fault";
  std::string plug = to_bytes(kAll[1]);
  plug.back() = '\x02';
  EXPECT_FALSE(order_from(plug).has_value()) << "neither in nor out";
}

TEST(OrderWords, OfOthersStayInTheirProcess) {
  const Order said = FaultReport{PointId{1}, reason_in_words("the cable smells of fish")};
  const auto back = order_from(to_bytes(said));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(std::get<FaultReport>(*back).reason, Reason::none);
}

}  // namespace
}  // namespace chargemill::app
