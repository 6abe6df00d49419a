// What virtual time keeps of a message or a timer until its window opens.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/letter.hpp"

namespace chargemill::runtime {

/// The number of a lean actor: its place in the order of spawning, from 1. It does not depend on
/// the number of workers as long as one thread spawns the actors in one order. 0 is nobody:
/// outside.
using Entity = std::uint32_t;

/// A message on its way, or a timer (no letter). Lists of these are kept in the order of
/// sending for each pair of sender and receiver.
struct Arrival {
  std::int64_t time_ns;
  Entity to;
  Entity from;
  LetterPtr letter;
};
static_assert(sizeof(Arrival) == 24);

/// Sorts by receiver, then time, then sender; what is equal in all three stays in order. That is
/// the canonical order: whatever the number of workers, each receiver sees the same. `scratch` is
/// overwritten and never shrinks, so nothing is allocated once warm.
/// `entities`: all receivers are below. Cost: two passes over the list for up to four million
/// entities, then a merge sort of each receiver's own.
void sort_canonically(std::vector<Arrival>& arrivals, std::vector<Arrival>& scratch,
                      Entity entities);

}  // namespace chargemill::runtime
