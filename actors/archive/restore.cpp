#include "actors/archive/restore.hpp"

#include <algorithm>
#include <string>

#include "actors/archive/keys.hpp"
#include "actors/archive/soundness.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::archive {
namespace {

using runtime::journal::Reader;
using runtime::journal::Sequence;

/// Of the newest that say which run it is, so many are looked at for one that can be ours.
constexpr std::uint64_t kSaidMax = 8;

void note_time(std::optional<runtime::journal::Micros>& latest, runtime::journal::Micros time) {
  if (is_sound_time(time)) latest = std::max(latest.value_or(time), time);
}
void note_time(runtime::journal::Micros& latest, runtime::journal::Micros time) {
  if (is_sound_time(time)) latest = std::max(latest, time);
}

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
                               [](const RunAgain&) { return std::optional<ShardId>{}; },
                               [&](const DriverJoined&) {  // whoever joins is of the last shard
                                 return shard_of.empty() ? std::nullopt
                                                         : std::optional{shard_of.back()};
                               },
                               [&](const auto& r) { return of_point(r.point); }},
                    record);
}

struct RoundBegin {
  Sequence sequence = 1;
  runtime::journal::Micros time = runtime::journal::Micros::min();
};
/// Where the last round of `shard` begins that was finished by record `upto`; before all if there
/// is none.
Result<RoundBegin> last_round(Reader& reader, std::uint16_t shard, Sequence upto) {
  RoundBegin begin;
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
                      begin = {record.sequence, record.time};
                      return false;
                    });
  if (!read) return tl::unexpected(read.error());
  return begin;
}

/// Where the earliest of these begins; kSequenceMax if no shard is wanted.
Result<Sequence> last_rounds(Reader& reader, const RunBegan& run, const Wanted& wanted,
                             Sequence upto = runtime::journal::kSequenceMax) {
  Sequence from = runtime::journal::kSequenceMax;
  for (std::uint16_t shard = 0; shard < run.shards; ++shard) {
    if (!wanted.empty() && !wanted[shard]) continue;
    const auto begin = last_round(reader, shard, upto);
    if (!begin) return tl::unexpected(begin.error());
    from = std::min(from, begin->sequence);
  }
  return from;
}

/// Whether any round of `shard` was begun here.
Result<bool> has_rounds(Reader& reader, std::uint16_t shard) {
  bool any = false;
  const auto read =
      reader.newest(key(Index::rounds_of_shard, shard), runtime::journal::kSequenceMax,
                    [&](const runtime::journal::Record& record) {
                      const auto found = decode(record);
                      const auto* mark = found ? std::get_if<RoundMark>(&found->record) : nullptr;
                      any = mark != nullptr && index_of(mark->shard) == shard;
                      return !any;
                    });
  if (!read) return tl::unexpected(read.error());
  return any;
}

/// The newest record that says which run it is of.
struct SaidOfRun {
  RunBegan run;
  runtime::journal::Micros time{};
  Sequence sequence = 0;
};
Result<std::optional<SaidOfRun>> newest_said(Reader& reader,
                                             Sequence upto = runtime::journal::kSequenceMax) {
  std::optional<SaidOfRun> said;
  const auto visit = [&](const runtime::journal::Record& record) {
    if (record.sequence > upto) return true;
    const auto found = decode(record);
    if (!found || !is_sound(found->record)) return true;
    const auto* const began = std::get_if<RunBegan>(&found->record);
    const auto* const again = std::get_if<RunAgain>(&found->record);
    if (began != nullptr) said = SaidOfRun{*began, record.time, record.sequence};
    if (again != nullptr) said = SaidOfRun{again->run, record.time, record.sequence};
    return !said;
  };
  const std::uint64_t limit = upto == runtime::journal::kSequenceMax ? kSaidMax : upto;
  const auto read = reader.newest(key(Index::runs), limit, visit);
  if (!read) return tl::unexpected(read.error());
  return said;
}

}  // namespace

Result<std::optional<runtime::journal::Micros>> newest_time(Reader& reader) {
  // Of those that count: what a node adds that was given up says nothing of when it was.
  const auto from = reader.first_of_newest(kDisorderMax);
  if (!from) return tl::unexpected(from.error());
  std::optional<runtime::journal::Micros> time;
  const auto read = reader.scan(
      *from,
      [&](const runtime::journal::Record& record) {
        note_time(time, record.time);
        return true;
      },
      Reader::Extent::all);
  if (!read) return tl::unexpected(read.error());
  return time;
}

Result<std::optional<LastRun>> find_last_run(Reader& reader, Sequence upto) {
  const auto said = newest_said(reader, upto);
  if (!said) return tl::unexpected(said.error());
  if (!*said) return std::optional<LastRun>{};
  if (upto != runtime::journal::kSequenceMax) return LastRun{(*said)->run, (*said)->time};
  const auto time = newest_time(reader);
  if (!time) return tl::unexpected(time.error());
  return LastRun{(*said)->run, time->value_or((*said)->time)};
}

Result<std::optional<runtime::journal::Micros>> newest_run_began(Reader& reader) {
  const auto said = newest_said(reader);
  if (!said) return tl::unexpected(said.error());
  if (!*said) return std::optional<runtime::journal::Micros>{};
  // UTC; as it is found its time counts from 1970.
  return std::chrono::floor<runtime::journal::Micros>((*said)->run.at.time_since_epoch());
}

Result<Image> restore(Reader& reader, const RunBegan& run, Origin origin, const Wanted& wanted,
                      Sequence upto) {
  const auto from = last_rounds(reader, run, wanted, upto);
  if (!from) return tl::unexpected(from.error());
  Image image = make_image(run.points, run.shards);
  const auto read = reader.scan(
      *from,
      [&](const runtime::journal::Record& record) {
        if (record.sequence > upto) return false;
        note_time(image.last_time, record.time);
        image.last_sequence = record.sequence;
        if (const auto found = decode(record, origin)) fold(image, found->record, found->names);
        return true;
      },
      Reader::Extent::all);
  if (!read) return tl::unexpected(read.error());
  image.run = run;
  return image;
}

Result<Sequence> needed_from(Reader& reader, NodePart part) {
  const auto said = newest_said(reader);
  if (!said) return tl::unexpected(said.error());
  if (!*said) return Sequence{1};
  const RunBegan& run = (*said)->run;
  Wanted kept(run.shards);
  for (std::uint16_t shard = 0; shard < run.shards; ++shard) {
    // Its own, and those of nodes that were lost, once it has begun to keep them.
    const auto inherited = has_rounds(reader, shard);
    if (!inherited) return tl::unexpected(inherited.error());
    kept[shard] = shard % part.nodes == part.node || *inherited;
  }
  auto from = last_rounds(reader, run, kept);
  if (!from) return from;
  return std::min(*from, (*said)->sequence);
}

Result<std::optional<std::chrono::microseconds>> first_round_later(Reader& reader,
                                                                   std::chrono::microseconds after,
                                                                   const Wanted& wanted) {
  std::optional<std::chrono::microseconds> first;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const auto shard = static_cast<std::uint16_t>(i);
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

// A round that a shard has finished anywhere says all of it again. So of each shard only what came
// since the latest of these counts: what ended an older word may lie before a round, and is not
// read.
Result<Image> restore_from_all(const std::vector<Reader*>& readers, const RunBegan& run,
                               Origin origin, const Wanted& wanted,
                               const std::vector<ShardId>& shard_of) {
  struct Kept {
    runtime::journal::RecordKind kind{};
    runtime::journal::Micros time{};
    std::string payload;
  };
  std::vector<Kept> all;
  Image image = make_image(run.points, run.shards);
  std::vector<runtime::journal::Micros> since(wanted.size(), runtime::journal::Micros::min());
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    const auto shard = static_cast<std::uint16_t>(at);
    for (Reader* const reader : readers) {
      if (!wanted[shard]) continue;
      const auto begin = last_round(*reader, shard, runtime::journal::kSequenceMax);
      if (!begin) return tl::unexpected(begin.error());
      since[shard] = std::max(since[shard], begin->time);
    }
  }
  for (Reader* const reader : readers) {
    const auto from = last_rounds(*reader, run, wanted);
    if (!from) return tl::unexpected(from.error());
    const auto read = reader->scan(
        *from,
        [&](const runtime::journal::Record& record) {
          if (reader == readers.back()) note_time(image.last_time, record.time);
          const auto found = decode(record, origin);
          const auto shard = found ? shard_in(found->record, shard_of) : std::nullopt;
          const bool is_wanted = shard && index_of(*shard) < wanted.size() &&
                                 wanted[index_of(*shard)] && record.time >= since[index_of(*shard)];
          if (is_wanted) all.push_back({record.kind, record.time, std::string{record.payload}});
          return true;
        },
        Reader::Extent::all);
    if (!read) return tl::unexpected(read.error());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Kept& a, const Kept& b) { return a.time < b.time; });
  for (const Kept& kept : all) {
    runtime::journal::Record record;
    record.kind = kept.kind;
    record.time = kept.time;
    record.payload = kept.payload;
    if (const auto found = decode(record, origin)) fold(image, found->record, found->names);
    note_time(image.last_time, kept.time);
  }
  image.run = run;
  return image;
}

}  // namespace chargemill::archive
