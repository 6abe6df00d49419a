// What actors of different nodes may say to each other.
#pragma once

#include <vector>

#include "runtime/cluster/letter_kind.hpp"

namespace chargemill::network {

/// The same list on all nodes of one version: the place of a type is its number between them.
[[nodiscard]] std::vector<runtime::LetterKind> letter_kinds();

}  // namespace chargemill::network
