// A reader that is killed leaves its entry in the segment's table of readers, which would keep
// pages from being used again for as long as anybody has the segment open.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "tests/runtime/journal/forked.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {
namespace {

/// Who is in a segment's table of readers, dead or alive. Not through Environment, which clears it.
std::vector<pid_t> readers_of(const std::string& path) {
  std::vector<pid_t> result;
  MDB_env* env = nullptr;
  EXPECT_EQ(mdb_env_create(&env), 0);
  EXPECT_EQ(mdb_env_open(env, path.c_str(), MDB_NOSUBDIR | MDB_RDONLY | MDB_NOTLS, 0), 0);
  const auto note = [](const char* line, void* to) {
    int pid = 0;
    if (std::sscanf(line, "%d %*x %*s", &pid) == 1)
      static_cast<std::vector<pid_t>*>(to)->push_back(pid);
    return 0;
  };
  (void)mdb_reader_list(env, note, &result);
  mdb_env_close(env);
  return result;
}

TEST(StaleReader, IsClearedAwayByTheNextWhoOpensTheSegment) {
  const Folder folder;
  const Forked writer{[&](const auto& wait, const auto&) {
    const auto journal = open_journal(small_options(folder.path()));
    Appender& appender = journal->add_appender();
    append(appender, 0, 1, 100);
    if (journal->wait_durable(appender, 100, Millis{30'000})) wait();
  }};
  Forked reader{[&](const auto& wait, const auto&) {
    (void)open_reader(folder.path()).newest_of_all(1, [&](const Record&) {
      wait();
      return false;
    });
  }};
  const std::string segment = path_of(folder.path(), {1, 0});
  const std::vector<pid_t> entered{reader.pid()};
  ASSERT_EQ(readers_of(segment), entered);
  reader.kill();
  ASSERT_EQ(readers_of(segment), entered) << "the dead stay until they are looked for";
  EXPECT_EQ(*open_reader(folder.path()).last(), 100U);
  EXPECT_TRUE(readers_of(segment).empty());
}

TEST(StaleReader, IsClearedAwayByTheWriterWhileItWrites) {  // LG-08
  const Folder folder;
  const Forked writer{[&](const auto&, const auto& say) {
    JournalOptions options;  // a segment so large that it does not fill meanwhile
    options.chain.directory = folder.path();
    options.clear_readers_every = Nanos{0};
    const auto journal = open_journal(options);
    Appender& appender = journal->add_appender();
    for (std::uint64_t n = 1;; ++n) {
      append(appender, 0, n, n);
      if (!journal->wait_durable(appender, n, Millis{30'000})) return;
      if (n == 100) say();
    }
  }};
  const std::string segment = path_of(folder.path(), {1, 0});
  Forked reader{[&](const auto& wait, const auto&) {
    (void)open_reader(folder.path()).newest_of_all(1, [&](const Record&) {
      wait();
      return false;
    });
  }};
  const std::vector<pid_t> entered{reader.pid()};
  ASSERT_EQ(readers_of(segment), entered) << "the living are left alone";
  reader.kill();
  // Nobody opens the segment anew but this test, which clears nothing.
  const auto patience = std::chrono::steady_clock::now() + Environment::kClearEvery / 2;
  while (!readers_of(segment).empty()) {
    ASSERT_LT(std::chrono::steady_clock::now(), patience) << "the dead one holds its pages";
  }
}

}  // namespace
}  // namespace chargemill::runtime::journal::test
