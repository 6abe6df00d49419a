// The files that a scenario names: request lists (D-122), a profile, recorded sessions.
#pragma once

#include <filesystem>

#include "app/scenario/file_reader.hpp"

namespace chargemill::app {

/// Reads all of them into `reading`. Names in the file are relative to `folder`, others to the
/// working directory.
void read_companion_files(const std::filesystem::path& folder, Reading& reading);

}  // namespace chargemill::app
