// Whether and how a client wants to be sure whom it talks to, and says who it is itself.
#pragma once

#include <string>

namespace chargemill::runtime {

struct ClientTls {
  bool is_on = false;
  std::string ca_file;    ///< PEM: whom to believe; empty: those that this machine believes
  std::string cert = {};  ///< PEM: of this client, those that vouch for it behind it; empty: none
  std::string key = {};   ///< PEM, of `cert`, without a passphrase
};

}  // namespace chargemill::runtime
