// The page's own files, embedded at build time by cmake/embed_text.cmake.
#pragma once

#include <string_view>

namespace chargemill::app {

extern const std::string_view kReportTemplate;  ///< markup with {{name}} where a part belongs
extern const std::string_view kReportStyle;
extern const std::string_view kReportStart;  ///< unpacks the dashboard's modules and starts them

}  // namespace chargemill::app
