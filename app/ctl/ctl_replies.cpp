#include "app/ctl/ctl_replies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "app/ctl/ctl_words.hpp"
#include "app/nodes/node_table.hpp"

namespace chargemill::app {
namespace {

using Columns = std::vector<std::string>;
constexpr std::string_view kAck = "ACK: ";
constexpr std::string_view kNack = "NACK: ";
constexpr std::string_view kUnconfirmed = "#unconfirmed";
constexpr std::string_view kUnrecorded = "#unrecorded";
constexpr std::string_view kTokenNeeded = "a token is needed";

bool begins(std::string_view text, std::string_view with) { return text.rfind(with, 0) == 0; }

Columns columns_of(const std::string& verb) {
  if (verb == "LIST") return {"charge_point", "state"};
  if (verb == "AVAILABLE") return {"charge_point"};
  // The last two: model seconds since the engine and the monitor were heard.
  if (verb == "STATUS")
    return {"charge_point", "state",   "engine",         "monitor",
            "driver",       "session", "engine_heard_s", "monitor_heard_s"};
  if (verb == "NODES") return node_columns();
  if (verb == "STATS")
    return {"charge_point", "total_events", "fault_count", "recovery_count", "breaker", "failures"};
  return {};
}

bool is_figure(const std::string& column) {
  return column == "engine_heard_s" || column == "monitor_heard_s" || column == "failures" ||
         column == "total_events" || column == "fault_count" || column == "recovery_count";
}

/// `-` is nothing.
nlohmann::ordered_json cell_of(std::string_view field, bool is_number) {
  if (field == "-") return nullptr;
  auto number = is_number ? nlohmann::ordered_json::parse(field, nullptr, false)
                          : nlohmann::ordered_json(nullptr);
  return number.is_number() ? number : nlohmann::ordered_json(std::string{field});
}

std::vector<std::string_view> split(std::string_view text, char by = '#') {
  std::vector<std::string_view> fields;
  while (true) {
    const auto hash = text.find(by);
    fields.push_back(text.substr(0, hash));
    if (hash == std::string_view::npos) return fields;
    text.remove_prefix(hash + 1);
  }
}

/// Whether `line` ended so, as it does no longer.
bool takes_end(std::string& line, std::string_view end) {
  const std::size_t begin = line.size() - std::min(line.size(), end.size());
  if (std::string_view{line}.substr(begin) != end) return false;
  line.erase(begin);
  return true;
}

/// A row of the table of nodes: what is written as a number is one.
std::vector<nlohmann::ordered_json> node_of(std::string_view field) {
  const auto& columns = node_columns();
  std::vector<nlohmann::ordered_json> row;
  for (const auto cell : split(field, '|')) {
    if (row.size() == columns.size()) break;
    const auto& column = columns[row.size()];
    const bool is_text = column == "name" || column == "place" || column == "incarnation";
    auto number = nlohmann::ordered_json::parse(cell, nullptr, false);
    row.push_back(number.is_number() && !is_text ? number
                                                 : nlohmann::ordered_json(std::string{cell}));
  }
  row.resize(columns.size());
  return row;
}

/// Without what only those can do who write to the door themselves.
std::string_view plain(std::string_view refusal) {
  return begins(refusal, kTokenNeeded) ? kTokenNeeded : refusal;
}

/// What a door says is not there it does not name: the operator sees only a line of many.
std::string named(std::string_view refusal, const std::string& command) {
  constexpr std::string_view kEnd = " not found";
  std::string text{refusal};
  if (refusal.size() < kEnd.size() || refusal.substr(refusal.size() - kEnd.size()) != kEnd)
    return text;
  const auto fields = split(command);
  const auto verb = fields[0];
  const bool is_second = (verb == "START" && refusal.rfind("Driver", 0) == 0) ||
                         (verb == "ADD_CP" && refusal.rfind("Zone", 0) == 0) ||
                         (verb == "AVAILABLE" && refusal.rfind("Zone", 0) != 0) ||
                         verb == "ADD_DRIVER";
  const std::size_t first = is_second ? 2 : 1;
  // Of those that a driver shall ask, any may be the one.
  const std::size_t last = verb == "ADD_DRIVER" ? fields.size() : first + 1;
  for (std::size_t i = first; i < std::min(last, fields.size()); ++i)
    text += fmt::format("{}'{}'", i == first ? ": " : " or ", fields[i]);
  return text;
}

std::string dumped(const nlohmann::ordered_json& said, int indent) {
  return said.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

/// What asks for the page that begins at `from`.
std::string next_of(const std::string& command, std::string_view from) {
  auto words = split(command);
  const bool has_zone = words[0] == "AVAILABLE";
  std::string next{words[0]};
  if (has_zone) next += '#' + std::string{words.size() > 1 ? words[1] : "*"};
  return next + '#' + std::string{from};
}

}  // namespace

CtlReply::CtlReply(std::string command, std::string_view state)
    : command_(std::move(command)), verb_(command_.substr(0, command_.find('#'))), state_(state) {
  table_.columns = columns_of(verb_);
  table_.is_single = verb_ == "STATUS" || verb_ == "STATS";
}

tl::expected<std::optional<std::string>, std::string> CtlReply::take(std::string_view reply) {
  if (reply.substr(0, kNack.size()) == kNack)
    return tl::unexpected<std::string>(named(plain(reply.substr(kNack.size())), command_));
  if (reply.substr(0, kAck.size()) != kAck)
    return tl::unexpected<std::string>("a reply that is none: " + std::string{reply.substr(0, 64)});
  reply.remove_prefix(kAck.size());
  const auto hash = reply.find('#');
  const auto fields = hash == std::string_view::npos ? std::string_view{} : reply.substr(hash + 1);
  if (table_.columns.empty()) {
    line_ = fields;
    is_confirmed_ = !takes_end(line_, kUnconfirmed);
    is_recorded_ = !takes_end(line_, kUnrecorded);
    return std::nullopt;
  }
  return hash == std::string_view::npos ? std::nullopt : take_page(fields);
}

std::optional<std::string> CtlReply::take_page(std::string_view fields) {
  if (table_.is_single) {
    auto& row = table_.rows.emplace_back();
    const auto& columns = table_.columns;
    for (const auto field : split(fields)) {
      if (row.size() == columns.size()) break;
      row.push_back(cell_of(field, is_figure(columns[row.size()])));
    }
    row.resize(columns.size());
    return std::nullopt;
  }
  if (verb_ == "NODES") {
    for (const auto field : split(fields)) table_.rows.push_back(node_of(field));
    return std::nullopt;
  }
  const auto all = split(fields);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto field = all[i];
    const bool is_last = i + 1 == all.size();
    if (is_last && !field.empty() && field.front() == '>')
      return next_of(command_, field.substr(1));
    const bool has_state = table_.columns.size() > 1;
    const auto equals = has_state ? field.rfind('=') : std::string_view::npos;
    const auto state =
        equals == std::string_view::npos ? std::string_view{} : field.substr(equals + 1);
    if (!state_.empty() && state != state_) continue;
    auto& row = table_.rows.emplace_back();
    row.emplace_back(std::string{field.substr(0, equals)});
    if (has_state) row.emplace_back(std::string{state});
  }
  return std::nullopt;
}

std::string CtlReply::text(bool json) const {
  if (!table_.columns.empty()) return table_text(table_, json ? "json" : "table");
  if (json) {
    nlohmann::ordered_json said{{"command", verb_}, {"result", line_}};
    if (!is_confirmed_) said["confirmed"] = false;
    if (!is_recorded_) said["recorded"] = false;
    if (!stays_.empty()) said["state"] = stays_;
    return dumped(said, 2);
  }
  if (verb_ == "HELP") return ctl_help(line_);
  std::string_view doubt;
  if (!is_confirmed_) doubt = "  (done, but nobody has looked whether all have heard)";
  if (!is_recorded_) doubt = "  (done, but not on disk: the journal was given up)";
  auto text = fmt::format("ok  {}{}{}{}\n", verb_, line_.empty() ? "" : " ", line_, doubt);
  if (stays_.empty()) return text;
  const auto point = split(command_)[1];
  return text + fmt::format(
                    "    {} stays {}: a resume only lifts a stop; an engine that was shut down is "
                    "started by: power-on {}\n",
                    point, stays_, point);
}

std::string CtlReply::look_after() const {
  const auto fields = split(command_);
  const bool is_one = verb_ == "RESUME" && fields.size() == 2 && fields[1] != "*";
  return is_one ? "STATUS#" + std::string{fields[1]} : std::string{};
}

void CtlReply::take_look(std::string_view reply) {
  constexpr std::size_t kState = 2;  // `ACK: STATUS#CP-001#BROKEN#...`
  const auto fields = split(reply);
  if (fields.size() <= kState || !begins(reply, kAck)) return;
  if (fields[kState] == "BROKEN" || fields[kState] == "DISCONNECTED") stays_ = fields[kState];
}

std::string refusal_text(int exit_code, const std::string& error, const std::string& hint,
                         bool json) {
  if (!json) return "chargemill: " + error + "\n" + (hint.empty() ? "" : "  " + hint + "\n");
  nlohmann::ordered_json said{{"error", error}, {"exit_code", exit_code}};
  if (!hint.empty()) said["hint"] = hint;
  return dumped(said, -1);
}

std::string refusal_hint(std::string_view command, std::string_view error) {
  if (error == kTokenNeeded)
    return "--token-file FILE (or CHARGEMILL_TCP_TOKEN_FILE) shows the first line of a file, which "
           "is a token of the door";
  if (begins(error, "this token reads"))
    return "--token-file FILE with a token in its first line that may do more";
  if (begins(command, "LIST#") && begins(error, "Charging point not found"))
    return "list [STATE|all] [FROM]: a STATE is one of " + state_codes() +
           "; FROM is the id with which the list begins";
  return {};
}

std::string connection_hint(std::string_view error) {
  if (begins(error, "cannot connect") || begins(error, "no address"))
    return "is a run going on? Its line TCP names the address: chargemill ctl --tcp HOST:PORT ...";
  // Somebody is there, who speaks otherwise.
  if (begins(error, "no TLS with") || begins(error, "the connection was closed"))
    return "is it the framed door (the line TCP, not HTTP)? One with tcp.tls_cert takes --tls, and "
           "no other does";
  return {};
}

}  // namespace chargemill::app
