#include "runtime/journal/segment_check.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/crc32c.hpp"
#include "runtime/journal/record_codec.hpp"
#include "runtime/journal/sealed_file.hpp"
#include "runtime/journal/segment_file.hpp"
#include "runtime/journal/segment_reader.hpp"

namespace chargemill::runtime::journal {
namespace {

/// "Record number b bears key a."
using Fact = std::pair<PostingKey, Sequence>;

/// What the records themselves say.
struct Contents {
  std::uint64_t count = 0;
  std::uint32_t records_crc = 0;
  std::vector<Fact> facts;
};

Result<Contents> read_all(const SegmentView& segment, Sequence first) {
  Contents found;
  const auto all = segment.scan(first, [&](const Record& record, const std::byte* bytes) {
    const std::uint32_t crc = crc_of(bytes);
    found.records_crc = crc32c(&crc, sizeof crc, found.records_crc);
    for (const PostingKey key : record.keys) found.facts.emplace_back(key, record.sequence);
    ++found.count;
    return true;
  });
  if (!all) return tl::unexpected(all.error());
  return found;
}

Result<std::vector<Fact>> read_postings(const SegmentView& segment) {
  std::vector<Fact> found;
  const auto runs = segment.each_run([&](const RunView& run) {
    for (std::uint32_t i = 0; i < run.count(); ++i) found.emplace_back(run.key(i), run.sequence(i));
    return true;
  });
  if (!runs) return tl::unexpected(runs.error());
  return found;
}

/// Those that readers of a sealed segment search; none if it does not say where they are.
Result<std::optional<std::vector<Fact>>> read_placed_postings(const std::string& path,
                                                              Sequence first, Sequence last_max) {
  const auto opened = SealedFile::open_all({{path, first, last_max}});
  if (!opened.front()) return std::nullopt;
  std::vector<Fact> found;
  const auto all = opened.front()->run().each(
      [&](PostingKey key, Sequence sequence) { found.emplace_back(key, sequence); });
  if (!all) return tl::unexpected(all.error());
  return found;
}

}  // namespace

Result<std::uint64_t> check_segment(const Environment& environment, Sequence first,
                                    Sequence last_max) {
  const auto transaction = Transaction::begin(environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  if (const auto head = check_head(environment, *transaction, first); !head)
    return tl::unexpected(head.error());
  const auto seal = read_seal(environment, *transaction);
  if (!seal) return tl::unexpected(seal.error());
  const SegmentView segment{environment, *transaction, first, last_max};
  auto contents = read_all(segment, first);
  if (!contents) return tl::unexpected(contents.error());
  if (*seal && ((*seal)->first != first || (*seal)->count != contents->count ||
                (*seal)->records_crc != contents->records_crc))
    return failure(ErrorKind::environment,
                   environment.path() + ": its records are not those of its manifest");
  auto postings = read_postings(segment);
  if (!postings) return tl::unexpected(postings.error());
  std::sort(contents->facts.begin(), contents->facts.end());
  std::sort(postings->begin(), postings->end());
  auto placed = read_placed_postings(environment.path(), first, last_max);
  if (!placed) return tl::unexpected(placed.error());
  if (*placed) std::sort((*placed)->begin(), (*placed)->end());
  if (contents->facts != *postings || (*placed && contents->facts != **placed))
    return failure(ErrorKind::environment,
                   environment.path() + ": its postings are not those of its records");
  return contents->count;
}

}  // namespace chargemill::runtime::journal
