// The dashboard's page over HTTP.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/dashboard/page_files.hpp"
#include "runtime/net/http_message.hpp"

namespace chargemill::app::dashboard {

/// Nothing comes from anywhere but this server, and no page of others frames this one.
inline constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The answer to GET and HEAD of `/` and of the files under `/page/`; nothing: it is about
/// something else, or there is no such file. Clients that do not take gzip get plain bytes; those
/// that hold the same file get 304. `directory`: read the files from there instead; empty: those
/// built in.
[[nodiscard]] std::optional<runtime::HttpResponse> page_answer(
    const runtime::HttpRequest& request, const std::filesystem::path& directory);

/// The bytes of a file as it was before it was embedded.
[[nodiscard]] std::string plain_bytes(const PageFile& file);

}  // namespace chargemill::app::dashboard
