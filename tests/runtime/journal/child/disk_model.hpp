// What may be on a disk after a power cut, made up from what was done to it.
#pragma once

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/runtime/journal/child/disk_log.hpp"

namespace chargemill::runtime::journal::test {

/// A disk that keeps what was synced and, of the rest, whatever it likes: writes in any
/// combination, whole or by sectors, and names of files as they were or as they became, which of a
/// new file, or of a second name (link), is none at all. A sync of a file keeps its bytes, not its
/// names.
/// Source: Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014), the abstract
/// persistence model without ordering between writes.
class DiskModel {
 public:
  enum class Loss { nothing, everything, writes, sectors_512, sectors_4096 };
  static constexpr unsigned kLosses = 5;
  /// What the folder of all files is called: to sync another one keeps no name.
  static constexpr const char* kFolder = "journal";

  /// With `is_lying` a sync keeps nothing: the disk of a journal that must be caught.
  explicit DiskModel(bool is_lying = false) : is_lying_(is_lying) {}

  /// A file that was there before, on disk.
  void put(const std::string& name, std::string bytes) {
    File& file = file_called(name);
    file.kept = std::move(bytes);
    file.names.front().is_new = false;
  }
  /// The event has been done and has returned.
  void done(const DiskEvent& event);
  /// The files after a cut while `underway` was being done, or between events if it is null.
  [[nodiscard]] std::map<std::string, std::string> cut(const DiskEvent* underway, Loss loss,
                                                       std::mt19937& random) const;

 private:
  struct Write {
    std::uint64_t offset;
    std::string bytes;
  };
  struct Name {
    std::string is;      // as the process sees it
    std::string before;  // as the disk may see it until the folder is synced; "": the same
    bool is_new = true;  // the disk may not know it until the folder is synced
    bool is_unlinked = false;
  };
  struct File {
    std::string kept;            // on disk, for certain
    std::vector<Write> pending;  // done, but not synced
    std::vector<Name> names;     // more than one by link
  };

  /// The file of that name, which is made if there is none.
  [[nodiscard]] File& file_called(const std::string& name);
  [[nodiscard]] Name& name_called(const std::string& name);
  void sync_names();
  static void apply(std::string& bytes, const Write& write, Loss loss, std::mt19937& random);

  std::vector<File> files_;
  bool is_lying_;
};

}  // namespace chargemill::runtime::journal::test
