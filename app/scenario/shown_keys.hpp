// A loaded scenario key by key: what each is set to, and who said so.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// One key, in the words of a scenario file.
struct ShownKey {
  std::string name;      ///< run.seed; fault[0]: an item of a list, which has no value
  std::string value;     ///< as it stands
  std::string fallback;  ///< as it would stand if nobody had said anything
  std::string origin;    ///< default, city.toml:14, env CHARGEMILL_RUN_SEED, --seed
};

/// All keys, in the order of the key table; then where each item of a list begins.
[[nodiscard]] std::vector<ShownKey> shown_keys(const Loaded& loaded);

/// All keys of all items of lists that have a value, as fault[0].kind. The drivers of request files
/// are not among them: drivers.requests names those.
[[nodiscard]] std::vector<ShownKey> shown_items(const Loaded& loaded);

/// Every key of both with its value, section by section, as a scenario file has them. It loads,
/// from the same folder, to what shows the same; defaults of what is not of the scenario are
/// comments.
[[nodiscard]] std::string shown_toml(const Loaded& loaded);

/// shown_keys() as `{"keys":[{"key","value","default","origin"}...]}`.
[[nodiscard]] nlohmann::ordered_json config_json(const Loaded& loaded);

}  // namespace chargemill::app
