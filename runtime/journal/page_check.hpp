// LMDB trusts its file; these look at it first, so that a damaged one is an error and not a crash.
#pragma once

#include <string>

#include "runtime/base/result.hpp"

namespace chargemill::runtime::journal {

/// Whether the file begins with two meta pages of an LMDB 0.9 file of 4 KiB pages, and is as long
/// as they say.
[[nodiscard]] Result<void> check_metas(const std::string& path);
/// Whether every page that LMDB can reach is where it belongs, of the right kind, and holds nodes
/// that lie within it. Reads the whole tree: for files that may be damaged and that nobody writes.
[[nodiscard]] Result<void> check_pages(const std::string& path);

}  // namespace chargemill::runtime::journal
