// The sections [http] and [tcp]: how those outside reach a run. No part of what is simulated.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "runtime/base/units.hpp"

namespace chargemill::app {

inline constexpr const char* kDoorOff = "off";

/// What both doors have.
struct DoorSettings {
  std::string listen;             ///< HOST:PORT, or kDoorOff
  bool is_chosen = false;         ///< somebody asked for this port: no other one will do
  std::uint32_t connections = 0;  ///< at once; 0: half of what the process may have open
  std::string token_file;         ///< who may come in; empty: everybody who reaches the address
  std::string tls_cert;           ///< PEM; empty: no TLS
  std::string tls_key;            ///< PEM; with tls_cert

  [[nodiscard]] bool is_on() const { return listen != kDoorOff; }
};

struct HttpSettings : DoorSettings {
  HttpSettings() { listen = "127.0.0.1:8000"; }
  std::string names;     ///< that it may be called by, beside its address, with commas between
  bool control = false;  ///< the dashboard may change something
  std::uint32_t full_list = 10'000;  ///< GET /cp answers with so many at most (D-184)
  std::string page_directory;        ///< serves the dashboard's files from there; empty: its own
};

struct TcpSettings : DoorSettings {
  TcpSettings() { listen = "127.0.0.1:9999"; }
  Nanos idle_timeout = std::chrono::minutes{5};    ///< without a frame
  Nanos frame_timeout = std::chrono::seconds{10};  ///< for one frame to arrive, for one to be taken
  std::uint32_t frames_per_second = 10'000;        ///< of one connection; what comes faster waits
  std::int64_t unsent_bytes = std::int64_t{4} << 20U;  ///< of one connection
  std::uint32_t payload_bytes = 65'536;                ///< of one message in a frame (D-140)
};

struct DoorsSettings {
  HttpSettings http;
  TcpSettings tcp;
};

}  // namespace chargemill::app
