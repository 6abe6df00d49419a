#include "runtime/engine/letter.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

void LetterArena::next_chunk(std::size_t bytes) {
  CHARGEMILL_ASSERT(bytes <= kChunk);
  if (used_ == chunks_.size())
    chunks_.push_back(std::unique_ptr<std::byte[]>(new std::byte[kChunk]));
  at_ = chunks_[used_++].get();
  left_ = kChunk;
}

}  // namespace chargemill::runtime
