#include "tests/runtime/journal/child/disk_model.hpp"

#include <algorithm>

namespace chargemill::runtime::journal::test {

DiskModel::File& DiskModel::file_called(const std::string& name) {
  const auto has_it = [&](const File& file) {
    return std::any_of(file.names.begin(), file.names.end(),
                       [&](const Name& one) { return one.is == name && !one.is_unlinked; });
  };
  const auto found = std::find_if(files_.rbegin(), files_.rend(), has_it);
  if (found != files_.rend()) return *found;
  files_.emplace_back();
  files_.back().names.emplace_back();
  files_.back().names.back().is = name;
  return files_.back();
}

DiskModel::Name& DiskModel::name_called(const std::string& name) {
  auto& names = file_called(name).names;
  return *std::find_if(names.begin(), names.end(),
                       [&](const Name& one) { return one.is == name && !one.is_unlinked; });
}

void DiskModel::sync_names() {
  for (File& file : files_) {
    auto& names = file.names;
    names.erase(std::remove_if(names.begin(), names.end(),
                               [](const Name& name) { return name.is_unlinked; }),
                names.end());
    for (Name& name : names) {
      name.before.clear();
      name.is_new = false;
    }
  }
  files_.erase(std::remove_if(files_.begin(), files_.end(),
                              [](const File& file) { return file.names.empty(); }),
               files_.end());
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
      Name& name = name_called(event.name);
      if (name.before.empty()) name.before = name.is;
      name.is = event.other;
      break;
    }
    case DiskOp::link: {
      Name second;
      second.is = event.other;
      file_called(event.name).names.push_back(std::move(second));
      break;
    }
    case DiskOp::sync_folder:
      if (event.name == kFolder) sync_names();
      break;
    case DiskOp::unlink:
      name_called(event.name).is_unlinked = true;
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
    std::string bytes = file.kept;
    for (const Write& write : file.pending) apply(bytes, write, loss, random);
    const auto is_written = [&](const Name& name) { return name.is == underway->name; };
    if (underway != nullptr && underway->op == DiskOp::write &&
        std::any_of(file.names.begin(), file.names.end(), is_written))
      apply(bytes, {underway->offset, underway->bytes}, loss, random);
    for (const Name& name : file.names) {
      if (name.is_unlinked && random() % 2 == 0) continue;
      if (name.is_new && random() % 2 == 0) continue;
      const bool old_name = !name.before.empty() && random() % 2 == 0;
      disk[old_name ? name.before : name.is] = bytes;
    }
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
