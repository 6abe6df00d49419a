// A TOML file as a table, with as much of it as can be read after a mistake.
#pragma once

#include <toml++/toml.h>
#include <functional>
#include <string>

#include "app/scenario/file_reader.hpp"
#include "app/scenario/source_text.hpp"

namespace chargemill::app {

/// Gives `read` the table of `text`, which is `source`'s. A key that is there twice is reported and
/// its second line left out; after any other mistake in the syntax, which is reported, `read` is
/// not called.
void parse_toml(const std::string& text, const SourceText& source, Reading& reading,
                const std::function<void(const toml::table&)>& read);

}  // namespace chargemill::app
