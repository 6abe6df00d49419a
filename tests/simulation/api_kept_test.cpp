// What is said to be done is on disk, also where it did not even find room in the journal's queue.
#include <gtest/gtest.h>

#include "tests/simulation/api_office.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::test {
namespace {

using std::chrono::seconds;

std::unique_ptr<Recording> open_narrow(const std::string& directory) {
  Recording::Options options;
  options.journal.chain.directory = directory;
  options.journal.queue_records = 8;
  options.journal.batch_time = std::chrono::milliseconds{20};
  auto recording = Recording::open(std::move(options));
  if (!recording) throw std::runtime_error(recording.error().text);
  return std::move(*recording);
}

TEST(Api, WhatFoundNoRoomInTheQueueIsNotSaidToBeKept) {  // D-078, D-177
  const Folder folder;
  const auto recording = open_narrow(folder.path());
  network::Scenario scenario = StillNetwork::scenario(60, {});
  scenario.central.shards = 1;
  ApiOffice office{scenario, recording.get()};
  const auto is_behind = [&] { return office.network().shard(ShardId{0}).clerk()->is_behind(); };
  const auto commit = [&] {
    ASSERT_TRUE(recording->flush(seconds{30}));
    office.pass(Nanos{0});  // who waited for room hears of it
  };
  for (int i = 0; i < 1'000 && is_behind(); ++i) commit();
  ASSERT_FALSE(is_behind()) << "what the network said while it began";
  int looks_behind = 0;
  office.world().when_on_disk = [&](const std::function<void(app::Kept)>& then) {
    if (is_behind()) ++looks_behind;
    commit();
    then(app::Kept::on_disk);
  };
  EXPECT_EQ(office.ask("POST", "/api/v1/charge-points/stop").status, 200U);
  EXPECT_FALSE(is_behind());
  EXPECT_GT(looks_behind, 0) << "or this proves nothing";
}

}  // namespace
}  // namespace chargemill::test
