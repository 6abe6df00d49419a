#include "app/doors/control_texts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "actors/texts.hpp"
#include "runtime/wire/frame_layout.hpp"

namespace chargemill::app::control_texts {
namespace {

// A scenario's names have 48 bytes at most, and a page has one of them more than it lists. What is
// too much for these makes room for the verb.
constexpr std::size_t kListedBytesMax = 48 + sizeof "#>=DISCONNECTED";
static_assert((kListedMax + 1) * kListedBytesMax < runtime::kPayloadBytesMax);

void append_next(std::string& text, const Page& page, const Directory& names) {
  if (!page.next) return;
  text += "#>";
  names.append(text, *page.next);
}

/// A NACK stays what it is.
std::string marked(std::string said, std::string_view mark) {
  constexpr std::string_view kAck = "ACK: ";
  if (said.rfind(kAck, 0) == 0) said += mark;
  return said;
}

}  // namespace

std::size_t listed_max(std::size_t payload_bytes) noexcept {
  const std::size_t fit = payload_bytes / kListedBytesMax;
  return std::clamp<std::size_t>(fit - std::min<std::size_t>(fit, 1), 1, kListedMax);
}

std::string done(std::string_view verb, std::string_view field) {
  return fmt::format("ACK: {}#{}", verb, field);
}

std::string unconfirmed(std::string said) { return marked(std::move(said), "#unconfirmed"); }
std::string unrecorded(std::string said) { return marked(std::move(said), "#unrecorded"); }

std::string status(const central::PointRecord& point, const Directory& names) {
  const bool has_session = point.stage != central::Stage::none;
  return fmt::format(
      "ACK: STATUS#{}#{}#{}#{}#{}#{}", names.name(point.id), words_of(point.display).code,
      point.engine_known ? word(point.phase) : "UNKNOWN", point.monitor_ok ? "OK" : "DOWN",
      has_session ? names.name(point.driver) : "-", has_session ? names.name(point.session) : "-");
}

std::string ages(const central::PointRecord& point, SimTime now) {
  const auto age = [now](bool is_known, SimTime at) {
    return is_known
               ? fmt::format("{:.1f}",
                             std::chrono::duration<double>(std::max(Nanos{0}, now - at)).count())
               : std::string{"-"};
  };
  return fmt::format("#{}#{}", age(point.engine_known, point.heard),
                     age(point.registered, point.monitor_seen));
}

std::string stats(const central::PointRecord& point, const Directory& names,
                  const std::optional<archive::FaultStatistics>& counted) {
  const std::string counts = counted ? fmt::format("{}#{}#{}", counted->total_events,
                                                   counted->fault_count, counted->recovery_count)
                                     : "-#-#-";
  return fmt::format("ACK: STATS#{}#{}#{}#{}", names.name(point.id), counts,
                     archive::word(point.breaker.mode()), point.breaker.failures());
}

std::string list(const Page& page, const Directory& names) {
  std::string text = "ACK: LIST";
  for (const auto& listed : page.points) {
    text += '#';
    names.append(text, listed.point);
    text += '=';
    text += words_of(listed.display).code;
  }
  append_next(text, page, names);
  return text;
}

std::string available(const Page& page, const Directory& names) {
  std::string text = "ACK: AVAILABLE";
  for (const auto& listed : page.points) {
    text += '#';
    names.append(text, listed.point);
  }
  append_next(text, page, names);
  return text;
}

std::string nodes(const std::vector<NodeRow>& rows) {
  std::string text = "ACK: NODES";
  for (const NodeRow& row : rows) text += fmt::format("#{}", fmt::join(cells_of(row), "|"));
  return text;
}

}  // namespace chargemill::app::control_texts
