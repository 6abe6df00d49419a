#include "runtime/journal/disowned.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "runtime/journal/directory.hpp"
#include "runtime/journal/reader.hpp"

namespace chargemill::runtime::journal {
namespace {

std::string system_text(int code) { return std::generic_category().message(code); }

std::string path_of_open(const std::string& directory) { return directory + "/" + kDisownedFile; }

std::string path_of_ended(const std::string& directory, const Disowned& range) {
  std::array<char, 64> file{};
  (void)std::snprintf(file.data(), file.size(), "/%020llu-%020llu.disowned",
                      static_cast<unsigned long long>(range.first),
                      static_cast<unsigned long long>(range.last));
  return directory + file.data();
}

/// Writes a file of its own, whose name begins with `path` and is put there. 0, or the system's
/// code.
int write_beside(std::string& path, const std::string& text) noexcept {
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return errno;
  errno = 0;
  const bool is_whole =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  // A short write says nothing of why. As the other files of a journal it may be read by all.
  int code = is_whole ? 0 : errno != 0 ? errno : ENOSPC;
  if (code == 0 && (::fchmod(file, 0644) != 0 || ::fsync(file) != 0)) code = errno;
  (void)::close(file);
  return code;
}

}  // namespace

std::optional<Disowned> disowned_from(const std::string& file) noexcept {
  unsigned long long first = 0;
  unsigned long long last = 0;
  constexpr std::size_t kBytes = 20 + 1 + 20 + sizeof(".disowned") - 1;
  if (file.size() != kBytes || std::sscanf(file.c_str(), "%20llu-%20llu", &first, &last) != 2)
    return std::nullopt;
  const Disowned range{first, last};
  if (path_of_ended("", range) != "/" + file || first == 0 || last < first || last >= kSequenceMax)
    return std::nullopt;
  return range;
}

Result<std::optional<Disowned>> read_disowned(const std::string& directory) {
  const std::string path = path_of_open(directory);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return std::optional<Disowned>{};
  std::array<char, 32> text{};
  const ssize_t bytes = file < 0 ? -1 : ::read(file, text.data(), text.size());
  const int code = errno;
  if (file >= 0) (void)::close(file);
  if (bytes < 0)
    return failure(ErrorKind::environment, "cannot read " + path + ": " + system_text(code));
  Sequence counts = 0;
  const char* const end = text.data() + bytes;
  const auto read = std::from_chars(text.data(), end, counts);
  const bool is_sound = read.ec == std::errc{} && read.ptr + 1 == end && *read.ptr == '\n';
  if (!is_sound || counts >= kSequenceMax)
    return failure(ErrorKind::environment, path + ": damaged: it is no number of a record");
  return std::optional<Disowned>{Disowned{counts + 1, kSequenceMax}};
}

Result<Sequence> disown_later(const std::string& directory, const std::function<bool()>& may) {
  // Of several at the same time one has its name there first; it is whole by then.
  const std::string path = path_of_open(directory);
  constexpr int kTriesMax = 16;  // writers that begin meanwhile take it away
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const auto said = read_disowned(directory);
    if (!said) return tl::unexpected(said.error());
    if (*said) {
      if (const auto synced = sync_names(directory); !synced) return tl::unexpected(synced.error());
      return (*said)->first - 1;
    }
    auto reader = Reader::open(directory);
    if (!reader) return tl::unexpected(reader.error());
    const auto last = reader->last();
    if (!last) return tl::unexpected(last.error());
    std::string mine = path + ".XXXXXX";
    int code = write_beside(mine, std::to_string(*last) + "\n");
    const bool may_still = may();
    // EEXIST: another one has said it. ENOENT: a writer that begins has taken mine for a leftover.
    if (code == 0 && may_still && ::link(mine.c_str(), path.c_str()) != 0 && errno != EEXIST &&
        errno != ENOENT)
      code = errno;
    (void)::unlink(mine.c_str());
    if (!may_still)
      return failure(ErrorKind::environment, path + ": whoever would say that was given up itself");
    if (code != 0)
      return failure(ErrorKind::environment, "cannot write " + path + ": " + system_text(code));
  }
  return failure(ErrorKind::environment, path + ": its writers come and go");
}

Result<void> end_disowned(const std::string& directory, Sequence first, Sequence last) {
  const auto listed = list_journal(directory);
  if (!listed) return tl::unexpected(listed.error());
  for (const Disowned& range : listed->disowned) {
    if (range.last < first) (void)::unlink(path_of_ended(directory, range).c_str());
    if (range.last != kSequenceMax) continue;
    const std::string path = path_of_open(directory);
    if (range.first <= last)
      return rename_durably(directory, path, path_of_ended(directory, {range.first, last}));
    if (::unlink(path.c_str()) != 0)
      return failure(ErrorKind::environment, "cannot remove " + path + ": " + system_text(errno));
    return sync_names(directory);
  }
  return {};
}

}  // namespace chargemill::runtime::journal
