#include "app/nodes/nursery.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/folder.hpp"

namespace chargemill::app {
namespace {

/// All that happened until no node was left.
std::vector<Nursery::Ending> endings_of(unsigned nodes, const Nursery::Life& life) {
  auto nursery = Nursery::start(nodes, life);
  if (!nursery) {
    ADD_FAILURE() << nursery.error().text;
    return {};
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!(*nursery)->is_empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_FALSE((*nursery)->is_lost());
  std::vector<Nursery::Ending> endings;
  while (const auto ending = (*nursery)->take_ending()) endings.push_back(*ending);
  return endings;
}

/// Whether somebody has been here before.
bool was_here(const std::string& file) {
  const bool was = std::filesystem::exists(file);
  std::ofstream{file};
  return was;
}

TEST(Nursery, StartsANodeAgainThatASignalHasEnded) {
  const test::Folder folder;
  const auto endings = endings_of(3, [&](unsigned node, pid_t) {
    if (node == 2 && !was_here(folder.path() + "/two")) (void)std::raise(SIGKILL);
    return 0;
  });
  ASSERT_EQ(endings.size(), 3U);
  unsigned returned = 0;
  for (const auto& ending : endings) {
    if (ending.returned == 0) {
      EXPECT_EQ(ending.status, 0);
      continue;
    }
    ++returned;
    EXPECT_EQ(ending.node, 2U);
    EXPECT_EQ(WTERMSIG(ending.status), SIGKILL);
  }
  EXPECT_EQ(returned, 1U);
}

TEST(Nursery, LeavesANodeAloneThatKnewWhyItEnded) {
  const auto endings = endings_of(2, [](unsigned, pid_t) { return 5; });
  ASSERT_EQ(endings.size(), 1U);
  EXPECT_EQ(endings[0].returned, 0U);
  EXPECT_EQ(WEXITSTATUS(endings[0].status), 5);
}

TEST(Nursery, GivesUpANodeThatDiesTooOften) {
  const auto endings = endings_of(2, [](unsigned, pid_t) { return std::raise(SIGKILL); });
  ASSERT_EQ(endings.size(), Nursery::kReturnsMax + 1);
  EXPECT_EQ(endings.back().returned, 0U);
}

TEST(Nursery, EndsWithItsNodesWhenItIsGivenUp) {
  auto nursery = Nursery::start(3, [](unsigned, pid_t) {
    for (;;) ::pause();
    return 0;
  });
  ASSERT_TRUE(nursery.has_value());
  EXPECT_FALSE((*nursery)->is_empty());
  (*nursery)->end();
  EXPECT_TRUE((*nursery)->is_empty());
}

}  // namespace
}  // namespace chargemill::app
