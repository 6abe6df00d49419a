// Whether and how a client wants to be sure whom it talks to.
#pragma once

#include <string>

namespace chargemill::runtime {

struct ClientTls {
  bool is_on = false;
  std::string ca_file;  ///< PEM: whom to believe; empty: those that this machine believes
};

}  // namespace chargemill::runtime
