#include "app/dashboard/page_files.hpp"

#include <zlib.h>

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::app::dashboard {

const PageFile& page_file(std::string_view path) {
  const auto& files = page_files();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [path](const PageFile& file) { return file.path == path; });
  CHARGEMILL_ASSERT(found != files.end());
  return *found;
}

std::string plain_bytes(const PageFile& file) {
  std::string plain(file.plain_bytes, '\0');
  z_stream stream{};
  // zlib's interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.gzipped.data()));
  stream.avail_in = static_cast<uInt>(file.gzipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  constexpr int kGzip = 16 + MAX_WBITS;
  CHARGEMILL_ASSERT(inflateInit2(&stream, kGzip) == Z_OK);
  const int code = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  CHARGEMILL_ASSERT(code == Z_STREAM_END && stream.avail_out == 0);  // we compressed it ourselves
  return plain;
}

}  // namespace chargemill::app::dashboard
