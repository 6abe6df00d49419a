#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace chargemill::app {

struct CtlOptions {
  std::vector<std::string> words;  ///< stop CP-001
  std::string tcp;                 ///< HOST:PORT; empty: CHARGEMILL_TCP_LISTEN, else the default
  std::string token_file;          ///< its first token is shown; empty: CHARGEMILL_TCP_TOKEN_FILE
  bool tls = false;
  std::string ca_file;  ///< PEM: whom to believe; empty: whom this machine believes
  std::uint32_t timeout_s = 10;
  bool json = false;
};

/// `options` must outlive the parsing.
void add_ctl_options(CLI::App& app, CtlOptions& options);

/// `chargemill ctl`: tells or asks a running network something, through its framed door. Exit 2: a
/// command that is none, or one that the network declines (and says why); 4: nobody is there.
[[nodiscard]] int ctl_command(const CtlOptions& options);

}  // namespace chargemill::app
