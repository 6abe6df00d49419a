#include "app/nodes/past_words.hpp"

#include "app/nodes/byte_streams.hpp"

namespace chargemill::app {
namespace {

using archive::FaultRow;
using archive::FaultStatistics;
using archive::HealthRow;
using archive::MeterRow;
using archive::SessionRow;
using archive::SessionTold;
using archive::TicketRow;
using Sequence = runtime::journal::Sequence;

constexpr const char* kNoAnswer = "a node answers what nobody asked";

// The fields of each row in the order in which they travel, for both ways.
template <class Stream, class Row>
void walk_fault(Stream& s, Row& r) {
  s.value(r.id);
  s.value(r.time);
  s.list(r.point);
  s.value(r.zone);
  s.value(r.type);
  s.value(r.reason);
}
template <class Stream, class Row>
void walk_health(Stream& s, Row& r) {
  s.value(r.id);
  s.value(r.time);
  s.list(r.point);
  s.value(r.zone);
  s.value(r.health);
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
  s.value(r.status);
  s.value(r.last);
  s.flag(r.has_energy);
  s.flag(r.is_settled);
}
template <class Stream, class Row>
void walk_ticket(Stream& s, Row& r) {
  s.value(r.ticket);
  s.list(r.point);
  s.list(r.driver);
  s.value(r.start);
  s.value(r.end);
  s.value(r.issued);
  s.maybe(r.delivered);
  s.flag(r.is_settled);
}
template <class Stream, class Told>
void walk_told(Stream& s, Told& r) {
  s.maybe(r.reading);
  s.maybe(r.end);
  s.value(r.ended);
  s.maybe(r.delivered);
  s.maybe(r.correction_delivered);
}
template <class Stream, class Row>
void walk_record(Stream& s, Row& r) {
  s.value(r.record);
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

template <class Answer>
std::string bytes_of(Result<Answer> answer) {
  if (!answer) return answer_of(answer.error());
  ByteOutput out;
  out.flag(true);
  write(out, *answer);
  return out.take();
}

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
  out.flag(false);
  out.list(trouble.text);
  return out.take();
}

std::string answer_of(archive::Past& past, const PastQuestion& question) {
  using What = PastQuestion::What;
  const auto& filter = question.filter;
  switch (question.what) {
    case What::faults:
      return bytes_of(past.faults(filter));
    case What::health:
      return bytes_of(past.health(filter));
    case What::sessions:
      return bytes_of(past.sessions(filter));
    case What::tickets:
      return bytes_of(past.tickets(filter));
    case What::meter:
      return bytes_of(past.meter(filter));
    case What::told:
      return bytes_of(past.told_of(question.sessions));
    case What::readings:
      return bytes_of(past.readings_of(question.sessions));
    case What::statistics:
      return bytes_of(past.statistics(filter.point, filter.since));
    case What::follow:
      return bytes_of(follow(past, question));
    case What::newest:
      return bytes_of(past.newest().map([](const archive::Position& at) { return at[0]; }));
  }
  return answer_of(Error{ErrorKind::invalid_input, "nobody can answer that"});
}

template <class Answer>
Result<Answer> past_answer_from(std::string_view bytes) {
  // Whoever is lost answers nothing.
  if (bytes.empty()) return failure(ErrorKind::environment, "a node that was asked is lost");
  ByteInput in{bytes};
  bool is_answer = false;
  in.flag(is_answer);
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
