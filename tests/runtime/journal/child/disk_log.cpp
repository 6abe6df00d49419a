#include "tests/runtime/journal/child/disk_log.hpp"

#include <fstream>

namespace chargemill::runtime::journal::test {

std::vector<DiskEvent> read_disk_log(const std::string& path) {
  std::vector<DiskEvent> events;
  std::ifstream file{path, std::ios::binary};
  DiskOpHeader header{};
  while (file.read(reinterpret_cast<char*>(&header), sizeof header)) {
    DiskEvent event{header.op,    header.is_direct != 0, header.name,
                    header.other, header.offset,         std::string(header.bytes, '\0')};
    if (!file.read(event.bytes.data(), static_cast<std::streamsize>(header.bytes))) break;
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace chargemill::runtime::journal::test
