#include "runtime/journal/directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

namespace chargemill::runtime::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 20;

std::string system_text(int code) { return std::generic_category().message(code); }

std::optional<SegmentName> name_from(const std::string& file) {
  unsigned long long first = 0;
  unsigned generation = 0;
  if (file.size() <= kDigits || file[kDigits] != '-') return std::nullopt;
  if (std::sscanf(file.c_str(), "%20llu-%9u.segment", &first, &generation) != 2)
    return std::nullopt;
  const SegmentName name{first, generation};
  // Whatever else the file may be called: a segment is called as we would call it.
  if (path_of("", name) != "/" + file || first == 0 || first > kSequenceMax) return std::nullopt;
  return name;
}

/// Makes the names in a folder durable. 0, or the system's code.
int sync_folder(const std::string& folder) noexcept {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int code = file >= 0 && ::fsync(file) == 0 ? 0 : errno;
  if (file >= 0) (void)::close(file);
  return code;
}

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { (void)::closedir(folder); }
};

/// What is in a folder, by the names alone. Not std::filesystem's iterator: where that finds no
/// memory it ends the process.
Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseFolder> open{::opendir(folder.c_str())};
  while (open) {
    errno = 0;
    const dirent* const one = ::readdir(open.get());  // NOLINT(concurrency-mt-unsafe): its own DIR
    if (one == nullptr && errno == 0) return names;
    if (one == nullptr) break;
    names.emplace_back(one->d_name);
  }
  return failure(ErrorKind::environment, "cannot list " + folder + ": " + system_text(errno));
}

std::vector<SegmentName> segments_among(const std::vector<std::string>& names) {
  std::vector<SegmentName> found;
  for (const auto& file : names) {
    if (const auto name = name_from(file)) found.push_back(*name);
  }
  // Of equal firsts the youngest comes first, and unique() keeps it.
  std::sort(found.begin(), found.end(), [](const SegmentName& a, const SegmentName& b) {
    return a.first != b.first ? a.first < b.first : a.generation > b.generation;
  });
  const auto same = [](const SegmentName& a, const SegmentName& b) { return a.first == b.first; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

std::string path_of(const std::string& directory, SegmentName name) {
  std::array<char, 64> file{};
  (void)std::snprintf(file.data(), file.size(), "/%020llu-%u.segment",
                      static_cast<unsigned long long>(name.first), name.generation);
  return directory + file.data();
}

Result<std::vector<SegmentName>> list_segments(const std::string& directory) {
  const auto names = names_in(directory);
  if (!names) return tl::unexpected(names.error());
  return segments_among(*names);
}

Result<Listing> list_journal(const std::string& directory) {
  for (;;) {
    const auto names = names_in(directory);
    if (!names) return tl::unexpected(names.error());
    Listing listing{segments_among(*names), {}};
    bool is_open = false;
    for (const auto& file : *names) {
      if (const auto range = disowned_from(file)) listing.disowned.push_back(*range);
      is_open = is_open || file == kDisownedFile;
    }
    if (!is_open) return listing;
    const auto still = read_disowned(directory);
    if (!still) return tl::unexpected(still.error());
    if (!*still) continue;  // it has another name by now
    listing.disowned.push_back(**still);
    return listing;
  }
}

Result<void> make_directory(const std::string& directory) {
  std::error_code code;
  fs::create_directories(directory, code);
  if (code)
    return failure(ErrorKind::environment, "cannot make " + directory + ": " + code.message());
  // Whoever made the folders above, here or before, may not have synced them. One that this process
  // may not open, or whose file system has no such thing, is left to its owner.
  fs::path at = fs::absolute(directory, code);
  for (; !code && at.has_relative_path(); at = at.parent_path()) {
    if (sync_folder(at.parent_path().string()) == EIO)
      return failure(ErrorKind::environment, "cannot sync " + at.parent_path().string());
  }
  return {};
}

void remove_leftovers(const std::string& directory) {
  const auto counted = list_segments(directory);
  // Nothing in it was acknowledged, and its removal failed, or a power cut undid it.
  const auto is_replaced = [&](const std::string& file) {
    const auto name = name_from(file);
    return name && counted && std::any_of(counted->begin(), counted->end(), [&](const auto& one) {
             return one.first == name->first && one.generation > name->generation;
           });
  };
  const auto names = names_in(directory);
  if (!names) return;
  std::vector<std::string> leftovers;
  for (const auto& file : *names) {
    const std::string path = (fs::path{directory} / file).string();
    constexpr std::string_view kLock = "-lock";
    const bool unfinished = ends_with(path, ".segment.new") ||
                            ends_with(path, ".segment.new-lock") ||
                            file.rfind(std::string{kDisownedFile} + ".", 0) == 0;
    // Nobody knows of one that cannot be looked for: without its lock its readers were not seen.
    const bool orphan =
        ends_with(path, ".segment-lock") && is_gone(path.substr(0, path.size() - kLock.size()));
    if (unfinished || orphan) leftovers.emplace_back(path);
    if (!is_replaced(file)) continue;
    leftovers.emplace_back(path);
    leftovers.emplace_back(path + std::string{kLock});
  }
  for (const auto& path : leftovers) (void)::unlink(path.c_str());
}

Result<void> rename_durably(const std::string& directory, const std::string& from,
                            const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0)
    return failure(ErrorKind::environment, "cannot rename " + from + ": " + system_text(errno));
  return sync_names(directory);
}

Result<void> sync_names(const std::string& directory) {
  if (const int code = sync_folder(directory); code != 0)
    return failure(ErrorKind::environment, "cannot sync " + directory + ": " + system_text(code));
  return {};
}

Result<void> remove_segment(const std::string& directory, SegmentName name) {
  const std::string path = path_of(directory, name);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return failure(ErrorKind::environment, "cannot remove " + path + ": " + system_text(errno));
  (void)::unlink((path + "-lock").c_str());  // one that stays is a leftover
  return {};
}

bool is_gone(const std::string& path) noexcept {
  return ::access(path.c_str(), F_OK) != 0 && errno == ENOENT;
}

std::uint64_t bytes_of(const std::string& path) noexcept {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

}  // namespace chargemill::runtime::journal
