// A TOML file as a table, with as much of it as can be read after a mistake.
#pragma once

#include <toml++/toml.h>
#include <functional>
#include <string>

#include "app/scenario/file_reader.hpp"
#include "app/scenario/source_text.hpp"

namespace chargemill::app {

/// Gives `read` the table of `text`, which is `source`'s. What is wrong with its syntax is
/// reported, and the rest read: a key that is there twice without its second line, a section that
/// is there twice as if all its keys stood under the first, a line that is no TOML as a key whose
/// value is of no use. After 20 such lines `read` is not called.
void parse_toml(const std::string& text, const SourceText& source, Reading& reading,
                const std::function<void(const toml::table&)>& read);

}  // namespace chargemill::app
