// Whoever is refused a journal hears who writes it.
#include "runtime/journal/writer_lock.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string_view>

#include "tests/runtime/journal/forked.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {
namespace {

/// A process that holds the lock of a directory.
Forked holder_of(const Folder& folder) {
  return Forked{[&](const auto& wait, const auto&) {
    const auto lock = WriterLock::take(folder.path());
    if (lock) wait();
  }};
}
/// Who is said to hold it; "": nobody does.
std::string said_of(const Folder& folder) {
  const auto lock = WriterLock::take(folder.path());
  if (lock) return "";
  const std::string& text = lock.error().text;
  constexpr std::string_view kBefore = "process ";
  const auto at = text.find(kBefore);
  return at == std::string::npos ? text : text.substr(at + kBefore.size());
}
void write_text(const Folder& folder, const std::string& text) {
  std::ofstream{folder.path() + "/writer.lock", std::ios::trunc} << text;
}

TEST(WriterLock, NamesItsHolderAndNotTheOneBeforeWhoseTextIsStillThere) {
  const Folder folder;
  Forked holder = holder_of(folder);
  const std::string pid = std::to_string(holder.pid());
  EXPECT_EQ(said_of(folder), pid);
  // As it is between taking the lock and writing the own pid behind one who was killed.
  for (const char* const text : {"1\n", ""}) {
    write_text(folder, text);
    EXPECT_EQ(said_of(folder), pid) << "and whoever is refused takes nothing away";
  }
  holder.kill();
  EXPECT_EQ(said_of(folder), "") << "the dead hold nothing";
}
// A record lock goes with the first descriptor that its process closes.
TEST(WriterLock, KeepsOthersOutAlsoWhenItsOwnProcessHasAskedForItAgain) {
  const Folder folder;
  Forked holder{[&](const auto& wait, const auto&) {
    const auto lock = WriterLock::take(folder.path());
    if (lock && said_of(folder) == std::to_string(::getpid())) wait();
  }};
  EXPECT_EQ(said_of(folder), std::to_string(holder.pid())) << "as the text says";
  holder.kill();
  EXPECT_EQ(said_of(folder), "");
}

}  // namespace
}  // namespace chargemill::runtime::journal::test
