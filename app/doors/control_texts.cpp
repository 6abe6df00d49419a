#include "app/doors/control_texts.hpp"

#include <fmt/format.h>

#include <array>

#include "actors/texts.hpp"
#include "runtime/wire/frame_layout.hpp"

namespace chargemill::app::control_texts {
namespace {

// A scenario's names have 48 bytes at most, and a page has one of them more than it lists.
static_assert((kListedMax + 1) * (48 + sizeof "#>=DISCONNECTED") < runtime::kPayloadBytesMax);

void append_next(std::string& text, const Page& page, const Directory& names) {
  if (!page.next) return;
  text += "#>";
  names.append(text, *page.next);
}

}  // namespace

std::string_view code_of(DisplayState state) noexcept {
  constexpr std::array<std::string_view, kDisplayStates> kCodes{"ACTIVATED", "SUPPLYING", "STOPPED",
                                                                "BROKEN", "DISCONNECTED"};
  return kCodes[static_cast<std::size_t>(state)];
}

std::string done(std::string_view verb, std::string_view field) {
  return fmt::format("ACK: {}#{}", verb, field);
}

std::string status(const central::PointRecord& point, const Directory& names) {
  const bool has_session = point.stage != central::Stage::none;
  return fmt::format("ACK: STATUS#{}#{}#{}#{}#{}#{}", names.name(point.id), code_of(point.display),
                     point.engine_known ? word(point.phase) : "UNKNOWN",
                     point.monitor_ok ? "OK" : "DOWN", has_session ? names.name(point.driver) : "-",
                     has_session ? names.name(point.session) : "-");
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
    text += code_of(listed.display);
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
