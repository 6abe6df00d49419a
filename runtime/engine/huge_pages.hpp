// Fewer and larger pages for what actors live in.
#pragma once

namespace chargemill::runtime {

/// Asks the allocator, if it is mimalloc, to take memory from the system in pages of two MiB where
/// the kernel has them to give. A hundred thousand actors lie on some thirty thousand small pages,
/// many more than a core can remember the addresses of. For the whole process, from the next
/// allocation of a segment on; again and again is harmless. Any thread.
void prefer_huge_pages() noexcept;

}  // namespace chargemill::runtime
