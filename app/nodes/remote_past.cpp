#include "app/nodes/remote_past.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>

namespace chargemill::app {
namespace {

using What = PastQuestion::What;
using archive::Filter;
using archive::Position;

/// A disk may be slow; a node that is lost ends the run before.
constexpr std::chrono::seconds kPatience{20};
/// A question that no disk is kept busy with for long.
constexpr std::size_t kSessionsAtOnce = 4'096;
constexpr const char* kNoAnswer = "a node does not answer";

PastQuestion about(What what, const Filter& filter) {
  PastQuestion question;
  question.what = what;
  question.filter = filter;
  return question;
}

}  // namespace

/// None: it does not answer in time.
std::optional<std::string> RemotePast::hear(const PastQuestion& question) const {
  // The answer may come after nobody waits for it any more.
  const auto promise = std::make_shared<std::promise<std::string>>();
  auto answer = promise->get_future();
  ask_(to_bytes(question), [promise](std::string bytes) { promise->set_value(std::move(bytes)); });
  if (answer.wait_for(kPatience) != std::future_status::ready) return std::nullopt;
  return answer.get();
}

template <class Answer>
Result<Answer> RemotePast::ask(const PastQuestion& question) const {
  const auto bytes = hear(question);
  if (!bytes) return failure(ErrorKind::environment, kNoAnswer);
  return past_answer_from<Answer>(*bytes);
}

template <class Row>
Result<std::vector<Row>> RemotePast::ask_for(What what, const Filter& filter) {
  given_up_at_.reset();
  const auto bytes = hear(about(what, filter));
  if (!bytes) return failure(ErrorKind::environment, kNoAnswer);
  given_up_at_ = looked_back_to_in(*bytes);
  return past_answer_from<std::vector<Row>>(*bytes);
}

Result<std::vector<archive::FaultRow>> RemotePast::faults(const Filter& filter) {
  return ask_for<archive::FaultRow>(What::faults, filter);
}
Result<std::vector<archive::HealthRow>> RemotePast::health(const Filter& filter) {
  return ask_for<archive::HealthRow>(What::health, filter);
}
Result<std::vector<archive::SessionRow>> RemotePast::sessions(const Filter& filter) {
  return ask_for<archive::SessionRow>(What::sessions, filter);
}
Result<std::vector<archive::TicketRow>> RemotePast::tickets(const Filter& filter) {
  return ask_for<archive::TicketRow>(What::tickets, filter);
}
Result<std::vector<archive::MeterRow>> RemotePast::meter(const Filter& filter) {
  return ask<std::vector<archive::MeterRow>>(about(What::meter, filter));
}

template <class Row>
Result<std::vector<Row>> RemotePast::ask_of(PastQuestion::What what,
                                            const std::vector<SessionId>& sessions) const {
  std::vector<Row> all;
  for (std::size_t from = 0; from < sessions.size(); from += kSessionsAtOnce) {
    PastQuestion question = about(what, {});
    const auto to = std::min(from + kSessionsAtOnce, sessions.size());
    question.sessions.assign(sessions.begin() + static_cast<std::ptrdiff_t>(from),
                             sessions.begin() + static_cast<std::ptrdiff_t>(to));
    const auto rows = ask<std::vector<Row>>(question);
    if (!rows) return tl::unexpected(rows.error());
    all.insert(all.end(), rows->begin(), rows->end());
  }
  return all;
}

Result<std::vector<archive::SessionTold>> RemotePast::told_of(
    const std::vector<SessionId>& sessions) {
  auto told = ask_of<archive::SessionTold>(What::told, sessions);
  if (told && told->size() != sessions.size())
    return failure(ErrorKind::environment, "a node answers what nobody asked");
  return told;
}
Result<std::vector<archive::MeterRow>> RemotePast::readings_of(
    const std::vector<SessionId>& sessions) {
  return ask_of<archive::MeterRow>(What::readings, sessions);
}

Result<archive::FaultStatistics> RemotePast::statistics(const std::string& point,
                                                        archive::UtcMicros since) {
  Filter filter;
  filter.point = point;
  filter.since = since;
  return ask<archive::FaultStatistics>(about(What::statistics, filter));
}

Result<Position> RemotePast::follow(const Position& after, std::uint64_t looked_max,
                                    const Visit& visit) {
  PastQuestion question = about(What::follow, {});
  question.after = after[0];
  question.looked_max = looked_max;
  const auto followed = ask<Followed>(question);
  if (!followed) return tl::unexpected(followed.error());
  Position reached = after;
  for (const auto& one : followed->records) {
    reached.set(0, one.sequence);
    visit({one.record, {one.point, one.driver}, one.time, one.sequence}, reached);
  }
  reached.set(0, followed->last);
  return reached;
}

Result<Position> RemotePast::newest() {
  const auto newest = ask<runtime::journal::Sequence>(about(What::newest, {}));
  if (!newest) return tl::unexpected(newest.error());
  return Position{*newest};
}

}  // namespace chargemill::app
