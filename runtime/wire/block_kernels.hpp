// The loops of FrameKernels over whole blocks of bytes, written once for every width.
//
// A Block is a register of kBytes (at most ReceiveBuffer::kSlackBytes) bytes and a Mask an unsigned
// number with one bit a byte, the first byte lowest. avx2_block.hpp shows what a Block can do. The
// header is compiled once for each kind of processor, so it uses nothing of the standard library
// that could be shared between them.
#pragma once

#include "runtime/wire/frame_kernels.hpp"
#include "runtime/wire/frame_layout.hpp"

namespace chargemill::runtime {

/// The lowest bit that is set in `mask`; `bytes` if that comes first. At most kBytes.
template <class Block>
std::size_t first_of(typename Block::Mask mask, std::size_t bytes) noexcept {
  const std::size_t at = Block::lowest(mask);
  return at < bytes ? at : bytes;
}

template <class Block>
Scanned scan_blocks(const std::byte* from, std::size_t bytes) noexcept {
  constexpr std::size_t kStep = 4 * Block::kBytes;
  Scanned run;
  Block lrc = Block::zero();
  Block high = Block::zero();
  // One branch for four blocks while they hold payload only.
  for (; bytes - run.bytes >= kStep; run.bytes += kStep) {
    const std::byte* const p = from + run.bytes;
    const Block a = Block::load(p);
    const Block b = Block::load(p + Block::kBytes);
    const Block c = Block::load(p + 2 * Block::kBytes);
    const Block d = Block::load(p + 3 * Block::kBytes);
    if (Block::any((a.specials() | b.specials()) | (c.specials() | d.specials()))) break;
    lrc = lrc ^ ((a ^ b) ^ (c ^ d));
    high = high | ((a | b) | (c | d));
  }
  // That a block is whole is a matter of a branch, not of a number, so the processor can guess it
  // and need not wait for one block to load the next.
  for (; run.bytes < bytes; run.bytes += Block::kBytes) {
    const Block block = Block::load(from + run.bytes);
    const typename Block::Mask specials = Block::mask(block.specials());
    const std::size_t left = bytes - run.bytes;
    if (specials != 0 || left < Block::kBytes) {
      const std::size_t take = first_of<Block>(specials, left);
      const Block taken = block.first(take);
      lrc = lrc ^ taken;
      high = high | taken;
      run.bytes += take;
      break;
    }
    lrc = lrc ^ block;
    high = high | block;
  }
  run.lrc = lrc.xor_of_bytes();
  run.has_high = high.has_high();
  return run;
}

template <class Block>
Unescaped unescape_blocks(std::byte* to, std::size_t room, const std::byte* from,
                          std::size_t bytes) noexcept {
  using Flags = typename Block::Flags;
  using Mask = typename Block::Mask;
  Unescaped done;
  Block lrc = Block::zero();  // of the bytes as they came, ESCs included
  Block high = Block::zero();
  Flags before = Block::all_flags(false);  // the ESCs of the block before this one
  while (done.read < bytes && done.written < room) {
    const std::byte* const p = from + done.read;
    std::byte* const out = to + done.written;
    const Block block = Block::load(p);
    const Flags escapes = block.escapes();
    const Flags follows = Block::moved_up(escapes, before);
    const Block plain = block.flipped(follows);
    // With the flips undone exactly the ESCs and the bytes behind them are special.
    const Flags wrong = plain.specials() ^ (escapes | follows);
    const Mask dropped = Block::mask(escapes);
    const std::size_t left = bytes - done.read;
    if (left >= Block::kBytes && room - done.written >= Block::kBytes && !Block::any(wrong)) {
      // `to` is behind `from`, so the store ends before the next block begins.
      plain.store_without(out, dropped);
      lrc = lrc ^ block;
      high = high | block;
      done.read += Block::kBytes;
      done.written += Block::kBytes - Block::count(dropped);
      before = escapes;
      continue;
    }
    // A part of a block. The store writes the whole, so what follows the part is put back.
    std::size_t most = left < room - done.written ? left : room - done.written;
    if (most > Block::kBytes) most = Block::kBytes;
    const std::size_t take = first_of<Block>(Block::mask(wrong), most);
    const Block rest = Block::load(p + take);
    const Block taken = block.first(take);
    plain.store_without(out, dropped);
    rest.store(out + (p - out) + take);
    lrc = lrc ^ taken;
    high = high | taken;
    done.read += take;
    const Mask taken_escapes = Block::mask(taken.escapes());
    done.written += take - Block::count(taken_escapes);
    if (take > 0) before = Block::all_flags((taken_escapes >> (take - 1) & 1U) != 0);
    if (take < most) break;
  }
  // Each pair ESC, b that came stands for b ^ kEscapeFlip.
  done.lrc = lrc.xor_of_bytes();
  if ((done.read - done.written) % 2 != 0) done.lrc ^= kEsc ^ kEscapeFlip;
  done.has_high = high.has_high();
  done.after_escape = Block::mask(before) >> (Block::kBytes - 1) != 0;
  return done;
}

template <class Block>
Escaped escape_blocks(std::byte* to, std::size_t room, const std::byte* from,
                      std::size_t bytes) noexcept {
  Escaped done;
  Block lrc = Block::zero();
  std::size_t read = 0;
  constexpr std::size_t kStep = 4 * Block::kBytes;
  while (bytes - read >= kStep && room - done.written >= kStep) {
    const std::byte* const p = from + read;
    const Block a = Block::load(p);
    const Block b = Block::load(p + Block::kBytes);
    const Block c = Block::load(p + 2 * Block::kBytes);
    const Block d = Block::load(p + 3 * Block::kBytes);
    if (Block::any((a.specials() | b.specials()) | (c.specials() | d.specials()))) break;
    std::byte* const out = to + done.written;
    a.store(out);
    b.store(out + Block::kBytes);
    c.store(out + 2 * Block::kBytes);
    d.store(out + 3 * Block::kBytes);
    lrc = lrc ^ ((a ^ b) ^ (c ^ d));
    done.written += kStep;
    read += kStep;
  }
  // The most that store_escaped() may touch.
  constexpr std::size_t kRoom = 3 * Block::kBytes;
  while (read < bytes && room - done.written >= kRoom) {
    const std::size_t left = bytes - read;
    const std::size_t take = left < Block::kBytes ? left : Block::kBytes;
    const Block block =
        take == Block::kBytes ? Block::load(from + read) : Block::load_first(from + read, take);
    const typename Block::Mask specials = Block::mask(block.specials());
    lrc = lrc ^ block;
    block.store_escaped(to + done.written, specials);
    done.written += take + Block::count(specials);
    read += take;
  }
  done.lrc = lrc.xor_of_bytes();
  if (read == bytes) return done;
  // Close to the end of the room each byte is measured.
  const Escaped rest =
      scalar_kernels().escape(to + done.written, room - done.written, from + read, bytes - read);
  return {done.written + rest.written, done.lrc ^ rest.lrc, rest.fits};
}

}  // namespace chargemill::runtime
