#include "actors/archive/restore.hpp"

#include <algorithm>

#include "actors/archive/keys.hpp"

namespace chargemill::archive {
namespace {

using runtime::journal::Reader;
using runtime::journal::Sequence;

/// Where the last round of `shard` begins that was finished by record `upto`; 1 if there is none.
Result<Sequence> last_round(Reader& reader, std::uint16_t shard, Sequence upto) {
  Sequence begin = 1;
  bool is_finished = false;
  const auto read =
      reader.newest(key(Index::rounds_of_shard, shard), runtime::journal::kSequenceMax,
                    [&](const runtime::journal::Record& record) {
                      if (record.sequence > upto) return true;
                      const auto found = decode(record);
                      const auto* mark = found ? std::get_if<RoundMark>(&found->record) : nullptr;
                      if (mark == nullptr || index_of(mark->shard) != shard) return true;
                      is_finished = is_finished || mark->is_end;
                      if (!is_finished || mark->is_end) return true;
                      begin = record.sequence;
                      return false;
                    });
  if (!read) return tl::unexpected(read.error());
  return begin;
}

}  // namespace

Result<std::optional<LastRun>> find_last_run(Reader& reader, Sequence upto) {
  const bool is_whole = upto == runtime::journal::kSequenceMax;
  std::optional<LastRun> last;
  const auto read =
      reader.newest(key(Index::runs), is_whole ? 1 : runtime::journal::kSequenceMax,
                    [&](const runtime::journal::Record& record) {
                      if (record.sequence > upto) return true;
                      const auto found = decode(record);
                      if (found && std::holds_alternative<RunBegan>(found->record))
                        last = LastRun{std::get<RunBegan>(found->record), found->time};
                      return false;
                    });
  if (!read) return tl::unexpected(read.error());
  if (!last || !is_whole) return last;
  const auto newest =
      reader.newest_of_all(kDisorderMax, [&](const runtime::journal::Record& record) {
        last->last_time = std::max(last->last_time, record.time);
        return true;
      });
  if (!newest) return tl::unexpected(newest.error());
  return last;
}

Result<Image> restore(Reader& reader, const RunBegan& run, Origin origin, Sequence upto) {
  Sequence from = runtime::journal::kSequenceMax;
  for (std::uint16_t shard = 0; shard < run.shards; ++shard) {
    const auto begin = last_round(reader, shard, upto);
    if (!begin) return tl::unexpected(begin.error());
    from = std::min(from, *begin);
  }
  Image image = make_image(run.points, run.shards);
  const auto read = reader.scan(from, [&](const runtime::journal::Record& record) {
    if (record.sequence > upto) return false;
    image.last_time = std::max(image.last_time, record.time);
    image.last_sequence = record.sequence;
    if (const auto found = decode(record, origin)) fold(image, found->record);
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  image.run = run;
  return image;
}

}  // namespace chargemill::archive
