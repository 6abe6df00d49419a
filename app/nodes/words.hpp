// What those who run the nodes say to each other: a question of the first node, and its answer.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "app/nodes/continuation.hpp"
#include "app/nodes/plain_words.hpp"
#include "runtime/cluster/links.hpp"

namespace chargemill::app {

/// Each is answered by the same word. All but `ready` and `silence` come from the node that leads.
enum class Word : char {
  journal = 'j',  ///< what has an earlier run left? JournalAnswer
  resume = 'g',   ///< begin there, all. A Beginning; answer: why not, or nothing
  ready = 'r',    ///< said without being asked: all actors are in their places
  start = 's',    ///< switch everything on; in real time the model clock begins
  look = 'l',     ///< how do things stand? With what the leader LeaderSays; a NodeReport
  adopt = 'd',    ///< nodes are lost: what comes to you? A TakeOver; Adopted
  route = 't',    ///< and from now on that is where it is. The same TakeOver
  hold =
      'k',  ///< shards are to move: keep what is for them. A Move; how much was sent there before
  give = 'v',    ///< all that was sent to them has been counted: what are they? Marks; a Given
  heard = 'a',   ///< has all come that was said before they left? Marks; a byte: it has
  take = 'n',    ///< they are yours, once all know. A Luggage; a byte: they are here
  part = 'z',    ///< nothing is left with you: leave. How things stood, a NodeReport
  lead = 'm',    ///< you are to lead, as etcd will say: this node leaves. HandedOn; a byte: yes
  invite = 'i',  ///< somebody comes to a place: do you hear it? An Arrival; a byte: yes
  join = 'y',    ///< to that one: build. An Invitation; when it is ready, why it cannot, or nothing
  enter = 'u',   ///< and now you are one of us. An Entry; a byte: it is
  hurry = 'H',   ///< the run is to end: wait for no disk that fails
  halt = 'h',    ///< no new load
  freeze = 'f',  ///< let no timer fire, and say what is under way. Standstill
  count = 'c',   ///< how did it end? A NodeReport; with the time of the count
  write = 'w',   ///< bring your records to the disk; how long to wait. Written
  close = 'b',   ///< the journals' last words
  copy = 'p',    ///< what do your charge points show? With a CopyWanted; bytes of shard copies
  past = 'q',    ///< what has happened there? A PastQuestion, and its answer
  order = 'o',   ///< tell a charge point something: an Order
  entities = 'e',  ///< the digests of all entities
  silence = '-',   ///< said without being asked, by any to any: who is not heard (silence.hpp)
  finish = 'x',    ///< the end
};

/// A word, the number of the question, and what belongs to it.
struct Said {
  Word word{};
  std::uint32_t number = 0;
  std::string_view rest;  ///< of the message that it was read from
};

/// A word and its number.
inline constexpr std::uint8_t kHeadBytes = 1 + sizeof(std::uint32_t);
/// What belongs to a word, at most: with that, and two bytes of the exchange's, it is one message.
inline constexpr std::size_t kRestMax = runtime::Links::kMessageBytesMax - 2 - kHeadBytes;

/// More than kRestMax is not said: the word comes alone, which means as an answer that there is
/// none.
[[nodiscard]] inline std::string message_of(Word word, std::uint32_t number,
                                            std::string_view rest = {}) {
  std::string text(1 + sizeof number, static_cast<char>(word));
  std::memcpy(text.data() + 1, &number, sizeof number);
  if (rest.size() <= kRestMax) text.append(rest);
  return text;
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
  std::uint32_t lost = 0;      ///< nodes that do not count any more, by bit
};

/// How all nodes begin.
struct Beginning {
  Continuation from;
  bool is_continued = false;  ///< else `from` means nothing
  bool remembers = false;     ///< whoever keeps no journal keeps what happens in memory
};

/// What a node that may return writes down of it.
struct Begun {
  Beginning how;
  std::uint64_t records = 0;  ///< of its journal at that time, from all runs
};

/// What a node answers to `journal`.
struct JournalAnswer {
  std::optional<LeftBehind> left;
  std::string trouble;  ///< why its journal cannot be used; empty: it can, or there is none
};

[[nodiscard]] inline std::string to_bytes(const JournalAnswer& answer) {
  std::string bytes(1, answer.left ? '\1' : '\0');
  if (answer.left) bytes += bytes_of(*answer.left);
  return bytes.append(answer.trouble);
}

[[nodiscard]] inline std::optional<JournalAnswer> journal_answer_from(std::string_view bytes) {
  constexpr std::size_t kLeftBytes = sizeof(LeftBehind::last_time) + sizeof(LeftBehind::run);
  if (bytes.empty() || (bytes.front() != '\0' && bytes.front() != '\1')) return std::nullopt;
  const bool has_left = bytes.front() == '\1';
  bytes.remove_prefix(1);
  JournalAnswer answer;
  if (has_left) {
    answer.left = plain_from<LeftBehind>(bytes.substr(0, kLeftBytes));
    if (!answer.left) return std::nullopt;
    bytes.remove_prefix(kLeftBytes);
  }
  answer.trouble = bytes;
  return answer;
}

/// What a node answers to `write`.
struct Written {
  std::uint64_t appended = 0;  ///< records so far, when it was asked
  bool is_on_disk = true;      ///< all of them
};

}  // namespace chargemill::app
