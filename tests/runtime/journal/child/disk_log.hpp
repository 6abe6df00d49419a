// What a process did to its disk, in order, as disk_shim.cpp wrote it down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chargemill::runtime::journal::test {

enum class DiskOp : std::uint32_t {
  write,
  truncate,
  sync,
  rename,
  sync_folder,
  unlink,
  link,
  said
};

/// Before each entry's bytes in the log.
struct DiskOpHeader {
  DiskOp op;
  std::uint32_t is_direct;  ///< a write that returns when it is on disk
  char name[64];
  char other[64];  ///< the new name, of a link the second one
  std::uint64_t offset;
  std::uint64_t bytes;
};
static_assert(sizeof(DiskOpHeader) == 152);

/// One entry.
struct DiskEvent {
  DiskOp op{};
  bool is_direct = false;
  std::string name;
  std::string other;
  std::uint64_t offset = 0;
  std::string bytes;
};

[[nodiscard]] std::vector<DiskEvent> read_disk_log(const std::string& path);

}  // namespace chargemill::runtime::journal::test
