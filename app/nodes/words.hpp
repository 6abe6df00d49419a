// What those who run the nodes say to each other: a question of the first node, and its answer.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace chargemill::app {

/// Each is answered by the same word. All but `ready` come from the node that leads.
enum class Word : char {
  ready = 'r',     ///< said without being asked: all actors are in their places
  start = 's',     ///< switch everything on; in real time the model clock begins
  look = 'l',      ///< how do things stand? A NodeReport
  halt = 'h',      ///< no new load
  freeze = 'f',    ///< let no timer fire, and say what is under way. Standstill
  count = 'c',     ///< how did it end? A NodeReport; with the time of the count
  entities = 'e',  ///< the digests of all entities
  finish = 'x',    ///< the end
};

/// A word, the number of the question, and what belongs to it.
struct Said {
  Word word{};
  std::uint32_t number = 0;
  std::string_view rest;  ///< of the message that it was read from
};

[[nodiscard]] inline std::string message_of(Word word, std::uint32_t number,
                                            std::string_view rest = {}) {
  std::string text(1 + sizeof number, static_cast<char>(word));
  std::memcpy(text.data() + 1, &number, sizeof number);
  return text.append(rest);
}

[[nodiscard]] inline std::optional<Said> said_in(std::string_view message) {
  Said said;
  if (message.size() < 1 + sizeof said.number) return std::nullopt;
  said.word = static_cast<Word>(message.front());
  std::memcpy(&said.number, message.data() + 1, sizeof said.number);
  said.rest = message.substr(1 + sizeof said.number);
  return said;
}

/// What a node answers to `freeze`.
struct Standstill {
  std::uint64_t sent = 0;      ///< messages of its actors to other nodes, so far
  std::uint64_t received = 0;  ///< and from them, that are in mailboxes or handled
  bool is_still = false;       ///< no worker runs
};

}  // namespace chargemill::app
