// What the node that leads asks others of what has happened there, and what they answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/archive/past.hpp"

namespace chargemill::app {

/// One question to archive::Past.
struct PastQuestion {
  enum class What : char {
    faults = 'f',
    health = 'h',
    sessions = 's',
    tickets = 't',
    meter = 'm',
    told = 'o',        ///< of `sessions`
    readings = 'r',    ///< likewise
    statistics = 'c',  ///< of filter.point, since filter.since
    follow = 'e',
    newest = 'n'
  };
  What what{};
  archive::Filter filter;
  runtime::journal::Sequence after = 0;  ///< of `follow`
  std::uint64_t looked_max = 0;          ///< likewise
  std::vector<SessionId> sessions;       ///< of `told` and `readings`
};

[[nodiscard]] std::string to_bytes(const PastQuestion& question);
/// None: these are not the bytes of a question. Any bytes.
[[nodiscard]] std::optional<PastQuestion> past_question_from(std::string_view bytes);

/// What `past` says, or why it cannot, as bytes. Requires a past of one journal.
[[nodiscard]] std::string answer_of(archive::Past& past, const PastQuestion& question);
/// The same where there is none.
[[nodiscard]] std::string answer_of(const Error& trouble);

/// A record that was followed, with its names.
struct FollowedRecord {
  archive::Record record;
  std::string point;
  std::string driver;
  archive::UtcMicros time{};
  runtime::journal::Sequence sequence = 0;
};
struct Followed {
  std::vector<FollowedRecord> records;
  runtime::journal::Sequence last = 0;
};

/// An answer of the kind that a question asks for, as answer_of() writes it.
/// `looked_back_to`: as the past said then.
template <class Answer>
[[nodiscard]] std::string past_answer_of(
    Result<Answer> answer, std::optional<archive::UtcMicros> looked_back_to = std::nullopt);
/// What answer_of() has written, of a question of that kind. Fails with what the other node says,
/// and for bytes that are no answer.
template <class Answer>
[[nodiscard]] Result<Answer> past_answer_from(std::string_view bytes);
/// With which looked_back_to() an answer was given. Any bytes.
[[nodiscard]] std::optional<archive::UtcMicros> looked_back_to_in(std::string_view bytes);

}  // namespace chargemill::app
