// The page's own files, gzipped and embedded at build time (embed_page.cpp).
#pragma once

#include <string_view>
#include <vector>

namespace chargemill::app::dashboard {

struct PageFile {
  std::string_view path;   ///< `index.html`, `vendor/uplot.js`
  std::string_view media;  ///< `text/html; charset=utf-8`
  std::string_view hash;   ///< of the plain bytes, hexadecimal
  std::string_view gzipped;
  std::size_t plain_bytes;
};

/// All that the page is made of; licences and checksums of what others wrote are among them.
[[nodiscard]] const std::vector<PageFile>& page_files();

}  // namespace chargemill::app::dashboard
