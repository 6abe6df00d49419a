#include "runtime/agreement/gateway_json.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "runtime/base/base64.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::runtime::agreement {
namespace {

using nlohmann::json;

constexpr unsigned kOk = 200;

std::string text_of(Revision r) { return std::to_string(number_of(r)); }
std::string text_of(LeaseId id) { return std::to_string(static_cast<std::int64_t>(id)); }

/// The first key after all that begin with `prefix`. Ours end with a slash, never with 0xFF.
std::string end_of(std::string prefix) {
  ++prefix.back();
  return prefix;
}

json put_json(const Put& put) {
  json body{{"key", to_base64(put.key)}, {"value", to_base64(put.value)}};
  if (put.lease != LeaseId{}) body["lease"] = text_of(put.lease);
  return body;
}

json compare_json(const Compare& compare) {
  const bool is_created = compare.of == Compare::Of::created;
  return {{"key", to_base64(compare.key)},
          {"target", is_created ? "CREATE" : "MOD"},
          {"result", "EQUAL"},
          {is_created ? "create_revision" : "mod_revision", text_of(compare.is)}};
}

json txn_json(const Txn& txn) {
  json body{{"compare", json::array()}, {"success", json::array()}};
  for (const auto& compare : txn.when) body["compare"].push_back(compare_json(compare));
  for (const auto& put : txn.puts) body["success"].push_back({{"request_put", put_json(put)}});
  return body;
}

/// A 64-bit number stands in a text; one that is 0 is left out.
std::optional<std::int64_t> number(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return 0;
  if (!found->is_string()) return std::nullopt;
  const auto& text = found->get_ref<const std::string&>();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  return is_number ? std::optional{value} : std::nullopt;
}

std::optional<std::string> bytes(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::string{};
  if (!found->is_string()) return std::nullopt;
  return from_base64(found->get_ref<const std::string&>());
}

std::optional<KeyValue> key_value(const json& object) {
  if (!object.is_object()) return std::nullopt;
  const auto key = bytes(object, "key");
  const auto value = bytes(object, "value");
  const auto created = number(object, "create_revision");
  const auto modified = number(object, "mod_revision");
  const auto lease = number(object, "lease");
  if (!key || !value || !created || !modified || !lease) return std::nullopt;
  return KeyValue{*key, *value, Revision{*created}, Revision{*modified}, LeaseId{*lease}};
}

std::optional<Revision> revision_of(const json& object) {
  const auto header = object.find("header");
  if (header == object.end() || !header->is_object()) return std::nullopt;
  const auto revision = number(*header, "revision");
  return revision ? std::optional{Revision{*revision}} : std::nullopt;
}

/// etcd's words for why not; or the beginning of what is no answer of etcd.
std::string reason_in(unsigned status, std::string_view body) {
  constexpr std::size_t kShown = 120;
  const json object = json::parse(body, nullptr, false);
  for (const char* name : {"error", "message"}) {
    if (!object.is_object()) break;
    const auto found = object.find(name);
    if (found != object.end() && found->is_string()) return found->get<std::string>();
  }
  return "HTTP status " + std::to_string(status) + ": " + std::string{body.substr(0, kShown)};
}

tl::unexpected<Error> no_answer() {
  return failure(ErrorKind::environment, "this is no answer of etcd");
}

/// A KeepAlive's answer is the first of a stream.
const json& inner(const json& object) {
  const auto result = object.find("result");
  return result == object.end() ? object : *result;
}

bool add_found(const json& object, Answer& answer) {
  const auto kvs = object.find("kvs");
  if (kvs == object.end()) return true;
  if (!kvs->is_array()) return false;
  for (const auto& one : *kvs) {
    auto kv = key_value(one);
    if (!kv) return false;
    answer.found.push_back(std::move(*kv));
  }
  return true;
}

bool add_changes(const json& events, std::vector<Change>& changes) {
  if (!events.is_array()) return false;
  for (const auto& event : events) {
    if (!event.is_object() || !event.contains("kv")) return false;
    auto kv = key_value(event["kv"]);
    if (!kv) return false;
    // PUT is the default, which is left out.
    const bool is_removed = event.value("type", json{}) == json("DELETE");
    changes.push_back({std::move(*kv), is_removed});
  }
  return true;
}

}  // namespace

GatewayCall call_of(const Request& request) {
  return std::visit(
      Overloaded{
          [](const Range& r) -> GatewayCall {
            json body{{"key", to_base64(r.key)}};
            if (r.is_prefix) body["range_end"] = to_base64(end_of(r.key));
            return {"/v3/kv/range", body.dump()};
          },
          [](const Put& r) -> GatewayCall {
            return {"/v3/kv/put", put_json(r).dump()};
          },
          [](const Txn& r) -> GatewayCall {
            return {"/v3/kv/txn", txn_json(r).dump()};
          },
          [](const Grant& r) -> GatewayCall {
            return {"/v3/lease/grant", json{{"TTL", std::to_string(r.ttl.count())}}.dump()};
          },
          [](const KeepAlive& r) -> GatewayCall {
            return {"/v3/lease/keepalive", json{{"ID", text_of(r.lease)}}.dump()};
          },
          [](const Revoke& r) -> GatewayCall {
            return {"/v3/lease/revoke", json{{"ID", text_of(r.lease)}}.dump()};
          },
          [](const Compact& r) -> GatewayCall {
            return {"/v3/kv/compaction", json{{"revision", text_of(r.before)}}.dump()};
          },
      },
      request);
}

GatewayCall watch_of(const std::string& prefix, Revision from) {
  const json body{{"create_request",
                   {{"key", to_base64(prefix)},
                    {"range_end", to_base64(end_of(prefix))},
                    {"start_revision", text_of(from)}}}};
  return {"/v3/watch", body.dump()};
}

Result<Answer> answer_from(const Request& request, unsigned status, std::string_view body) {
  if (status != kOk) return failure(ErrorKind::environment, reason_in(status, body));
  const json whole = json::parse(body, nullptr, false);
  if (!whole.is_object()) return no_answer();
  if (whole.contains("error"))
    return failure(ErrorKind::environment, reason_in(status, whole["error"].dump()));
  const json& object = inner(whole);
  if (!object.is_object()) return no_answer();
  Answer answer;
  const auto revision = revision_of(object);
  const auto lease = number(object, "ID");
  const auto ttl = number(object, "TTL");
  if (!revision || !lease || !ttl) return no_answer();
  answer.revision = *revision;
  answer.lease = LeaseId{*lease};
  answer.ttl = std::chrono::seconds{*ttl};
  const bool is_grant = std::holds_alternative<Grant>(request);
  if (is_grant && (answer.lease == LeaseId{} || answer.ttl.count() <= 0)) return no_answer();
  const auto succeeded = object.find("succeeded");
  answer.was_done = succeeded != object.end() && *succeeded == json(true);
  if (!add_found(object, answer)) return no_answer();
  return answer;
}

std::variant<Changes, WatchEnd> changes_from(std::string_view line) {
  const WatchEnd none{"this is no answer of etcd", {}};
  const json whole = json::parse(line, nullptr, false);
  if (!whole.is_object()) return none;
  if (whole.contains("error")) return WatchEnd{reason_in(kOk, whole["error"].dump()), {}};
  const json& object = inner(whole);
  if (!object.is_object()) return none;
  const auto revision = revision_of(object);
  const auto compacted = number(object, "compact_revision");
  if (!revision || !compacted) return none;
  if (*compacted > 0) return WatchEnd{"etcd has forgotten that revision", Revision{*compacted}};
  const auto cancelled = object.find("canceled");
  if (cancelled != object.end() && *cancelled == json(true))
    return WatchEnd{"etcd has ended the watch", {}};
  Changes changes{*revision, {}};
  const auto events = object.find("events");
  if (events != object.end() && !add_changes(*events, changes.changes)) return none;
  return changes;
}

}  // namespace chargemill::runtime::agreement
