// What stops the orders of a central that is none any more.
#pragma once

#include "runtime/agreement/requests.hpp"

namespace chargemill::runtime::agreement {

/// Refuses orders of a central that another one has followed (FE-01). One for each shard.
class TokenGate {
 public:
  [[nodiscard]] bool admits(Revision token) noexcept {
    if (token < highest_) return false;
    highest_ = token;
    return true;
  }
  [[nodiscard]] Revision highest() const noexcept { return highest_; }

 private:
  Revision highest_{};
};

}  // namespace chargemill::runtime::agreement
