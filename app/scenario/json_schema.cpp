#include "app/scenario/json_schema.hpp"

#include <string>

#include "app/scenario/key_table.hpp"

namespace chargemill::app {
namespace {

using nlohmann::json;

constexpr const char* kDuration = "^[0-9.]+(ns|us|ms|s|m|h|d)$";

json type_schema(const KeyInfo& key) {
  const json share{{"type", "number"}, {"minimum", 0}};
  switch (key.type) {
    case Type::boolean:
      return {{"type", "boolean"}};
    case Type::integer:
      return {{"type", "integer"}, {"minimum", key.min}, {"maximum", key.max}};
    case Type::number:
      return {{"type", "number"},
              {key.above_min ? "exclusiveMinimum" : "minimum", key.min},
              {"maximum", key.max}};
    case Type::text:
      return {{"type", "string"}};
    case Type::choice:
      return {{"enum", key.choices}};
    case Type::choices:
      return {{"anyOf",
               {{{"type", "string"}},
                {{"type", "array"}, {"minItems", 1}, {"items", {{"enum", key.choices}}}}}}};
    case Type::duration:
      return {{"type", "string"}, {"pattern", kDuration}};
    case Type::bytes:
      return {{"anyOf",
               {{{"type", "integer"}}, {{"type", "string"}, {"pattern", "^[0-9]+([KMGT]iB)?$"}}}}};
    case Type::speed:
      return {{"anyOf", {{{"type", "number"}, {"exclusiveMinimum", 0}}, {{"const", "max"}}}}};
    case Type::date_time:
      return {{"type", "string"}, {"format", "date-time"}};
    case Type::power_mix:
    case Type::price_mix: {
      const char* amount = key.type == Type::power_mix ? "kw" : "eur_kwh";
      return {{"type", "array"},
              {"minItems", 1},
              {"items",
               {{"type", "object"},
                {"properties", {{amount, share}, {"share", share}}},
                {"required", {amount, "share"}},
                {"additionalProperties", false}}}};
    }
    case Type::zone:
    case Type::site:
      return {{"type", json::array({"string", "integer"})}};
    case Type::requests:
    case Type::files:
    case Type::urls:
      return {
          {"anyOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}}}};
    case Type::listen:
      return {{"type", "string"}, {"pattern", "^(off|.+:[0-9]{1,5})$"}};
  }
  return json::object();
}

json key_schema(const KeyInfo& key) {
  json schema = type_schema(key);
  if (key.optional) schema = {{"anyOf", json::array({schema, json{{"enum", {"none", "off"}}}})}};
  schema["description"] = key.help + (key.unit.empty() ? "" : " [" + key.unit + "]");
  return schema;
}

// TOML writes strings, numbers and lists of them as JSON does; a date is a string here.
json default_of(const Field<Draft>& key, const Draft& defaults) {
  const std::string text = to_toml(key.get(defaults), key.info);
  json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? json(text) : value;
}

// The object of a dotted section, made where it is missing.
json& section_of(json& root, const std::string& name) {
  json* at = &root;
  std::size_t begin = 0;
  for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', begin)) {
    json& section = (*at)["properties"][name.substr(begin, dot - begin)];
    if (section.is_null())
      section = {
          {"type", "object"}, {"properties", json::object()}, {"additionalProperties", false}};
    at = &section;
    begin = dot + 1;
  }
  return *at;
}

}  // namespace

json scenario_schema() {
  json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "chargemill scenario"},
            {"type", "object"},
            {"properties", json::object()},
            {"additionalProperties", false}};
  const Draft defaults;
  for (const auto& key : keys()) {
    const auto& name = key.info.name;
    json schema = key_schema(key.info);
    schema["x-environment"] = environment_name(name);
    schema["x-default"] = default_of(key, defaults);
    section_of(root, name)["properties"][name.substr(name.rfind('.') + 1)] = std::move(schema);
  }
  // What a written-out scenario carries in place of the files that it named.
  auto& drivers = root["properties"]["drivers"]["properties"];
  drivers["profile_table"] = {{"type", "object"}, {"description", "instead of profile_file"}};
  drivers["recorded"] = {{"type", "array"}, {"description", "instead of replay"}};
  for (const auto& list : lists()) {
    json item{{"type", "object"}, {"properties", json::object()}, {"additionalProperties", false}};
    json required = json::array();
    for (const auto* key : list.keys) {
      item["properties"][key->name] = key_schema(*key);
      if (key->required) required.push_back(key->name);
    }
    item["required"] = std::move(required);
    root["properties"][list.name] = {
        {"type", "array"}, {"description", list.help}, {"items", std::move(item)}};
  }
  return root;
}

}  // namespace chargemill::app
