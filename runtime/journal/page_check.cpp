#include "runtime/journal/page_check.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/record_layout.hpp"

namespace chargemill::runtime::journal {
namespace {

/// A file, mapped for reading; empty when it cannot be.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat about {};
    if (file_ < 0 || ::fstat(file_, &about) != 0 || about.st_size <= 0) return;
    const auto bytes = static_cast<std::size_t>(about.st_size);
    void* const at = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file_, 0);
    if (at == MAP_FAILED) return;
    at_ = static_cast<const std::byte*>(at);
    bytes_ = bytes;
  }
  ~MappedFile() {
    if (at_ != nullptr) (void)::munmap(const_cast<std::byte*>(at_), bytes_);
    if (file_ >= 0) (void)::close(file_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /// Whole pages; the tail of a write that was cut is no page.
  [[nodiscard]] std::uint64_t pages() const noexcept { return bytes_ / PageLayout::kBytes; }
  [[nodiscard]] const std::byte* page(std::uint64_t number) const noexcept {
    return at_ + number * PageLayout::kBytes;
  }

 private:
  int file_;
  const std::byte* at_ = nullptr;
  std::size_t bytes_ = 0;
};

std::uint16_t flags_of(const std::byte* page) noexcept {
  return load<std::uint16_t>(page + PageLayout::kFlags);
}

bool is_meta(const std::byte* page) noexcept {
  const auto map_size = load<std::uint64_t>(page + MetaLayout::kMapSize);
  const auto last_page = load<std::uint64_t>(page + MetaLayout::kLastPage);
  const auto flags = load<std::uint16_t>(page + MetaLayout::kFree + TreeLayout::kFlags);
  return (flags_of(page) & PageLayout::kMeta) != 0 &&
         load<std::uint32_t>(page + MetaLayout::kMagicAt) == MetaLayout::kMagic &&
         load<std::uint32_t>(page + MetaLayout::kVersionAt) == MetaLayout::kVersion &&
         load<std::uint64_t>(page + MetaLayout::kAddress) == 0 &&
         load<std::uint32_t>(page + MetaLayout::kFree) == PageLayout::kBytes &&
         (flags & ~MetaLayout::kNoSubDirectory) == TreeLayout::kIntegerKeys &&
         map_size <= MetaLayout::kMapSizeMax && last_page < map_size / PageLayout::kBytes;
}
bool has_metas(const MappedFile& file) noexcept {
  return file.pages() >= PageLayout::kMetas && is_meta(file.page(0)) && is_meta(file.page(1));
}
using Metas = std::array<std::byte, PageLayout::kMetas * PageLayout::kBytes>;

/// The newer of two metas.
const std::byte* newest_of(const std::byte* first, const std::byte* second) noexcept {
  const auto transaction = [](const std::byte* meta) {
    return load<std::uint64_t>(meta + MetaLayout::kTransaction);
  };
  return transaction(first) < transaction(second) ? second : first;
}

enum class Extent { unsound, whole, shorter_than_it_says };

/// Reads the metas of a file and no more than those, as around a page of a mapping the kernel reads
/// as far as the disk is set to, 8 MiB and 10 ms here; then asks for the page to which they lead.
Extent read_metas(int file) noexcept {
  Metas metas;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  (void)::posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM);
  const bool is_whole =
      ::pread(file, metas.data(), metas.size(), 0) == static_cast<ssize_t>(metas.size());
  if (!is_whole || !is_meta(metas.data()) || !is_meta(metas.data() + PageLayout::kBytes))
    return Extent::unsound;
  const std::byte* const meta = newest_of(metas.data(), metas.data() + PageLayout::kBytes);
  const auto root = load<std::uint64_t>(meta + MetaLayout::kMain + TreeLayout::kRoot);
  const auto last_page = load<std::uint64_t>(meta + MetaLayout::kLastPage);
  if (root <= last_page)
    (void)::posix_fadvise(file, static_cast<off_t>(root * PageLayout::kBytes), PageLayout::kBytes,
                          POSIX_FADV_WILLNEED);
  // Asked for after the metas: a writer puts all pages into the file before the meta of them.
  struct stat about {};
  const bool has_all = ::fstat(file, &about) == 0 &&
                       static_cast<std::uint64_t>(about.st_size) / PageLayout::kBytes > last_page;
  return has_all ? Extent::whole : Extent::shorter_than_it_says;
}

/// Walks the trees of the newest meta page. Each page is entered once, so that damaged ones cannot
/// lead in a circle.
class Walk {
 public:
  explicit Walk(const MappedFile& file) : file_(file), seen_(file.pages()) {}

  [[nodiscard]] bool all() {
    const std::byte* const meta = newest_of(file_.page(0), file_.page(1));
    seen_[0] = seen_[1] = true;
    last_page_ = load<std::uint64_t>(meta + MetaLayout::kLastPage);
    return tree(meta + MetaLayout::kFree, Kind::free) && tree(meta + MetaLayout::kMain, Kind::main);
  }

 private:
  enum class Kind { free, main, table };

  bool enter(std::uint64_t number) {
    if (number >= file_.pages() || number > last_page_ || seen_[number]) return false;
    seen_[number] = true;
    return load<std::uint64_t>(file_.page(number)) == number;
  }

  bool tree(const std::byte* tree, Kind kind) {
    const auto flags = load<std::uint16_t>(tree + TreeLayout::kFlags);
    const auto depth = load<std::uint16_t>(tree + TreeLayout::kDepth);
    const auto root = load<std::uint64_t>(tree + TreeLayout::kRoot);
    if (kind == Kind::main && flags != 0) return false;
    if (kind == Kind::table && flags != TreeLayout::kIntegerKeys) return false;
    if (root == TreeLayout::kEmpty) return true;
    return depth >= 1 && depth <= TreeLayout::kDepthMax && page(root, kind, depth);
  }

  bool page(std::uint64_t number, Kind kind, unsigned depth) {
    if (!enter(number)) return false;
    const std::byte* const at = file_.page(number);
    if (flags_of(at) != (depth > 1 ? PageLayout::kBranch : PageLayout::kLeaf)) return false;
    const auto lower = load<std::uint16_t>(at + PageLayout::kLower);
    const auto upper = load<std::uint16_t>(at + PageLayout::kUpper);
    if (lower < PageLayout::kHeader || lower > upper || upper > PageLayout::kBytes) return false;
    const std::size_t nodes = (lower - PageLayout::kHeader) / 2;
    // LMDB stops the process over a branch of one child, save among the free pages.
    if (nodes == 0 || (depth > 1 && kind != Kind::free && nodes < 2)) return false;
    for (std::size_t i = 0; i < nodes; ++i) {
      const auto offset = load<std::uint16_t>(at + PageLayout::kHeader + i * 2);
      if (offset < upper || offset % 2 != 0 || offset + NodeLayout::kHeader > PageLayout::kBytes)
        return false;
      const bool sound =
          depth > 1 ? child(at, offset, kind, depth, i == 0) : entry(at, offset, kind);
      if (!sound) return false;
    }
    return true;
  }

  /// Whether a key of so many bytes fits the tree.
  static bool key_fits(std::size_t bytes, Kind kind) noexcept {
    return kind == Kind::main ? bytes > 0 : bytes == sizeof(std::uint64_t);
  }

  bool child(const std::byte* at, std::size_t offset, Kind kind, unsigned depth, bool is_first) {
    const std::byte* const node = at + offset;
    const auto key = load<std::uint16_t>(node + NodeLayout::kKeySize);
    // The first child of a branch needs no key.
    if (!key_fits(key, kind) && !(is_first && key == 0)) return false;
    if (offset + NodeLayout::kHeader + key > PageLayout::kBytes) return false;
    const std::uint64_t high = load<std::uint16_t>(node + NodeLayout::kFlags);
    return page(load<std::uint32_t>(node) | high << 32U, kind, depth - 1);
  }

  bool entry(const std::byte* at, std::size_t offset, Kind kind) {
    const std::byte* const node = at + offset;
    const auto flags = load<std::uint16_t>(node + NodeLayout::kFlags);
    const auto key = load<std::uint16_t>(node + NodeLayout::kKeySize);
    const std::uint64_t bytes = load<std::uint32_t>(node);
    const bool is_big = flags == NodeLayout::kBig;
    const std::size_t end = offset + NodeLayout::kHeader + key;
    if (!key_fits(key, kind) || end > PageLayout::kBytes) return false;
    if ((is_big ? sizeof(std::uint64_t) : bytes) > PageLayout::kBytes - end) return false;
    const std::byte* const data = node + NodeLayout::kHeader + key;
    if (flags == NodeLayout::kTree)
      return kind == Kind::main && bytes == TreeLayout::kBytes && tree(data, Kind::table);
    if (flags != 0 && !is_big) return false;
    if (is_big && !big(load<std::uint64_t>(data), bytes)) return false;
    if (kind != Kind::free) return true;
    return free_list(is_big ? file_.page(load<std::uint64_t>(data)) + PageLayout::kHeader : data,
                     bytes);
  }

  bool big(std::uint64_t number, std::uint64_t bytes) {
    const std::uint64_t pages = (PageLayout::kHeader - 1 + bytes) / PageLayout::kBytes + 1;
    if (!enter(number) || pages > file_.pages() - number) return false;
    const std::byte* const at = file_.page(number);
    if (flags_of(at) != PageLayout::kOverflow) return false;
    if (load<std::uint32_t>(at + PageLayout::kPages) < pages) return false;
    for (std::uint64_t i = 1; i < pages; ++i) {
      if (seen_[number + i]) return false;
      seen_[number + i] = true;
    }
    return true;
  }

  /// A count, then so many page numbers that fall.
  [[nodiscard]] bool free_list(const std::byte* list, std::uint64_t bytes) const noexcept {
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    if (bytes < kWord) return false;
    const auto count = load<std::uint64_t>(list);
    if (count > bytes / kWord - 1) return false;
    std::uint64_t above = last_page_ + 1;
    for (std::uint64_t i = 1; i <= count; ++i) {
      const auto number = load<std::uint64_t>(list + i * kWord);
      if (number >= above || number < PageLayout::kMetas) return false;
      above = number;
    }
    return true;
  }

  const MappedFile& file_;
  std::vector<bool> seen_;
  std::uint64_t last_page_ = 0;
};

tl::unexpected<Error> damaged(const std::string& path) {
  return failure(ErrorKind::environment, path + ": damaged, or not a segment");
}

}  // namespace

Result<void> check_metas(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return failure(ErrorKind::environment,
                   "cannot open " + path + ": " + std::generic_category().message(errno));
  const Extent extent = read_metas(file);
  (void)::close(file);
  if (extent == Extent::unsound) return damaged(path);
  if (extent == Extent::whole) return {};
  // LMDB maps more than there is, and whoever looks behind the end of a file is ended by the
  // kernel. Pages that a transaction takes and gives back are never written, and may be the last:
  // so the trees say whether one is missing.
  if (const MappedFile all{path}; has_metas(all) && Walk{all}.all()) return {};
  return failure(ErrorKind::environment, path + ": cut short, or damaged");
}

Result<void> check_pages(const std::string& path) {
  const MappedFile file{path};
  if (!has_metas(file) || !Walk{file}.all()) return damaged(path);
  return {};
}

}  // namespace chargemill::runtime::journal
