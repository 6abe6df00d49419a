// The power fails while heirs disown what a sleeping writer adds, and while the next writer begins
// behind that (child/disk_model.hpp, as in power_cut_test.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "runtime/journal/directory.hpp"
#include "tests/runtime/journal/child/disk_model.hpp"
#include "tests/runtime/journal/cuts.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {
namespace {

constexpr std::uint64_t kRecords = 20'000;  // of the first life: more than a segment

constexpr const char* kDamaged = "damaged: it is no number";
constexpr const char* kForgotten = "what was said to be disowned is forgotten";

/// A life that is given up half way, and the one that goes on.
struct TwoLives {
  std::vector<DiskEvent> events;
  std::size_t first = 0;     ///< so many of them are of the first life
  std::size_t said = 0;      ///< that which tells that it is disowned
  std::uint64_t counts = 0;  ///< the last of its records that does
};

std::optional<std::uint64_t> disowned_by(const DiskEvent& event) {
  unsigned long long counts = 0;
  if (event.op != DiskOp::said) return std::nullopt;
  if (std::sscanf(event.bytes.c_str(), "disowned %llu", &counts) != 1) return std::nullopt;
  return counts;
}

TwoLives two_lives() {
  const Folder folder;
  ChildOrders orders;
  orders.directory = folder.path() + "/journal";
  orders.producers = 1;
  orders.records = kRecords;
  orders.has_heirs = true;
  TwoLives lives;
  EXPECT_EQ(live(orders, "", lives.events), 0);
  lives.first = lives.events.size();
  for (std::size_t i = 0; i < lives.first; ++i) {
    const auto counts = disowned_by(lives.events[i]);
    if (counts) lives.said = i;
    if (counts) lives.counts = *counts;
  }
  orders.has_heirs = false;
  orders.records = kRecords / 8;
  EXPECT_EQ(live(orders, "", lives.events), 0);
  return lives;
}

/// What has been said by the time that the power fails.
struct Promised {
  bool is_disowned = false;
  std::uint64_t first = 0;  ///< durable, in the first life
  std::uint64_t next = 0;   ///< and in the next one, which goes on behind what counts
};

void hear(const DiskEvent& event, bool is_first, Promised& promised) {
  unsigned producer = 0;
  unsigned long long number = 0;
  promised.is_disowned = promised.is_disowned || disowned_by(event);
  if (event.op != DiskOp::said) return;
  if (std::sscanf(event.bytes.c_str(), "ack %u %llu", &producer, &number) == 2)
    (is_first ? promised.first : promised.next) = number;
}

/// What is wrong with what there is of that, which `tally` counts; "": nothing.
std::string problem_with(const std::string& directory, const TwoLives& lives, bool is_first,
                         const Promised& promised, Tally& tally) {
  const auto listed = list_journal(directory);
  if (!listed) return listed.error().text;
  const auto& disowned = listed->disowned;
  const bool is_disowned = !disowned.empty();
  if (promised.is_disowned && !is_disowned) return kForgotten;
  if (disowned.size() > 1) return "it is said twice";
  if (is_disowned && disowned.front().first != lives.counts + 1)
    return "something else is disowned";
  if (auto problem = problem_of(directory, tally); !problem.empty()) return problem;
  const std::uint64_t upto = tally.upto.front();
  if (is_first && is_disowned && upto > lives.counts) return "what is disowned is shown";
  const std::uint64_t owned = is_disowned ? std::min(promised.first, lives.counts) : promised.first;
  return upto < std::max(owned, promised.next) ? "something acknowledged is lost" : "";
}

bool has_leftovers(const std::string& directory) {
  for (const auto& file : std::filesystem::directory_iterator{directory}) {
    if (file.path().filename().string().rfind("disowned.", 0) == 0) return true;
  }
  return false;
}

/// The next writer begins there, and what it adds is its own.
std::string problem_going_on(const std::string& directory, const Tally& before) {
  const std::uint64_t upto = before.upto.front();
  {
    const auto journal = Journal::open(small_options(directory));
    if (!journal) return journal.error().text;
    append((*journal)->add_appender(), 0, upto + 1, upto + 100);
  }
  if (has_leftovers(directory)) return "a leftover stays";
  Tally after{1};
  if (auto problem = problem_of(directory, after); !problem.empty()) return problem;
  return after.upto.front() == upto + 100 ? "" : "it does not go on";
}

/// All that is wrong after cuts at those moments.
std::set<std::string> problems_of(const TwoLives& lives, const Moments& moments) {
  const Folder folder{images()};
  std::mt19937 random{static_cast<unsigned>(moments.size())};
  DiskModel model;
  Promised promised;
  std::set<std::string> problems;
  std::size_t at = 0;
  for (unsigned i = 0; i < moments.size(); ++i) {
    for (; at < moments[i]; ++at) {
      model.done(lives.events[at]);
      hear(lives.events[at], at < lives.first, promised);
    }
    const auto loss = static_cast<DiskModel::Loss>(i % DiskModel::kLosses);
    put_down(folder, model.cut(&lives.events[at], loss, random));
    Tally tally{1};
    // While the first life ends the next one has not begun.
    std::string problem = problem_with(folder.path(), lives, at <= lives.first, promised, tally);
    if (problem.empty()) problem = problem_going_on(folder.path(), tally);
    if (!problem.empty()) problems.insert(std::move(problem));
  }
  return problems;
}

bool is_of_disowned(const DiskEvent& event) {
  const auto names_it = [](const std::string& name) {
    return name.find("disowned") != std::string::npos;
  };
  return names_it(event.name) || names_it(event.other) || disowned_by(event);
}

/// While whatever makes names and files of what is disowned durable, and just after it, many times.
Moments moments_of_disowning(const TwoLives& lives) {
  const std::size_t times = std::max(10U, cuts() / 200);
  Moments moments = any_moments(lives.events, cuts() / 5);
  for (std::size_t i = 0; i + 1 < lives.events.size(); ++i) {
    const DiskEvent& event = lives.events[i];
    const bool is_of_names = event.op == DiskOp::sync_folder && event.name == DiskModel::kFolder;
    if (!is_of_disowned(event) && !is_of_names) continue;
    moments.insert(moments.end(), times, i);
    moments.insert(moments.end(), times, i + 1);
  }
  std::sort(moments.begin(), moments.end());
  return moments;
}

std::size_t count_of(const TwoLives& lives, DiskOp op) {
  return static_cast<std::size_t>(std::count_if(
      lives.events.begin(), lives.events.end(),
      [op](const DiskEvent& event) { return event.op == op && is_of_disowned(event); }));
}

/// As a journal would have it that left out some of what it does.
template <class Is>
TwoLives without(TwoLives lives, Is is_left_out) {
  for (std::size_t i = 0; i < lives.events.size(); ++i) {
    // An event of which nothing comes: the others stay in their places.
    if (is_left_out(lives.events[i], i)) lives.events[i].op = DiskOp::truncate;
  }
  return lives;
}

TEST(PowerCut, FindsWhatIsDisownedWholeOrNotAtAllAndNeverForgetsItOnceItWasSaid) {
  const TwoLives lives = two_lives();
  ASSERT_GE(lives.counts, kRecords / 2);
  ASSERT_LE(lives.counts, kRecords / 4 * 3) << "nothing is disowned, and the test cannot fail";
  ASSERT_EQ(count_of(lives, DiskOp::link), 1U);
  ASSERT_EQ(count_of(lives, DiskOp::sync), 1U);
  ASSERT_EQ(count_of(lives, DiskOp::rename), 1U) << "by the next writer";
  EXPECT_THAT(problems_of(lives, moments_of_disowning(lives)), testing::IsEmpty());
}

TEST(PowerCut, FindsOutAnHeirThatDoesNotSyncWhatItSays) {
  const TwoLives lives = without(two_lives(), [](const DiskEvent& event, std::size_t) {
    return event.op == DiskOp::sync && is_of_disowned(event);
  });
  EXPECT_THAT(problems_of(lives, Moments(20, lives.said + 1)),
              testing::Contains(testing::HasSubstr(kDamaged)));
}

TEST(PowerCut, FindsOutAnHeirThatDoesNotSyncTheFolder) {
  const TwoLives whole = two_lives();
  const auto is_link = [](const DiskEvent& event) { return event.op == DiskOp::link; };
  const auto link = std::find_if(whole.events.begin(), whole.events.end(), is_link);
  const auto linked = static_cast<std::size_t>(link - whole.events.begin());
  const TwoLives lives = without(whole, [&](const DiskEvent& event, std::size_t i) {
    return event.op == DiskOp::sync_folder && i > linked && i < whole.said;
  });
  EXPECT_THAT(problems_of(lives, Moments(20, lives.said + 1)), testing::Contains(kForgotten));
}

// Nor of its second name.
TEST(PowerCut, OfTheModelTakesANameByLinkWhoseFolderWasNotSynced) {
  DiskModel model;
  std::mt19937 random{1};
  using Disk = std::map<std::string, std::string>;
  const auto disks = [&] {
    std::set<Disk> all;
    for (int i = 0; i < 200; ++i)
      all.insert(model.cut(nullptr, DiskModel::Loss::everything, random));
    return all;
  };
  model.done({DiskOp::write, false, "it.new", "", 0, "bytes"});
  model.done({DiskOp::sync, false, "it.new", "", 0, ""});
  model.done({DiskOp::link, false, "it.new", "it", 0, ""});
  const Disk both{{"it", "bytes"}, {"it.new", "bytes"}};
  const Disk first{{"it.new", "bytes"}};
  const Disk second{{"it", "bytes"}};
  EXPECT_EQ(disks(), (std::set<Disk>{{}, first, second, both}));
  model.done({DiskOp::unlink, false, "it.new", "", 0, ""});
  EXPECT_EQ(disks(), (std::set<Disk>{{}, first, second, both})) << "the disk may not know that yet";
  model.done({DiskOp::sync_folder, false, DiskModel::kFolder, "", 0, ""});
  EXPECT_EQ(disks(), (std::set<Disk>{second}));
}

}  // namespace
}  // namespace chargemill::runtime::journal::test
