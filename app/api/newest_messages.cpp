#include "app/api/newest_messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "app/api/event_text.hpp"

namespace chargemill::app::api {
namespace {

using archive::Position;
using nlohmann::ordered_json;
using runtime::journal::Sequence;

constexpr std::uint64_t kLookedMax = 2'048;

/// The newest `limit` messages of one journal of a set, newest first, among its last records.
Result<std::vector<ordered_json>> newest_of(archive::Past& history, const Position& newest,
                                            std::size_t journal, std::size_t limit) {
  constexpr Sequence kLookedBack = 65'536;
  std::vector<ordered_json> rows;
  std::vector<ordered_json> found;
  const Sequence last = newest[journal];
  const Sequence oldest = last > kLookedBack ? last - kLookedBack : 0;
  for (Sequence to = last; to > oldest && rows.size() < limit;) {
    const Sequence from = to - std::min<Sequence>(to - oldest, kLookedMax);
    Position begin = newest;  // of the other journals there is nothing to see, but what is new
    begin.set(journal, from);
    found.clear();
    Sequence seen = from;
    const auto reached = history.follow(begin, (to - from) * newest.journals(),
                                        [&](const archive::Found& one, const Position& at) {
                                          if (at[journal] == seen) return;
                                          seen = at[journal];
                                          if (seen > to) return;
                                          auto row = message_json(one);
                                          if (row.is_null()) return;
                                          if (newest.journals() > 1)
                                            row["id"] = fmt::format("{}.{}", journal, seen);
                                          found.push_back(std::move(row));
                                        });
    if (!reached) return tl::unexpected<Error>(reached.error());
    for (auto row = found.rbegin(); row != found.rend() && rows.size() < limit; ++row)
      rows.push_back(std::move(*row));
    to = from;
  }
  return rows;
}

}  // namespace

Result<ordered_json> newest_messages(archive::Past& history, std::size_t limit) {
  const auto newest = history.newest();
  if (!newest) return tl::unexpected<Error>(newest.error());
  std::vector<ordered_json> all;
  for (std::size_t journal = 0; journal < newest->journals(); ++journal) {
    auto rows = newest_of(history, *newest, journal, limit);
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::move(rows->begin(), rows->end(), std::back_inserter(all));
  }
  // RFC 3339 in UTC sorts as text; one journal is in order already.
  std::stable_sort(all.begin(), all.end(), [](const ordered_json& a, const ordered_json& b) {
    return a.at("ts").get_ref<const std::string&>() > b.at("ts").get_ref<const std::string&>();
  });
  all.resize(std::min(all.size(), limit));
  return ordered_json(std::move(all));
}

}  // namespace chargemill::app::api
