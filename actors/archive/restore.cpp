#include "actors/archive/restore.hpp"

#include <algorithm>

#include "actors/archive/keys.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::archive {
namespace {

using runtime::journal::Reader;
using runtime::journal::Sequence;

/// Whose record it is; none: nobody's.
std::optional<ShardId> shard_in(const Record& record, const std::vector<ShardId>& shard_of) {
  const auto of_point = [&](PointId point) -> std::optional<ShardId> {
    if (index_of(point) >= shard_of.size()) return std::nullopt;
    return shard_of[index_of(point)];
  };
  return std::visit(Overloaded{[&](const ClosedAgain& r) { return of_point(r.end.point); },
                               [&](const TicketAgain& r) { return of_point(r.end.point); },
                               [](const RoundMark& r) { return std::optional{r.shard}; },
                               [](const RunBegan&) { return std::optional<ShardId>{}; },
                               [&](const auto& r) { return of_point(r.point); }},
                    record);
}

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

}  // namespace

Result<std::optional<LastRun>> find_last_run(Reader& reader) {
  std::optional<LastRun> last;
  const auto read = reader.newest(key(Index::runs), 1, [&](const runtime::journal::Record& record) {
    const auto found = decode(record);
    if (found && std::holds_alternative<RunBegan>(found->record))
      last = LastRun{std::get<RunBegan>(found->record), found->time};
    return false;
  });
  if (!read) return tl::unexpected(read.error());
  if (!last) return last;
  const auto newest =
      reader.newest_of_all(kDisorderMax, [&](const runtime::journal::Record& record) {
        last->last_time = std::max(last->last_time, record.time);
        return true;
      });
  if (!newest) return tl::unexpected(newest.error());
  return last;
}

Result<Image> restore(Reader& reader, const RunBegan& run, Origin origin, const Wanted& wanted) {
  Sequence from = runtime::journal::kSequenceMax;
  for (std::uint16_t shard = 0; shard < run.shards; ++shard) {
    if (!wanted.empty() && !wanted[shard]) continue;
    const auto begin = last_round(reader, shard);
    if (!begin) return tl::unexpected(begin.error());
    from = std::min(from, *begin);
  }
  Image image = make_image(run.points, run.shards);
  const auto read = reader.scan(from, [&](const runtime::journal::Record& record) {
    image.last_time = std::max(image.last_time, record.time);
    image.last_sequence = record.sequence;
    if (const auto found = decode(record, origin)) fold(image, found->record);
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  image.run = run;
  return image;
}

Result<std::optional<std::chrono::microseconds>> first_round_later(Reader& reader,
                                                                   std::chrono::microseconds after,
                                                                   const Wanted& wanted) {
  std::optional<std::chrono::microseconds> first;
  for (std::uint16_t shard = 0; shard < wanted.size(); ++shard) {
    if (!wanted[shard]) continue;
    const auto read =
        reader.newest(key(Index::rounds_of_shard, shard), runtime::journal::kSequenceMax,
                      [&](const runtime::journal::Record& record) {
                        if (record.time <= after) return false;
                        first = std::min(first.value_or(record.time), record.time);
                        return true;
                      });
    if (!read) return tl::unexpected(read.error());
  }
  return first;
}

// Times rise by and large only, so it begins a little before.
Result<void> restore_later(Reader& reader, Origin origin, std::chrono::microseconds after,
                           const Wanted& wanted, const std::vector<ShardId>& shard_of,
                           Image& image) {
  const auto first = reader.first_since(after);
  if (!first) return tl::unexpected(first.error());
  const Sequence from = *first > kDisorderMax ? *first - kDisorderMax : 1;
  const auto read = reader.scan(from, [&](const runtime::journal::Record& record) {
    if (record.time <= after) return true;
    const auto found = decode(record, origin);
    const auto shard = found ? shard_in(found->record, shard_of) : std::nullopt;
    if (!shard || index_of(*shard) >= wanted.size() || !wanted[index_of(*shard)]) return true;
    fold(image, found->record);
    image.last_time = std::max(image.last_time, record.time);
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  return {};
}

}  // namespace chargemill::archive
