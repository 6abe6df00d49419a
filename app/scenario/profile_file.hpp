// The tables of a profile, as config/profiles has them and as a scenario written out in full does.
#pragma once

#include <toml++/toml.h>
#include <optional>

#include "actors/fleet/profile_tables.hpp"
#include "app/scenario/file_reader.hpp"
#include "app/scenario/source_text.hpp"

namespace chargemill::app {

/// What two keys are called: a file has means by hour, a scenario written out has scales.
struct ProfileKeys {
  const char* energy_by_hour = "mean_kwh_by_hour";
  const char* stay_by_hour = "mean_stay_h_by_hour";
};

/// The tables in `table`, part of `source`; nothing: they cannot be used. Reports all that is wrong
/// (Code::profile), each at its place.
[[nodiscard]] std::optional<fleet::ProfileTables> read_profile_tables(const toml::table& table,
                                                                      const SourceText& source,
                                                                      const ProfileKeys& keys,
                                                                      Reading& reading);

}  // namespace chargemill::app
