#include "app/dashboard/page.hpp"

#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "app/dashboard/media.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app::dashboard {
namespace {

using runtime::HttpRequest;
using runtime::HttpResponse;

constexpr std::string_view kFolder = "/page/";

/// The file that `target` asks for; empty: none of the page's.
std::string_view path_of(std::string_view target) {
  target = target.substr(0, target.find('?'));
  if (target == "/") return "index.html";
  return target.substr(0, kFolder.size()) == kFolder ? target.substr(kFolder.size())
                                                     : std::string_view{};
}

/// Nothing that could lead out of the directory it is looked for in.
bool is_plain_path(std::string_view path) {
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '/';
  };
  return std::all_of(path.begin(), path.end(), is_good) &&
         path.find("..") == std::string_view::npos && path.front() != '/';
}

HttpResponse response_of(std::string_view media) {
  HttpResponse response;
  response.content_type = media;
  response.headers.push_back({"Content-Security-Policy", kPagePolicy});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
  return response;
}

HttpResponse embedded(const PageFile& file, const HttpRequest& request) {
  const bool takes_gzip = request.header("accept-encoding").find("gzip") != std::string_view::npos;
  const std::string tag = '"' + std::string{file.hash} + (takes_gzip ? "-gz\"" : "\"");
  HttpResponse response = response_of(file.media);
  response.headers.push_back({"ETag", tag});
  // Asked for again each time, and then seldom sent: a new program brings a new page.
  response.headers.push_back({"Cache-Control", "no-cache"});
  response.headers.push_back({"Vary", "Accept-Encoding"});
  if (request.header("if-none-match").find(tag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  if (takes_gzip) {
    response.headers.push_back({"Content-Encoding", "gzip"});
    response.body = file.gzipped;
  } else {
    response.body = plain_bytes(file);
  }
  return response;
}

std::optional<HttpResponse> from_disk(const std::filesystem::path& directory,
                                      std::string_view path) {
  std::ifstream file{directory / path, std::ios::binary};
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf())) return std::nullopt;
  HttpResponse response = response_of(media_of(path));
  response.body = bytes.str();
  return response;
}

}  // namespace

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

std::optional<HttpResponse> page_answer(const HttpRequest& request,
                                        const std::filesystem::path& directory) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::string_view path = path_of(request.target);
  if (path.empty() || !is_plain_path(path)) return std::nullopt;
  if (!directory.empty()) return from_disk(directory, path);
  const auto& files = page_files();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [path](const PageFile& file) { return file.path == path; });
  if (found == files.end()) return std::nullopt;
  return embedded(*found, request);
}

}  // namespace chargemill::app::dashboard
