// Who looks into a run's past for those outside, in the process that writes it.
#include "app/history/history_desk.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/journal/directory.hpp"
#include "runtime/journal/journal.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using runtime::journal::Journal;

/// A journal that is told of sessions by hand.
class Told {
 public:
  explicit Told(const std::string& directory) {
    runtime::journal::JournalOptions options;
    options.chain.directory = directory;
    options.chain.segment_bytes = 1U << 20U;
    options.batch_time = 1ms;
    journal_ = std::move(*Journal::open(options));
    appender_ = &journal_->add_appender();
  }
  /// One more; whether it is on disk.
  [[nodiscard]] bool tell() {
    archive::SessionStart start;
    start.session = SessionId{++sessions_};
    return appender_->try_append(encoder_.encode(start, {"CP-001", "alice"})) &&
           journal_->wait_durable(*appender_, appender_->appended(), 30s);
  }
  [[nodiscard]] runtime::journal::JournalStatus status() const { return journal_->status(); }

 private:
  std::unique_ptr<Journal> journal_;
  runtime::journal::Appender* appender_ = nullptr;
  archive::Encoder encoder_{archive::Origin{0}};
  std::uint64_t sessions_ = 0;
};

/// How many sessions are on record; none: they could not be read.
std::optional<std::size_t> sessions(HistoryDesk& desk) {
  // The desk may still be about to leave it when the answer is here.
  const auto answer = std::make_shared<std::promise<std::optional<std::size_t>>>();
  auto heard = answer->get_future();
  EXPECT_TRUE(desk.ask([answer](Result<archive::Past*> past) {
    if (!past) return answer->set_value(std::nullopt);
    const auto rows = (*past)->sessions({});
    answer->set_value(rows ? std::optional{rows->size()} : std::nullopt);
  }));
  return heard.get();
}

/// The descriptor through which this process writes the meta pages of `segment`: the one that
/// returns when it is on disk. -1: there is none.
int meta_file_of(const std::string& segment) {
  const auto wanted = fs::canonical(segment);
  for (const auto& entry : fs::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone) != wanted) continue;
    const int file = std::stoi(entry.path().filename().string());
    if ((::fcntl(file, F_GETFL) & O_DSYNC) != 0) return file;
  }
  return -1;
}

TEST(HistoryDesk, ReadsOnInASegmentThatThisProcessFailedToWrite) {  // D-172
  const test::Folder folder;
  Told told{folder.path()};
  int opened = 0;  // written by the desk's thread before it answers
  HistoryDesk desk{folder.path(), nullptr, [&opened] {
                     ++opened;
                     return std::vector<std::unique_ptr<archive::Past>>{};
                   }};
  ASSERT_TRUE(told.tell());
  EXPECT_EQ(sessions(desk), 1U);
  EXPECT_EQ(sessions(desk), 1U);
  EXPECT_EQ(opened, 1) << "as long as all is well it stays open";
  const int meta = meta_file_of(runtime::journal::path_of(folder.path(), {1, 0}));
  ASSERT_GE(meta, 0);
  const int unwritable = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::dup2(unwritable, meta), meta);
  (void)::close(unwritable);
  ASSERT_TRUE(told.tell()) << "into another segment";
  EXPECT_EQ(told.status().failures, 1U);
  EXPECT_EQ(sessions(desk), std::nullopt) << "whatever has a failed segment open cannot read it";
  EXPECT_EQ(sessions(desk), 2U);
  EXPECT_EQ(opened, 2);
}

}  // namespace
}  // namespace chargemill::app
