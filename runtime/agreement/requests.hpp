// What is asked of etcd and what it answers, as plain values: a narrow interface, so that another
// store, or the model of the tests, fits behind it (ET-01). No call of its lock API is among them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace chargemill::runtime::agreement {

/// Counts the changes of the whole store: it rises with each. 0: never.
enum class Revision : std::int64_t {};
/// 0: none.
enum class LeaseId : std::int64_t {};

[[nodiscard]] constexpr Revision after(Revision r) noexcept {
  return Revision{static_cast<std::int64_t>(r) + 1};
}
[[nodiscard]] constexpr std::int64_t number_of(Revision r) noexcept {
  return static_cast<std::int64_t>(r);
}

struct KeyValue {
  std::string key;
  std::string value;
  Revision created{};   ///< of the first put since it was last absent
  Revision modified{};  ///< of the last put
  LeaseId lease{};      ///< it goes when this runs out
};

struct Range {
  std::string key;
  bool is_prefix = false;
};
struct Put {
  std::string key;
  std::string value;
  LeaseId lease{};
};
/// Holds if the key was created, or modified, at exactly this revision; 0: it is not there.
struct Compare {
  enum class Of : std::uint8_t { created, modified };
  std::string key;
  Of of = Of::created;
  Revision is{};
};
/// All puts at one revision, if all comparisons hold; else nothing.
struct Txn {
  std::vector<Compare> when;
  std::vector<Put> puts;
};
struct Grant {
  std::chrono::seconds ttl{};
};
struct KeepAlive {
  LeaseId lease{};
};
/// With all keys that hang on it.
struct Revoke {
  LeaseId lease{};
};
/// Forgets what was before.
struct Compact {
  Revision before{};
};
using Request = std::variant<Range, Put, Txn, Grant, KeepAlive, Revoke, Compact>;

struct Answer {
  Revision revision{};          ///< of the store when it answered
  std::vector<KeyValue> found;  ///< of a Range
  bool was_done = false;        ///< of a Txn: all comparisons held
  LeaseId lease{};              ///< of a Grant
  std::chrono::seconds ttl{};   ///< of a Grant, a KeepAlive; 0: there is no such lease any more
};

struct Change {
  KeyValue now;             ///< removed: only key and modified
  bool is_removed = false;  ///< by somebody, or its lease has run out
};
/// In the order of their revisions, none left out.
struct Changes {
  Revision revision{};  ///< of the store when they were sent; may be more than theirs
  std::vector<Change> changes;
};

}  // namespace chargemill::runtime::agreement
