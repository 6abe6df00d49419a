// What a node saves at a meeting, so that whoever returns in its place begins there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace chargemill::runtime {

/// Of one meeting: what a node told the others for it.
struct KeptMeeting {
  std::uint64_t round = 0;
  std::vector<std::vector<std::byte>> mail;  ///< by node
  std::string text;                          ///< of this node there; empty: not said yet
};

struct SavedLife {
  std::int64_t proposed = 0;        ///< as in its log
  std::uint64_t mail_sum = 0;       ///< likewise
  std::array<KeptMeeting, 2> said;  ///< what others may still ask for; by the parity of the meeting
  std::vector<std::string> words;   ///< that whoever returns has to hear
  std::vector<std::byte> state;     ///< of its actors, and what its runner adds
};

/// Where to go on.
struct SavedMeeting {
  std::uint64_t round = 0;
  std::int64_t proposed = 0;
  std::uint64_t mail_sum = 0;
  std::vector<std::byte> state;
};

}  // namespace chargemill::runtime
