// What a stream can show: colours, letters, how many columns.
#pragma once

#include <cstdio>
#include <string>

namespace chargemill::app {

/// `setting` is output.color. auto: on a terminal that is not dumb, unless NO_COLOR is set and not
/// empty; FORCE_COLOR and CLICOLOR_FORCE rank below NO_COLOR.
[[nodiscard]] bool use_color(std::FILE* stream, const std::string& setting);

/// The locale's letters are UTF-8.
[[nodiscard]] bool speaks_utf8();

/// Of the terminal behind `stream`; 0: there is none, or it does not say.
[[nodiscard]] unsigned columns(std::FILE* stream);

/// `line`, which has no control characters, cut to fit into `columns`; 0: as it is. Counts letters,
/// not bytes.
[[nodiscard]] std::string fitted(const std::string& line, unsigned columns);

/// A summary as `stream` can show it: marks and verdict coloured if `color`, marks in ASCII if not
/// `utf8`.
[[nodiscard]] std::string dressed(const std::string& summary, bool color, bool utf8);

}  // namespace chargemill::app
