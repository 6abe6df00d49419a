#include "app/nodes/past_words.hpp"

#include <type_traits>
#include <utility>
#include <variant>

#include "actors/archive/record_fields.hpp"
#include "app/nodes/byte_streams.hpp"

namespace chargemill::app {
namespace {

using archive::EventType;
using archive::FaultRow;
using archive::FaultStatistics;
using archive::HealthRow;
using archive::MeterRow;
using archive::SessionRow;
using archive::SessionTold;
using archive::TicketRow;
using archive::UtcMicros;
using runtime::BreakerMode;
using Sequence = runtime::journal::Sequence;

/// How an answer begins.
enum class Begin : std::uint8_t { trouble, whole, given_up };

constexpr const char* kNoAnswer = "a node answers what nobody asked";

/// The last of each choice.
template <class Enum>
constexpr Enum kLast{};
// clang-format off
template <> constexpr EventType kLast<EventType> = EventType::other;
template <> constexpr Phase kLast<Phase> = Phase::fault;
template <> constexpr Refusal kLast<Refusal> = Refusal::no_central;
template <> constexpr SessionStatus kLast<SessionStatus> = SessionStatus::failed;
template <> constexpr BreakerMode kLast<BreakerMode> = BreakerMode::half_open;
// clang-format on
/// Reasons go as they are: each code has a word or none.
template <class T>
constexpr bool kIsChoice = std::is_enum_v<T> && sizeof(T) == 1 && !std::is_same_v<T, Reason>;

// Records travel field by field: any byte may come where they have a flag or a choice.
template <class Stream, class Field>
void walk_field(Stream& s, Field& field) {
  using Kind = std::remove_const_t<Field>;
  if constexpr (std::is_same_v<Kind, bool>) {
    s.flag(field);
  } else if constexpr (kIsChoice<Kind>) {
    static_assert(kLast<Kind> != Kind{}, "name its last value");
    s.choice(field, kLast<Kind>);
  } else {
    s.value(field);
  }
}
template <class Stream, class Kind>
void walk_fields(Stream& s, Kind& record) {
  archive::each_field(record, [&s](auto& field) { walk_field(s, field); });
}
template <std::size_t I = 0>
void make(std::size_t index, archive::Record& record) {
  if constexpr (I < std::variant_size_v<archive::Record>) {
    if (index != I) return make<I + 1>(index, record);
    record.emplace<I>();
  }
}
template <class Stream>
void walk_any(Stream& s, archive::Record& record) {
  constexpr std::uint8_t kLastKind = std::variant_size_v<archive::Record> - 1;
  auto kind = static_cast<std::uint8_t>(record.index());
  s.choice(kind, kLastKind);
  if (kind != record.index()) make(kind, record);
  std::visit([&s](auto& one) { walk_fields(s, one); }, record);
}

// The fields of each row in the order in which they travel, for both ways.
template <class Stream, class Row>
void walk_fault(Stream& s, Row& r) {
  s.value(r.id);
  s.value(r.time);
  s.list(r.point);
  s.value(r.zone);
  walk_field(s, r.type);
  walk_field(s, r.reason);
}
template <class Stream, class Row>
void walk_health(Stream& s, Row& r) {
  s.value(r.id);
  s.value(r.time);
  s.list(r.point);
  s.value(r.zone);
  walk_fields(s, r.health);
}
template <class Stream, class Row>
void walk_session(Stream& s, Row& r) {
  s.value(r.id);
  s.value(r.created);
  s.value(r.session);
  s.list(r.point);
  s.list(r.driver);
  s.value(r.zone);
  s.value(r.start);
  s.maybe(r.end);
  s.value(r.delivered);
  s.value(r.cost);
  walk_field(s, r.status);
  walk_fields(s, r.last);
  s.flag(r.has_energy);
  s.flag(r.is_settled);
}
template <class Stream, class Row>
void walk_ticket(Stream& s, Row& r) {
  walk_fields(s, r.ticket);
  s.list(r.point);
  s.list(r.driver);
  s.value(r.start);
  s.value(r.end);
  s.value(r.issued);
  s.maybe(r.delivered);
  s.flag(r.is_settled);
}
template <class Stream, class Reading>
void walk_reading(Stream& s, Reading& r) {
  s.value(r.told);
  s.value(r.start);
  s.maybe(r.end);
  s.value(r.delivered);
  s.value(r.cost);
}
template <class Stream, class Told>
void walk_told(Stream& s, Told& r) {
  bool has_reading = r.reading.has_value();
  s.flag(has_reading);
  if (has_reading && !r.reading) r.reading = SessionTold::Reading{};
  if (has_reading) walk_reading(s, *r.reading);
  bool has_end = r.end.has_value();
  s.flag(has_end);
  if (has_end && !r.end) r.end.emplace();
  if (has_end) walk_fields(s, *r.end);
  s.value(r.ended);
  s.maybe(r.delivered);
  s.maybe(r.correction_delivered);
}
template <class Stream, class Row>
void walk_record(Stream& s, Row& r) {
  walk_any(s, r.record);
  s.list(r.point);
  s.list(r.driver);
  s.value(r.time);
  s.value(r.sequence);
}

template <class Stream>
void walk(Stream& s, FaultRow& r) {
  walk_fault(s, r);
}
template <class Stream>
void walk(Stream& s, HealthRow& r) {
  walk_health(s, r);
}
template <class Stream>
void walk(Stream& s, SessionRow& r) {
  walk_session(s, r);
}
template <class Stream>
void walk(Stream& s, TicketRow& r) {
  walk_ticket(s, r);
}
template <class Stream>
void walk(Stream& s, SessionTold& r) {
  walk_told(s, r);
}
template <class Stream>
void walk(Stream& s, FollowedRecord& r) {
  walk_record(s, r);
}
template <class Stream>
void walk(Stream& s, MeterRow& r) {
  s.value(r);
}
template <class Stream>
void walk(Stream& s, FaultStatistics& r) {
  s.value(r.total_events);
  s.value(r.fault_count);
  s.value(r.recovery_count);
  s.value(r.currently_faulty);
  s.maybe(r.mean_recovery_s);
  s.value(r.recoveries_measured);
  s.maybe(r.last_fault);
}

template <class Row>
void write(ByteOutput& out, std::vector<Row>& rows) {
  out.value(static_cast<std::uint64_t>(rows.size()));
  for (Row& row : rows) walk(out, row);
}
template <class Row>
void read(ByteInput& in, std::vector<Row>& rows) {
  std::uint64_t count = 0;
  in.value(count);
  // As many as there are: a length that lies ends with the bytes.
  for (std::uint64_t i = 0; i < count && in.is_sound(); ++i) walk(in, rows.emplace_back());
}
void write(ByteOutput& out, FaultStatistics& statistics) { walk(out, statistics); }
void read(ByteInput& in, FaultStatistics& statistics) { walk(in, statistics); }
void write(ByteOutput& out, Followed& followed) {
  write(out, followed.records);
  out.value(followed.last);
}
void read(ByteInput& in, Followed& followed) {
  read(in, followed.records);
  in.value(followed.last);
}
void write(ByteOutput& out, Sequence& newest) { out.value(newest); }
void read(ByteInput& in, Sequence& newest) { in.value(newest); }

Result<Followed> follow(archive::Past& past, const PastQuestion& question) {
  Followed followed;
  const auto last = past.follow(
      archive::Position{question.after}, question.looked_max,
      [&](const archive::Found& found, const archive::Position&) {
        followed.records.push_back({found.record, std::string{found.names.point},
                                    std::string{found.names.driver}, found.time, found.sequence});
      });
  if (!last) return tl::unexpected(last.error());
  followed.last = (*last)[0];
  return followed;
}

template <class Stream, class Question>
void walk_question(Stream& s, Question& q) {
  s.value(q.what);
  s.list(q.filter.point);
  s.list(q.filter.driver);
  s.maybe(q.filter.zone);
  s.list(q.filter.kind);
  s.value(q.filter.since);
  s.value(q.filter.until);
  s.value(q.filter.limit);
  s.flag(q.filter.with_unsettled);
  s.value(q.after);
  s.value(q.looked_max);
  s.list(q.sessions);
}

}  // namespace

std::string to_bytes(const PastQuestion& question) {
  ByteOutput out;
  walk_question(out, question);
  return out.take();
}

std::optional<PastQuestion> past_question_from(std::string_view bytes) {
  PastQuestion question;
  ByteInput in{bytes};
  walk_question(in, question);
  if (!in.is_exhausted()) return std::nullopt;
  return question;
}

std::string answer_of(const Error& trouble) {
  ByteOutput out;
  out.choice(Begin::trouble, Begin::given_up);
  out.list(trouble.text);
  return out.take();
}

template <class Answer>
std::string past_answer_of(Result<Answer> answer, std::optional<UtcMicros> looked_back_to) {
  if (!answer) return answer_of(answer.error());
  ByteOutput out;
  out.choice(looked_back_to ? Begin::given_up : Begin::whole, Begin::given_up);
  if (looked_back_to) out.value(*looked_back_to);
  write(out, *answer);
  return out.take();
}

namespace {

/// What `past` has just said, and how far it looked for it.
template <class Row>
std::string rows_of(const archive::Past& past, Result<std::vector<Row>> rows) {
  return past_answer_of(std::move(rows), past.looked_back_to());
}

}  // namespace

std::string answer_of(archive::Past& past, const PastQuestion& question) {
  using What = PastQuestion::What;
  const auto& filter = question.filter;
  switch (question.what) {
    case What::faults:
      return rows_of(past, past.faults(filter));
    case What::health:
      return rows_of(past, past.health(filter));
    case What::sessions:
      return rows_of(past, past.sessions(filter));
    case What::tickets:
      return rows_of(past, past.tickets(filter));
    case What::meter:
      return past_answer_of(past.meter(filter));
    case What::told:
      return past_answer_of(past.told_of(question.sessions));
    case What::readings:
      return past_answer_of(past.readings_of(question.sessions));
    case What::statistics:
      return past_answer_of(past.statistics(filter.point, filter.since));
    case What::follow:
      return past_answer_of(follow(past, question));
    case What::newest:
      return past_answer_of(past.newest().map([](const archive::Position& at) { return at[0]; }));
  }
  return answer_of(Error{ErrorKind::invalid_input, "nobody can answer that"});
}

namespace {

/// Of an answer that was given up, how far it was looked for.
std::pair<Begin, std::optional<UtcMicros>> begin_of(ByteInput& in) {
  Begin kind{};
  in.choice(kind, Begin::given_up);
  if (kind != Begin::given_up) return {kind, std::nullopt};
  UtcMicros reached{};
  in.value(reached);
  return {kind, reached};
}

}  // namespace

std::optional<UtcMicros> looked_back_to_in(std::string_view bytes) {
  ByteInput in{bytes};
  const auto reached = begin_of(in).second;
  return in.is_sound() ? reached : std::nullopt;
}

template <class Answer>
Result<Answer> past_answer_from(std::string_view bytes) {
  // Whoever is lost answers nothing.
  if (bytes.empty()) return failure(ErrorKind::environment, "a node that was asked is lost");
  ByteInput in{bytes};
  const bool is_answer = begin_of(in).first != Begin::trouble;
  Answer answer{};
  std::string trouble;
  if (is_answer) {
    read(in, answer);
  } else {
    in.list(trouble);
  }
  if (!in.is_exhausted()) return failure(ErrorKind::environment, kNoAnswer);
  if (!is_answer) return failure(ErrorKind::environment, trouble);
  return answer;
}

template std::string past_answer_of(Result<std::vector<FaultRow>>, std::optional<UtcMicros>);
template std::string past_answer_of(Result<std::vector<HealthRow>>, std::optional<UtcMicros>);
template std::string past_answer_of(Result<std::vector<SessionRow>>, std::optional<UtcMicros>);
template std::string past_answer_of(Result<std::vector<TicketRow>>, std::optional<UtcMicros>);
template std::string past_answer_of(Result<std::vector<MeterRow>>, std::optional<UtcMicros>);
template std::string past_answer_of(Result<std::vector<SessionTold>>, std::optional<UtcMicros>);
template std::string past_answer_of(Result<FaultStatistics>, std::optional<UtcMicros>);
template std::string past_answer_of(Result<Followed>, std::optional<UtcMicros>);
template std::string past_answer_of(Result<Sequence>, std::optional<UtcMicros>);
template Result<std::vector<FaultRow>> past_answer_from(std::string_view);
template Result<std::vector<HealthRow>> past_answer_from(std::string_view);
template Result<std::vector<SessionRow>> past_answer_from(std::string_view);
template Result<std::vector<TicketRow>> past_answer_from(std::string_view);
template Result<std::vector<MeterRow>> past_answer_from(std::string_view);
template Result<std::vector<SessionTold>> past_answer_from(std::string_view);
template Result<FaultStatistics> past_answer_from(std::string_view);
template Result<Followed> past_answer_from(std::string_view);
template Result<Sequence> past_answer_from(std::string_view);

}  // namespace chargemill::app
