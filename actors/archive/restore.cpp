#include "actors/archive/restore.hpp"

#include <algorithm>

#include "actors/archive/keys.hpp"

namespace chargemill::archive {
namespace {

using runtime::journal::Reader;
using runtime::journal::Sequence;

/// Where the last round of `shard` begins that was finished; 1 if there is none.
Result<Sequence> last_round(Reader& reader, std::uint16_t shard) {
  Sequence begin = 1;
  bool is_finished = false;
  const auto read =
      reader.newest(key(Index::rounds_of_shard, shard), runtime::journal::kSequenceMax,
                    [&](const runtime::journal::Record& record) {
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

/// Where the earliest of these begins; kSequenceMax if the part has no shard.
Result<Sequence> last_rounds(Reader& reader, const RunBegan& run, NodePart part) {
  Sequence from = runtime::journal::kSequenceMax;
  for (std::uint32_t shard = part.node; shard < run.shards; shard += part.nodes) {
    const auto begin = last_round(reader, static_cast<std::uint16_t>(shard));
    if (!begin) return begin;
    from = std::min(from, *begin);
  }
  return from;
}

/// The newest record that says which run it is of.
struct SaidOfRun {
  RunBegan run;
  runtime::journal::Micros time{};
  Sequence sequence = 0;
};
Result<std::optional<SaidOfRun>> newest_said(Reader& reader) {
  std::optional<SaidOfRun> said;
  const auto read = reader.newest(key(Index::runs), 1, [&](const runtime::journal::Record& record) {
    const auto found = decode(record);
    if (!found) return false;
    const auto* const began = std::get_if<RunBegan>(&found->record);
    const auto* const again = std::get_if<RunAgain>(&found->record);
    if (began != nullptr) said = SaidOfRun{*began, record.time, record.sequence};
    if (again != nullptr) said = SaidOfRun{again->run, record.time, record.sequence};
    return false;
  });
  if (!read) return tl::unexpected(read.error());
  return said;
}

}  // namespace

Result<std::optional<runtime::journal::Micros>> newest_time(Reader& reader) {
  const auto newest = reader.last();
  if (!newest) return tl::unexpected(newest.error());
  const Sequence from = *newest < kDisorderMax ? 1 : *newest - kDisorderMax + 1;
  std::optional<runtime::journal::Micros> time;
  const auto read = reader.scan(from, [&](const runtime::journal::Record& record) {
    time = std::max(time.value_or(record.time), record.time);
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  return time;
}

Result<std::optional<LastRun>> find_last_run(Reader& reader) {
  const auto said = newest_said(reader);
  if (!said) return tl::unexpected(said.error());
  if (!*said) return std::optional<LastRun>{};
  const auto time = newest_time(reader);
  if (!time) return tl::unexpected(time.error());
  return LastRun{(*said)->run, time->value_or((*said)->time)};
}

Result<Image> restore(Reader& reader, const RunBegan& run, Origin origin, NodePart part) {
  const auto from = last_rounds(reader, run, part);
  if (!from) return tl::unexpected(from.error());
  Image image = make_image(run.points, run.shards);
  const auto read = reader.scan(*from, [&](const runtime::journal::Record& record) {
    image.last_time = std::max(image.last_time, record.time);
    image.last_sequence = record.sequence;
    if (const auto found = decode(record, origin)) fold(image, found->record, found->names);
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  image.run = run;
  return image;
}

Result<Sequence> needed_from(Reader& reader, NodePart part) {
  const auto said = newest_said(reader);
  if (!said) return tl::unexpected(said.error());
  if (!*said) return Sequence{1};
  const auto from = last_rounds(reader, (*said)->run, part);
  if (!from) return from;
  return std::min(*from, (*said)->sequence);
}

}  // namespace chargemill::archive
