// Batches for the parts below the journal's queues.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/journal/record_codec.hpp"
#include "runtime/journal/segment_writer.hpp"
#include "tests/runtime/journal/child/records.hpp"

namespace chargemill::runtime::journal::test {

/// Encoded records that live as long as this.
struct Batch {
  std::deque<std::array<std::byte, RecordLayout::kBytesMax>> bytes;
  std::vector<Encoded> records;

  void add(const Record& record) {
    bytes.emplace_back();
    const auto size = static_cast<std::uint32_t>(encode_record(record, bytes.back().data()));
    records.push_back({bytes.back().data(), size});
  }
};
[[nodiscard]] inline Batch batch_of(std::uint64_t from, std::uint64_t upto) {
  Batch batch;
  for (std::uint64_t n = from; n <= upto; ++n) batch.add(record_of(0, n, text_of(0, n)));
  return batch;
}

/// Leaves a segment of these records without a seal, as who is killed while it seals does.
inline void leave(const std::string& directory, Sequence from, Sequence upto) {
  auto segment = SegmentWriter::create(directory, {from, 0}, 1U << 20U);
  ASSERT_TRUE(segment);
  for (Sequence n = from; n <= upto; n += 50)
    ASSERT_TRUE(segment->write(batch_of(n, std::min(n + 49, upto)).records));
}

/// Spoils every copy of a payload in a file's bytes: pages that LMDB has left behind hold some too.
/// Returns how many there were.
inline std::size_t damage(std::string& bytes, const std::string& payload) {
  std::size_t copies = 0;
  for (std::size_t at = bytes.find(payload); at != std::string::npos;
       at = bytes.find(payload, at)) {
    bytes[at] = '!';
    ++copies;
  }
  return copies;
}

/// Spoils record `n` of a segment that was left, so that it cannot be sealed.
inline void spoil(const std::string& path, Sequence n) {
  std::fstream file{path, std::ios::in | std::ios::out};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  ASSERT_GT(damage(bytes, std::string{"sofar"}), 0U);  // so that all of it is read
  ASSERT_GT(damage(bytes, text_of(0, n)), 0U);
  file.clear();
  file.seekp(0);
  file << bytes;
}

}  // namespace chargemill::runtime::journal::test
