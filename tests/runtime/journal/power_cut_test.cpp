// The power fails at every kind of moment. A child writes a journal while a shim writes down all
// that it does to its disk and when it acknowledged what; from that, disks are made up as a cut may
// leave them. Each must open, be sound, and hold all that had been acknowledged by then.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "tests/runtime/journal/child/child.hpp"
#include "tests/runtime/journal/child/disk_model.hpp"
#include "tests/runtime/journal/cuts.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {
namespace {

constexpr std::uint64_t kRecords = 12'000;  // of each producer: three segments
constexpr std::size_t kProducers = 2;

/// What a run did to its disk.
struct Story {
  std::vector<DiskEvent> events;
  std::map<std::string, std::string> before;  ///< the segments that there were, by name
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// What is there, by names.
std::map<std::string, std::string> segments_in(const std::string& directory) {
  std::map<std::string, std::string> segments;
  for (const auto& file : std::filesystem::directory_iterator{directory}) {
    if (file.path().extension() == ".segment")
      segments[file.path().filename().string()] = read_file(file.path());
  }
  return segments;
}

/// A run that goes on after another one, of which it keeps little: several segments go at once.
Story story_of_a_forgetful_run() {
  const Folder folder;
  ChildOrders orders;
  orders.directory = folder.path() + "/journal";
  orders.records = 2 * kRecords;
  {
    Child first{orders};
    EXPECT_TRUE(first.listen(std::chrono::minutes{2}));
    EXPECT_EQ(first.report().exit_code, 0);
  }
  Story story;
  story.before = segments_in(orders.directory);
  orders.records = kRecords;
  orders.keep_bytes = 2 * kSmallSegment;
  orders.has_shim = true;
  orders.environment = {"DISK_LOG=" + folder.path() + "/log"};
  Child child{orders};
  EXPECT_TRUE(child.listen(std::chrono::minutes{2}));
  EXPECT_EQ(child.report().exit_code, 0);
  story.events = read_disk_log(folder.path() + "/log");
  return story;
}

/// `fault`: what befalls the disk meanwhile (disk_fault.hpp).
std::vector<DiskEvent> events_of_a_run(const std::string& fault = "") {
  const Folder folder;
  ChildOrders orders;
  orders.directory = folder.path() + "/journal";
  orders.records = kRecords;
  orders.has_shim = true;
  orders.environment = {"DISK_LOG=" + folder.path() + "/log"};
  if (!fault.empty()) orders.environment.push_back("DISK_FAULT=" + fault);
  Child child{orders};
  EXPECT_TRUE(child.listen(std::chrono::minutes{2}));
  EXPECT_EQ(child.report().exit_code, 0);
  EXPECT_EQ(child.report().state, "working");
  EXPECT_EQ(child.report().failures > 0, !fault.empty());
  return read_disk_log(folder.path() + "/log");
}

using Acknowledged = std::array<std::uint64_t, kProducers>;

void hear(const DiskEvent& event, Acknowledged& acknowledged) {
  unsigned producer = 0;
  unsigned long long number = 0;
  if (event.op != DiskOp::said) return;
  if (std::sscanf(event.bytes.c_str(), "ack %u %llu", &producer, &number) == 2)
    acknowledged.at(producer) = number;
}

/// What is wrong with a journal after a cut, and after going on with it; "": nothing.
std::string problem_after(const Folder& folder, const std::map<std::string, std::string>& disk,
                          const Acknowledged& acknowledged, bool goes_on, Extent extent) {
  put_down(folder, disk);
  // Before anybody writes: whoever opens it seals what was left open, and pages that are looked at
  // while they change look damaged.
  Tally tally{kProducers, extent};
  if (auto problem = problem_of(folder.path(), tally); !problem.empty()) return problem;
  for (std::size_t p = 0; p < kProducers; ++p) {
    const bool is_dropped = extent == Extent::rest && tally.upto[p] == 0;
    if (!is_dropped && tally.upto[p] < acknowledged.at(p)) return "something acknowledged is lost";
  }
  {
    const auto journal = Journal::open(small_options(folder.path()));
    if (!journal) return journal.error().text;
    if (goes_on) append((*journal)->add_appender(), 0, tally.upto[0] + 1, tally.upto[0] + 100);
  }
  Tally after{kProducers, extent};
  if (auto problem = problem_of(folder.path(), after); !problem.empty()) return problem;
  return after.upto[0] == tally.upto[0] + (goes_on ? 100 : 0) ? "" : "it does not go on";
}

/// Tries cuts of a run; returns what was wrong with the first bad one, "" if none was.
std::string try_cuts(const std::vector<DiskEvent>& events, const Moments& moments, bool is_lying,
                     const std::map<std::string, std::string>& before = {}) {
  const Folder folder{images()};
  std::mt19937 random{static_cast<unsigned>(moments.size())};
  const Extent extent = before.empty() ? Extent::all : Extent::rest;
  DiskModel model{is_lying};
  for (const auto& [name, bytes] : before) model.put(name, bytes);
  Acknowledged acknowledged{};
  std::size_t at = 0;
  for (unsigned i = 0; i < moments.size(); ++i) {
    for (; at < moments[i]; ++at) {
      model.done(events[at]);
      hear(events[at], acknowledged);
    }
    const auto loss = static_cast<DiskModel::Loss>(i % DiskModel::kLosses);
    const auto disk = model.cut(&events[at], loss, random);
    const std::string problem = problem_after(folder, disk, acknowledged, i % 4 == 0, extent);
    if (!problem.empty()) return "cut " + std::to_string(i) + ": " + problem;
  }
  return "";
}

TEST(PowerCut, LosesNothingThatWasAcknowledgedAndLeavesNothingThatDoesNotOpen) {
  const auto events = events_of_a_run();
  ASSERT_FALSE(events.empty());
  const auto count_of = [&](DiskOp op) {
    return std::count_if(events.begin(), events.end(),
                         [op](const DiskEvent& event) { return event.op == op; });
  };
  ASSERT_GE(count_of(DiskOp::rename), 3) << "the run went through several segments";
  EXPECT_EQ(try_cuts(events, any_moments(events, cuts()), false), "");
  std::printf("%u cuts of a run of %zu writes, %zu syncs, %zu acknowledgements\n", cuts(),
              static_cast<std::size_t>(count_of(DiskOp::write)),
              static_cast<std::size_t>(count_of(DiskOp::sync)),
              static_cast<std::size_t>(count_of(DiskOp::said)));
}
// What a failed sync was to bring to the disk never comes there, or some of it does; what was
// written again elsewhere is there.
TEST(PowerCut, LosesNothingAlsoWhereTheDiskHadFailedBefore) {  // LG-03
  for (const char* fault : {"sync:5:3:1", "meta:5:3:1", "write:28:7:1", "short:0:7:1"}) {
    SCOPED_TRACE(fault);
    const auto events = events_of_a_run(fault);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(try_cuts(events, any_moments(events, cuts() / 5), false), "");
  }
}
// A disk may keep one removal and forget the one before.
TEST(PowerCut, LeavesNoGapWhereOldSegmentsWereDropped) {
  const Story story = story_of_a_forgetful_run();
  unsigned in_a_row = 0;
  unsigned most = 0;
  for (const DiskEvent& event : story.events) {
    if (event.op == DiskOp::rename) in_a_row = 0;
    if (event.op == DiskOp::unlink && event.name.find(".new") == std::string::npos)
      most = std::max(most, ++in_a_row);
  }
  ASSERT_GE(most, 2U) << "the test cannot fail";
  EXPECT_EQ(try_cuts(story.events, any_moments(story.events, cuts() / 5), false, story.before), "");
}
// A life ends where a segment has its name, and the folder is not synced; the next one writes
// there.
TEST(PowerCut, LosesNothingInASegmentWhoseMakerWasKilled) {
  for (const char* named : {"0", "1"}) {  // so many segments before it
    SCOPED_TRACE(named);
    const Folder folder;
    ChildOrders orders;
    orders.directory = folder.path() + "/journal";
    orders.records = kRecords;
    std::vector<DiskEvent> events;
    ASSERT_EQ(live(orders, std::string{"folder:-9:"} + named + ":1", events), -SIGKILL);
    ASSERT_EQ(live(orders, "", events), 0);
    EXPECT_EQ(try_cuts(events, any_moments(events, cuts() / 5), false), "");
  }
}
// The last removal of one life, and the first of the next.
TEST(PowerCut, LeavesNoGapWhereWhoeverDroppedSegmentsWasKilled) {
  const Folder folder;
  ChildOrders orders;
  orders.directory = folder.path() + "/journal";
  orders.records = 2 * kRecords;
  std::vector<DiskEvent> made;
  ASSERT_EQ(live(orders, "", made), 0);
  const auto before = segments_in(orders.directory);
  std::vector<DiskEvent> events;
  orders.records = kRecords;
  orders.keep_bytes = 4 * kSmallSegment;
  ASSERT_EQ(live(orders, "write:-9:0:1", events), -SIGKILL);
  const std::size_t killed = events.size();
  orders.keep_bytes = 2 * kSmallSegment;
  ASSERT_EQ(live(orders, "", events), 0);
  Moments moments;  // behind each removal, many times
  bool has_removed = false;
  for (std::size_t i = 0; i + 1 < events.size(); ++i) {
    if (events[i].op != DiskOp::unlink) continue;
    has_removed = has_removed || i < killed;
    moments.insert(moments.end(), 12, i + 1);
  }
  ASSERT_TRUE(has_removed) << "the test cannot fail";
  EXPECT_EQ(try_cuts(events, moments, false, before), "");
}
// Each is a wait for the disk, those of a new segment by whatever is appended meanwhile.
TEST(PowerCut, IsMetByThreeFlushesForANewSegmentAndTwoForACommit) {
  const auto events = events_of_a_run();
  std::size_t begun = 0;
  std::size_t of_begun = 0;
  std::size_t of_folder = 0;
  std::size_t syncs = 0;
  std::size_t metas = 0;
  for (const DiskEvent& event : events) {
    const bool is_sync = event.op == DiskOp::sync;
    const bool is_meta = event.op == DiskOp::write && event.is_direct;
    const bool is_new = event.name.find(".segment.new") != std::string::npos;
    if (event.op == DiskOp::rename) ++begun;
    if (event.op == DiskOp::sync_folder && begun > 0) ++of_folder;
    if (is_new && (is_sync || is_meta)) ++of_begun;
    if (!is_new && is_sync) ++syncs;
    if (!is_new && is_meta) ++metas;
  }
  EXPECT_GE(begun, 3U);
  EXPECT_EQ(of_begun, 2 * begun);
  EXPECT_EQ(of_folder, begun);
  EXPECT_EQ(syncs, metas);
  EXPECT_GT(syncs, begun);
}
TEST(PowerCut, OfTheModelTakesANameWhoseFolderWasNotSynced) {
  DiskModel model;
  std::mt19937 random{1};
  const auto names = [&] {
    std::set<std::string> all;
    for (int i = 0; i < 100; ++i) {
      const auto disk = model.cut(nullptr, DiskModel::Loss::everything, random);
      all.insert(disk.empty() ? "" : disk.begin()->first);
    }
    return all;
  };
  using Names = std::set<std::string>;
  model.done({DiskOp::write, false, "1.new", "", 0, "bytes"});
  model.done({DiskOp::sync, false, "1.new", "", 0, ""});
  EXPECT_EQ(names(), (Names{"", "1.new"}));
  model.done({DiskOp::rename, false, "1.new", "1", 0, ""});
  EXPECT_EQ(names(), (Names{"", "1.new", "1"}));
  model.done({DiskOp::sync_folder, false, "elsewhere", "", 0, ""});
  EXPECT_EQ(names(), (Names{"", "1.new", "1"}));
  model.done({DiskOp::sync_folder, false, DiskModel::kFolder, "", 0, ""});
  EXPECT_EQ(names(), (Names{"1"}));
  model.done({DiskOp::unlink, false, "1", "", 0, ""});
  EXPECT_EQ(names(), (Names{"", "1"}));
  model.done({DiskOp::sync_folder, false, DiskModel::kFolder, "", 0, ""});
  EXPECT_EQ(names(), (Names{""}));
}
TEST(PowerCut, FindsOutAJournalWhoseDiskKeepsNothing) {
  const auto events = events_of_a_run();
  ASSERT_FALSE(events.empty());
  EXPECT_NE(try_cuts(events, any_moments(events, 50), true), "") << "the test cannot fail";
}

}  // namespace
}  // namespace chargemill::runtime::journal::test
