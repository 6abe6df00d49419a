// Batches for the parts below the journal's queues.
#pragma once

#include <array>
#include <deque>
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

}  // namespace chargemill::runtime::journal::test
