#include "tests/runtime/journal/child/disk_model.hpp"

#include <algorithm>

namespace chargemill::runtime::journal::test {

DiskModel::File& DiskModel::file_called(const std::string& name) {
  const auto found = std::find_if(files_.rbegin(), files_.rend(), [&](const File& file) {
    return file.name == name && !file.is_unlinked;
  });
  if (found != files_.rend()) return *found;
  files_.push_back({});
  files_.back().name = name;
  return files_.back();
}

void DiskModel::done(const DiskEvent& event) {
  std::mt19937 none;
  switch (event.op) {
    case DiskOp::write:
      if (event.is_direct && !is_lying_)
        apply(file_called(event.name).kept, {event.offset, event.bytes}, Loss::nothing, none);
      else
        file_called(event.name).pending.push_back({event.offset, event.bytes});
      break;
    case DiskOp::sync: {
      if (is_lying_) break;
      File& file = file_called(event.name);
      for (const Write& write : file.pending) apply(file.kept, write, Loss::nothing, none);
      file.pending.clear();
      break;
    }
    case DiskOp::rename: {
      File& file = file_called(event.name);
      if (file.name_before.empty()) file.name_before = file.name;
      file.name = event.other;
      break;
    }
    case DiskOp::sync_folder:
      if (event.name != kFolder) break;
      for (File& file : files_) {
        file.name_before.clear();
        file.is_new = false;
      }
      files_.erase(std::remove_if(files_.begin(), files_.end(),
                                  [](const File& file) { return file.is_unlinked; }),
                   files_.end());
      break;
    case DiskOp::unlink:
      file_called(event.name).is_unlinked = true;
      break;
    case DiskOp::truncate:
    case DiskOp::said:
      break;
  }
}

std::map<std::string, std::string> DiskModel::cut(const DiskEvent* underway, Loss loss,
                                                  std::mt19937& random) const {
  std::map<std::string, std::string> disk;
  for (const File& file : files_) {
    if (file.is_unlinked && random() % 2 == 0) continue;
    if (file.is_new && random() % 2 == 0) continue;
    std::string bytes = file.kept;
    for (const Write& write : file.pending) apply(bytes, write, loss, random);
    if (underway != nullptr && underway->op == DiskOp::write && underway->name == file.name)
      apply(bytes, {underway->offset, underway->bytes}, loss, random);
    const bool old_name = !file.name_before.empty() && random() % 2 == 0;
    disk[old_name ? file.name_before : file.name] = std::move(bytes);
  }
  return disk;
}

/// Puts into `bytes` what a loss leaves of a write.
void DiskModel::apply(std::string& bytes, const Write& write, Loss loss, std::mt19937& random) {
  if (loss == Loss::everything || (loss == Loss::writes && random() % 2 == 0)) return;
  std::size_t step = write.bytes.size();
  if (loss == Loss::sectors_512) step = 512;
  if (loss == Loss::sectors_4096) step = 4096;
  for (std::size_t at = 0; at < write.bytes.size(); at += step) {
    if (step != write.bytes.size() && random() % 2 == 0) continue;
    const std::size_t count = std::min(step, write.bytes.size() - at);
    if (bytes.size() < write.offset + at + count) bytes.resize(write.offset + at + count);
    bytes.replace(write.offset + at, count, write.bytes, at, count);
  }
}

}  // namespace chargemill::runtime::journal::test
