// The door that speaks HTTP: a server on the IoThread, the API behind it on threads of its own.
#pragma once

#include <memory>

#include "app/doors/door.hpp"
#include "app/doors/door_security.hpp"
#include "app/scenario/door_settings.hpp"
#include "runtime/net/listener.hpp"

namespace chargemill::app {

[[nodiscard]] std::unique_ptr<Door> open_http_door(runtime::Listener listener, const DoorHost& host,
                                                   const DoorsSettings& settings,
                                                   DoorSecurity security);

}  // namespace chargemill::app
