// etcd as its guarantees describe it: one linearizable store with leases and watches, in memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "runtime/agreement/machine_time.hpp"
#include "runtime/agreement/requests.hpp"
#include "runtime/base/overloaded.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::test {

namespace agreement = runtime::agreement;

class ModelEtcd {
 public:
  using Revision = agreement::Revision;
  using LeaseId = agreement::LeaseId;
  using Time = agreement::MachineTime;

  [[nodiscard]] Result<agreement::Answer> serve(const agreement::Request& request, Time now) {
    expire(now);
    agreement::Answer answer;
    const std::string why = std::visit([&](const auto& r) { return on(r, now, answer); }, request);
    if (!why.empty()) return failure(ErrorKind::environment, why);
    answer.revision = revision_;
    return answer;
  }
  /// Takes away what hangs on leases that have run out.
  void expire(Time now) {
    for (auto it = leases_.begin(); it != leases_.end();) {
      const LeaseId id = it->first;
      if (it->second.until > now) {
        ++it;
        continue;
      }
      it = leases_.erase(it);
      remove_keys_of(id);
    }
  }
  /// What etcd does when it has a new leader, and when it comes back: every lease is whole again.
  void extend(Time now) {
    for (auto& [id, lease] : leases_) lease.until = now + lease.ttl;
  }
  void compact() { compacted_ = revision_; }

  /// All changes from `from` on; empty with `is_compacted`: they are forgotten.
  [[nodiscard]] std::vector<agreement::Change> since(Revision from, bool& is_compacted) const {
    is_compacted = from <= compacted_;
    std::vector<agreement::Change> result;
    for (const auto& change : history_) {
      if (change.now.modified >= from && !is_compacted) result.push_back(change);
    }
    return result;
  }
  [[nodiscard]] Revision revision() const { return revision_; }

 private:
  struct Lease {
    std::chrono::seconds ttl{};
    Time until{};
  };

  std::string on(const agreement::Range& r, Time, agreement::Answer& answer) {
    for (const auto& [key, kv] : keys_) {
      const bool fits = r.is_prefix ? key.compare(0, r.key.size(), r.key) == 0 : key == r.key;
      if (fits) answer.found.push_back(kv);
    }
    return {};
  }
  std::string on(const agreement::Put& r, Time now, agreement::Answer& answer) {
    return on(agreement::Txn{{}, {r}}, now, answer);
  }
  std::string on(const agreement::Txn& r, Time, agreement::Answer& answer) {
    for (const auto& compare : r.when) {
      const auto found = keys_.find(compare.key);
      const bool is_created = compare.of == agreement::Compare::Of::created;
      const Revision is = found == keys_.end()
                              ? Revision{}
                              : (is_created ? found->second.created : found->second.modified);
      if (is != compare.is) return {};
    }
    for (const auto& put : r.puts) {
      if (put.lease != LeaseId{} && leases_.count(put.lease) == 0)
        return "requested lease not found";
    }
    revision_ = agreement::after(revision_);
    for (const auto& put : r.puts) {
      auto& kv = keys_[put.key];
      const Revision created = kv.created == Revision{} ? revision_ : kv.created;
      kv = {put.key, put.value, created, revision_, put.lease};
      history_.push_back({kv, false});
    }
    answer.was_done = true;
    return {};
  }
  std::string on(const agreement::Grant& r, Time now, agreement::Answer& answer) {
    answer.lease = LeaseId{++leases_granted_};
    answer.ttl = r.ttl;
    leases_[answer.lease] = {r.ttl, now + r.ttl};
    return {};
  }
  std::string on(const agreement::KeepAlive& r, Time now, agreement::Answer& answer) {
    const auto found = leases_.find(r.lease);
    if (found == leases_.end()) return {};
    found->second.until = now + found->second.ttl;
    answer.ttl = found->second.ttl;
    return {};
  }
  std::string on(const agreement::Revoke& r, Time, agreement::Answer&) {
    if (leases_.erase(r.lease) == 0) return "requested lease not found";
    remove_keys_of(r.lease);
    return {};
  }
  std::string on(const agreement::Compact&, Time, agreement::Answer&) {
    compact();
    return {};
  }

  /// At one revision, as etcd does.
  void remove_keys_of(LeaseId lease) {
    bool is_first = true;
    for (auto it = keys_.begin(); it != keys_.end();) {
      if (it->second.lease != lease) {
        ++it;
        continue;
      }
      if (std::exchange(is_first, false)) revision_ = agreement::after(revision_);
      agreement::KeyValue gone;
      gone.key = it->first;
      gone.modified = revision_;
      history_.push_back({gone, true});
      it = keys_.erase(it);
    }
  }

  Revision revision_{1};
  Revision compacted_{};
  std::int64_t leases_granted_ = 0;
  std::map<std::string, agreement::KeyValue> keys_;
  std::map<LeaseId, Lease> leases_;
  std::vector<agreement::Change> history_;  // in order
};

}  // namespace chargemill::test
