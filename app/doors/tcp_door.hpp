// The framed door of a run.
#pragma once

#include <memory>

#include "app/doors/door.hpp"
#include "app/doors/door_security.hpp"
#include "app/scenario/door_settings.hpp"
#include "runtime/net/framed_server.hpp"

namespace chargemill::app {

[[nodiscard]] std::unique_ptr<Door> open_tcp_door(runtime::Listener listener, const DoorHost& host,
                                                  const DoorsSettings& settings,
                                                  DoorSecurity security);

/// Takes all the files that this process may ever open, for its doors: many a shell allows 1,024 at
/// first and 500,000 to who asks. Nothing here selects by number.
void raise_file_limit() noexcept;

/// Connections that one of two doors may have, if nobody says: half of the files that the process
/// may open, but for those that it needs itself.
[[nodiscard]] std::size_t connections_of_file_limit(std::uint64_t files_max) noexcept;
/// The setting, or what the file limit of this process allows; with TLS no more than memory does.
[[nodiscard]] std::size_t connections_max(const DoorSettings& settings);

/// `wants_tokens`: who has shown none has small limits, and no claim to its place.
[[nodiscard]] runtime::FramedServer::Options framed_options(const TcpSettings& settings,
                                                            runtime::TlsContext tls = nullptr,
                                                            bool wants_tokens = false);

}  // namespace chargemill::app
