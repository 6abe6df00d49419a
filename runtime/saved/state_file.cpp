#include "runtime/saved/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "runtime/base/crc32c.hpp"
#include "runtime/saved/reader.hpp"
#include "runtime/saved/writer.hpp"

namespace chargemill::runtime::saved {
namespace {

constexpr std::uint64_t kMagic = 0x3130'4554'4154'5343;  // "CSTATE01"

Error cannot(const std::string& path) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the GNU function has a buffer a thread
  return {ErrorKind::environment, path + ": " + std::strerror(errno)};
}

/// Closes what it has opened.
class File {
 public:
  File(const std::string& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
  [[nodiscard]] bool write(const std::vector<std::byte>& bytes) const noexcept {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t more = ::write(number_, bytes.data() + done, bytes.size() - done);
      if (more < 0 && errno == EINTR) continue;
      if (more <= 0) return false;
      done += static_cast<std::size_t>(more);
    }
    return true;
  }
  [[nodiscard]] bool read(std::vector<std::byte>& bytes) const {
    struct stat about {};
    if (::fstat(number_, &about) != 0 || !S_ISREG(about.st_mode)) return false;
    bytes.resize(static_cast<std::size_t>(about.st_size));
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t more = ::read(number_, bytes.data() + done, bytes.size() - done);
      if (more < 0 && errno == EINTR) continue;
      if (more <= 0) return false;
      done += static_cast<std::size_t>(more);
    }
    return true;
  }
  [[nodiscard]] bool sync() const noexcept { return ::fsync(number_) == 0; }

 private:
  const int number_;
};

}  // namespace

Result<void> write_state(const std::string& path, const StateHead& head,
                         const std::vector<std::byte>& bytes) {
  Writer front;
  front(kMagic, head, static_cast<std::uint64_t>(bytes.size()), crc32c(bytes.data(), bytes.size()));
  front(crc32c(front.bytes().data(), front.bytes().size()));
  const std::filesystem::path place{path};
  std::error_code ignored;
  std::filesystem::create_directories(place.parent_path(), ignored);
  const std::string beside = path + ".new";
  {
    const File file{beside, O_WRONLY | O_CREAT | O_TRUNC};
    if (!file.is_open() || !file.write(front.bytes()) || !file.write(bytes) || !file.sync())
      return tl::unexpected<Error>(cannot(beside));
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return tl::unexpected<Error>(cannot(path));
  const std::string folder = place.has_parent_path() ? place.parent_path().string() : ".";
  const File of{folder, O_RDONLY | O_DIRECTORY};
  if (!of.is_open() || !of.sync()) return tl::unexpected<Error>(cannot(folder));
  return {};
}

std::optional<StateFile> read_state(const std::string& path) {
  const File file{path, O_RDONLY};
  std::vector<std::byte> all;
  if (!file.is_open() || !file.read(all)) return std::nullopt;
  Reader reader{all.data(), all.size()};
  std::uint64_t magic = 0;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
  std::uint32_t front_crc = 0;
  StateFile state;
  reader(magic, state.head, size, crc);
  const std::size_t front = all.size() - reader.left();
  reader(front_crc);
  if (!reader.is_sound() || magic != kMagic || front_crc != crc32c(all.data(), front) ||
      size != reader.left())
    return std::nullopt;
  state.bytes.assign(all.end() - static_cast<std::ptrdiff_t>(size), all.end());
  if (crc != crc32c(state.bytes.data(), state.bytes.size())) return std::nullopt;
  return state;
}

}  // namespace chargemill::runtime::saved
