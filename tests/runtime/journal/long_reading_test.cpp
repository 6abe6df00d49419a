// Reading many records of a key from the segment that grows, without holding its writer up.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/journal/reader.hpp"
#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {
namespace {

/// A journal of one large segment, with `records` of producer 0 in it.
struct LargeJournal {
  Folder folder;
  std::unique_ptr<Journal> journal;
  Appender* appender = nullptr;

  explicit LargeJournal(std::uint64_t records) {
    JournalOptions options;
    options.chain.directory = folder.path();
    journal = open_journal(options);
    appender = &journal->add_appender();
    write(records);
  }
  void write(std::uint64_t more) {
    const std::uint64_t before = appender->appended();
    append(*appender, 0, before + 1, before + more);
    EXPECT_TRUE(journal->wait_durable(*appender, before + more, Millis{30'000}));
  }
};

/// Of which commit the state is that somebody in this process reads; 0: nobody reads.
std::size_t state_read(const Environment& segment) {
  std::size_t commit = 0;
  const auto note = [](const char* line, void* to) {
    std::size_t found = 0;
    if (std::sscanf(line, "%*d %*x %zu", &found) == 1) *static_cast<std::size_t*>(to) = found;
    return 0;
  };
  (void)mdb_reader_list(segment.handle(), note, &commit);
  return commit;
}

/// Reads many records of a growing segment, which goes on growing meanwhile.
template <class Ask>
void expect_several_transactions(Ask ask) {
  constexpr std::uint64_t kMany = 3 * Reader::kShownAtOnce - 100;
  LargeJournal large{kMany};
  const auto segment =
      Environment::open(path_of(large.folder.path(), {1, 0}), Environment::Access::read);
  ASSERT_TRUE(segment);
  EXPECT_EQ(state_read(**segment), 0U);
  Reader reader = open_reader(large.folder.path());
  std::uint64_t seen = 0;
  std::vector<std::size_t> states;
  const Result<std::uint64_t> shown = ask(reader, [&](const Record& record) {
    if (seen % Reader::kShownAtOnce == 0) {
      states.push_back(state_read(**segment));
      large.write(1);
    }
    EXPECT_EQ(record.sequence, kMany - seen) << "each once, and nothing that has come since";
    ++seen;
    return !testing::Test::HasFailure();
  });
  ASSERT_TRUE(shown) << shown.error().text;
  EXPECT_EQ(*shown, kMany);
  ASSERT_EQ(states.size(), 3U);
  EXPECT_GT(states[0], 0U);
  EXPECT_GT(states[1], states[0]) << "a later state";
  EXPECT_GT(states[2], states[1]);
  EXPECT_EQ(state_read(**segment), 0U);
}

TEST(LongReading, ShowsManyRecordsOfAKeyInSeveralTransactions) {  // LG-07
  expect_several_transactions([](Reader& reader, const Reader::Visit& visit) {
    return reader.newest(producer_key(0), kSequenceMax, visit);
  });
}
TEST(LongReading, ShowsManyRecordsFromTheNewestOnInSeveralTransactions) {  // LG-07
  expect_several_transactions([](Reader& reader, const Reader::Visit& visit) {
    return reader.newest_of_all(kSequenceMax, visit);
  });
}

TEST(LongReading, StopsAtALimitWhereverItsTransactionsEnd) {
  constexpr std::uint64_t kMany = 2 * Reader::kShownAtOnce;
  const LargeJournal large{kMany};
  Reader reader = open_reader(large.folder.path());
  for (const std::uint64_t limit : {Reader::kShownAtOnce - 1, Reader::kShownAtOnce,
                                    Reader::kShownAtOnce + 1, kMany, kMany + 1}) {
    SCOPED_TRACE(limit);
    Sequence last = 0;
    std::uint64_t seen = 0;
    const auto shown = reader.newest(producer_key(0), limit, [&](const Record& record) {
      last = record.sequence;
      ++seen;
      return true;
    });
    ASSERT_TRUE(shown) << shown.error().text;
    EXPECT_EQ(*shown, std::min(limit, kMany));
    EXPECT_EQ(seen, *shown);
    EXPECT_EQ(last, kMany - seen + 1);
    const auto of_all = reader.newest_of_all(limit, [&](const Record& record) {
      EXPECT_EQ(record.sequence, kMany - (*shown - seen));
      return seen-- > 0;
    });
    ASSERT_TRUE(of_all) << of_all.error().text;
    EXPECT_EQ(*of_all, *shown);
    EXPECT_EQ(seen, 0U);
  }
}

std::string as_written(const std::array<std::uint32_t, 4>& offsets) {
  return {reinterpret_cast<const char*>(offsets.data()), sizeof offsets};
}

// The next transaction goes on below the last that was shown: what is above would be left out, or
// be shown again and again.
TEST(LongReading, NamesARunWhoseNumbersDoNotFall) {
  const Folder folder;
  std::string path;
  {
    auto segment = SegmentWriter::create(folder.path(), {1, 0}, 1U << 20U);
    ASSERT_TRUE(segment && segment->write(batch_of(1, 30).records));
    path = segment->path();
  }
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  const std::string sound = as_written({14, 15, 16, 17});
  std::size_t runs = 0;
  for (std::size_t at = bytes.find(sound); at != std::string::npos; at = bytes.find(sound, at)) {
    bytes.replace(at, sound.size(), as_written({14, 16, 15, 17}));
    ++runs;
  }
  ASSERT_GT(runs, 0U);
  file.clear();
  file.seekp(0);
  file << bytes << std::flush;
  Reader reader = open_reader(folder.path());
  std::vector<Sequence> seen;
  const auto shown = reader.newest(producer_key(0), kSequenceMax, [&](const Record& record) {
    seen.push_back(record.sequence);
    return seen.size() < 1'000;
  });
  ASSERT_FALSE(shown);
  EXPECT_NE(shown.error().text.find("the posting above record 16 is damaged"), std::string::npos)
      << shown.error().text;
  EXPECT_NE(shown.error().text.find(path), std::string::npos) << shown.error().text;
  EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
  EXPECT_EQ(seen.size(), 14U) << "those above it, and it";
}

}  // namespace
}  // namespace chargemill::runtime::journal::test
