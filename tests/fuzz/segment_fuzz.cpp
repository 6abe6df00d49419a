// A segment that is damaged at will must never crash its reader, nor show a record that was not
// written; nor whoever goes on with it, as far as its pages are sound. The input is a list of edits
// of a sound segment, four bytes each: page, place in the page (two bytes), value. It befalls a
// sealed segment, and one that was left without a seal and has a successor, which grows.
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "runtime/journal/page_check.hpp"
#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/reader.hpp"
#include "runtime/journal/record_codec.hpp"
#include "runtime/journal/segment_writer.hpp"

namespace chargemill::runtime::journal {
namespace {

constexpr std::uint64_t kBatches = 10;
constexpr std::uint64_t kBatchRecords = 30;
constexpr std::uint64_t kRecords = kBatches * kBatchRecords;
constexpr std::size_t kEditBytes = 4;

std::string payload_of(Sequence n) { return "record " + std::to_string(n) + std::string(60, '.'); }
PostingKey key_of(Sequence n) { return PostingKey{n % 7}; }

[[noreturn]] void fail(const char* why) {
  std::fprintf(stderr, "%s\n", why);
  std::abort();
}

enum class State { sealed, left_open };

/// A directory in memory with a segment, and the segment as it was.
class Victim {
 public:
  explicit Victim(State state)
      : directory_("/dev/shm/segment_fuzz-" + std::to_string(::getpid()) +
                   (state == State::sealed ? "" : "-left")),
        state_(state) {
    std::filesystem::create_directories(directory_);
    fill(1);
    if (state == State::left_open) fill(kRecords + 1);
    std::ifstream file{path_of(directory_, {1, 0}), std::ios::binary};
    sound_.assign(std::istreambuf_iterator<char>{file}, {});
    if (!expect_all()) fail("the sound segment is not sound");
  }
  ~Victim() { std::filesystem::remove_all(directory_); }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  void damage(const std::uint8_t* edits, std::size_t bytes) const {
    std::string damaged = sound_;
    for (std::size_t i = 0; i + kEditBytes <= bytes; i += kEditBytes) {
      const std::size_t place = edits[i + 1] | static_cast<std::size_t>(edits[i + 2]) << 8U;
      const std::size_t at = edits[i] * PageLayout::kBytes + place % PageLayout::kBytes;
      damaged[at % damaged.size()] = static_cast<char>(edits[i + 3]);
    }
    std::ofstream{path_of(directory_, {1, 0}), std::ios::binary | std::ios::trunc} << damaged;
    (void)expect_all();
    // LMDB follows the pages of a segment that says how far it is, whatever has befallen them.
    if (check_pages(path_of(directory_, {1, 0}))) (void)SegmentWriter::resume(directory_, {1, 0});
  }

 private:
  void fill(Sequence first) {
    auto segment = SegmentWriter::create(directory_, {first, 0}, 1U << 20U);
    if (!segment) fail("cannot make the segment");
    for (std::uint64_t batch = 0; batch < kBatches; ++batch) write(*segment);
    if (state_ == State::sealed && !segment->seal()) fail("cannot seal the segment");
  }
  void write(SegmentWriter& segment) {
    std::array<std::array<std::byte, RecordLayout::kBytesMax>, kBatchRecords> bytes{};
    std::vector<Encoded> batch;
    for (auto& to : bytes) {
      const Sequence n = segment.next() + batch.size();
      const std::string payload = payload_of(n);
      Record record;
      record.keys = {key_of(n)};
      record.payload = payload;
      batch.push_back({to.data(), static_cast<std::uint32_t>(encode_record(record, to.data()))});
    }
    if (!segment.write(batch)) fail("cannot write the segment");
  }

  /// Reads all in every way. True: everything was there. Stops at a record that was never written.
  [[nodiscard]] bool expect_all() const {
    auto reader = Reader::open(directory_, Reader::Care::suspicious);
    if (!reader) return false;
    const auto right = [](const Record& record) {
      if (record.payload != payload_of(record.sequence) || record.keys.size() != 1 ||
          record.keys[0] != key_of(record.sequence))
        fail("a wrong record was shown");
      return true;
    };
    const std::uint64_t records = state_ == State::sealed ? kRecords : 2 * kRecords;
    bool all = reader->check() == records;
    all = reader->scan(1, right) == records && all;
    all = reader->newest_of_all(kSequenceMax, right) == records && all;
    for (Sequence key = 0; key < 7; ++key) {
      const auto found = reader->newest(key_of(key), kSequenceMax, right);
      all = found && *found >= records / 7 && all;
    }
    return all;
  }

  std::string directory_;
  State state_;
  std::string sound_;
};

}  // namespace
}  // namespace chargemill::runtime::journal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  using chargemill::runtime::journal::State;
  using chargemill::runtime::journal::Victim;
  static const Victim sealed{State::sealed};
  static const Victim left_open{State::left_open};
  sealed.damage(data, size);
  left_open.damage(data, size);
  return 0;
}
