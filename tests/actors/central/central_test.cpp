#include "actors/central/central.hpp"

#include <gtest/gtest.h>

namespace chargemill::central {
namespace {

ZoneRequest request_for(ZoneId zone) { return {RequestId{1}, {}, {}, DriverId{1}, zone, 0}; }

CentralEffects told(CentralState& state, const CentralEvent& event) {
  CentralEffects effects;
  step(state, event, SimTime{}, effects);
  return effects;
}

TEST(Central, ZoneRequestsGoRoundTheShardsThatHaveFreePoints) {
  CentralState state = make_central(4, 2);
  static_cast<void>(told(state, FreeCount{ShardId{1}, ZoneId{1}, 2}));
  static_cast<void>(told(state, FreeCount{ShardId{3}, ZoneId{1}, 1}));
  std::vector<std::uint16_t> shards;
  for (int i = 0; i < 3; ++i) {
    const auto effects = told(state, request_for(ZoneId{1}));
    shards.push_back(index_of(std::get<ToShard>(effects.at(0)).shard));
  }
  EXPECT_EQ(shards, (std::vector<std::uint16_t>{1, 3, 1}));
  const auto effects = told(state, request_for(ZoneId{1}));  // all it believed in is handed out
  EXPECT_EQ(std::get<DriverUpdate>(effects.at(0)).reason, Reason::no_free_point);
}

TEST(Central, AMissIsTriedElsewhereAndNotForEver) {
  CentralState state = make_central(2, 1);
  static_cast<void>(told(state, FreeCount{ShardId{0}, ZoneId{0}, 9}));
  ZoneRequest request = request_for(ZoneId{0});
  request.tried = 1;
  EXPECT_TRUE(std::holds_alternative<ToShard>(told(state, ZoneMiss{request}).at(0)));
  request.tried = 2;
  EXPECT_TRUE(std::holds_alternative<DriverUpdate>(told(state, ZoneMiss{request}).at(0)));
}

TEST(Central, AnUnknownPointOrZoneIsDenied) {  // D-051
  CentralState state = make_central(1, 1);
  const auto charge = told(state, ChargeRequest{RequestId{1}, {}, {}, DriverId{1}, kUnknownPoint});
  EXPECT_EQ(std::get<DriverUpdate>(charge.at(0)).reason, Reason::point_not_found);
  const auto zone = told(state, request_for(ZoneId{7}));
  EXPECT_EQ(std::get<DriverUpdate>(zone.at(0)).reason, Reason::no_free_point);
  EXPECT_EQ(state.requests_denied, 2U);
}

TEST(Central, WhatConcernsAllGoesToAllShards) {  // D-076, D-083
  CentralState state = make_central(3, 1);
  const OperatorOrder all{PointId{}, OperatorAction::stop, true};
  const OperatorOrder one{PointId{}, OperatorAction::stop, false};
  EXPECT_TRUE(std::holds_alternative<ToShards>(told(state, all).at(0)));
  EXPECT_TRUE(std::holds_alternative<ToOwner>(told(state, one).at(0)));
  EXPECT_TRUE(std::holds_alternative<ToShards>(told(state, DriverReturned{DriverId{1}}).at(0)));
  EXPECT_EQ(due(state), kNever);
}

}  // namespace
}  // namespace chargemill::central
