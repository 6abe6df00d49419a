#include "app/history/lives.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "app/history/journal_set.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/journal/disowned.hpp"

namespace chargemill::app {
namespace {

/// UTC; as it is found its time counts from 1970.
std::chrono::microseconds began_at(const archive::RunBegan& run) {
  return std::chrono::duration_cast<std::chrono::microseconds>(run.at.time_since_epoch());
}

}  // namespace

Result<void> add_later_lives(const std::filesystem::path& first, unsigned node,
                             archive::Origin origin, const archive::Wanted& shards,
                             const std::vector<ShardId>& shard_of, archive::Image& image) {
  std::vector<runtime::journal::Reader> readers;
  for (const auto& path : journals_beside(first)) {
    const bool is_own = path == journal_of_node(first, node);
    auto reader = runtime::journal::Reader::open(path.string());
    if (!reader) return tl::unexpected(reader.error());
    const auto begin = archive::first_round_later(*reader, began_at(image.run), shards);
    if (!begin) return tl::unexpected(begin.error());
    if (is_own || *begin) readers.push_back(std::move(*reader));
  }
  if (readers.size() < 2) return {};  // nobody else has had them
  std::vector<runtime::journal::Reader*> all;
  for (auto& reader : readers) all.push_back(&reader);
  auto merged = archive::restore_from_all(all, image.run, origin, shards, shard_of);
  if (!merged) return tl::unexpected(merged.error());
  merged->last_time = std::max(merged->last_time, image.last_time);
  merged->last_sequence = image.last_sequence;
  image = std::move(*merged);
  return {};
}

namespace {

/// The journal of one node, if it is of the run that is wanted.
Result<std::pair<runtime::journal::Reader, archive::RunBegan>> open_life(const LivesWanted& wanted,
                                                                         std::uint8_t node) {
  const auto path = journal_of_node(wanted.first, node).string();
  auto reader = runtime::journal::Reader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  const auto last = archive::find_last_run(*reader);
  if (!last) return tl::unexpected(last.error());
  const bool is_this =
      *last && (*last)->run.run == wanted.run && (*last)->run.network == wanted.networks[node] &&
      (*last)->run.points == wanted.shard_of.size() && (*last)->run.shards == wanted.shards.size();
  if (!is_this) return failure(ErrorKind::environment, path + " is no journal of this run");
  return std::pair{std::move(*reader), (*last)->run};
}

/// In the order in which they have last had something; each once.
std::vector<std::uint8_t> each_once(const std::vector<std::uint8_t>& former) {
  std::vector<std::uint8_t> nodes;
  for (const std::uint8_t node : former) {
    nodes.erase(std::remove(nodes.begin(), nodes.end(), node), nodes.end());
    nodes.push_back(node);
  }
  return nodes;
}

}  // namespace

Result<void> disown_life(const LivesWanted& wanted, std::uint8_t node,
                         const std::function<bool()>& may) {
  const auto path = journal_of_node(wanted.first, node).string();
  auto reader = runtime::journal::Reader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  const auto newest = reader->last();
  if (!newest) return tl::unexpected(newest.error());
  // Whoever was stopped before its first commit has written nothing that could tell.
  if (*newest > 0) {
    if (const auto life = open_life(wanted, node); !life) return tl::unexpected(life.error());
  }
  const auto counts = runtime::journal::disown_later(path, may);
  if (!counts) return tl::unexpected(counts.error());
  return {};
}

Result<archive::Image> read_lives(const LivesWanted& wanted) {
  CHARGEMILL_ASSERT(!wanted.former.empty());
  if (wanted.first.empty()) return failure(ErrorKind::environment, "no journal is kept");
  const auto nodes = each_once(wanted.former);
  std::vector<runtime::journal::Reader> readers;
  archive::RunBegan run;
  for (const std::uint8_t node : nodes) {
    auto life = open_life(wanted, node);
    if (!life) return tl::unexpected(life.error());
    readers.push_back(std::move(life->first));
    run = life->second;
  }
  if (nodes.size() == 1)
    return archive::restore(readers.front(), run, wanted.origin, wanted.shards);
  std::vector<runtime::journal::Reader*> all;
  for (auto& reader : readers) all.push_back(&reader);
  return archive::restore_from_all(all, run, wanted.origin, wanted.shards, wanted.shard_of);
}

}  // namespace chargemill::app
