#include "app/scenario/check_elsewhere.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chargemill::app {
namespace {

using network::ActionKind;
using network::FaultKind;

class Checker {
 public:
  Checker(Draft& draft, const Origins& origins, std::vector<Diagnostic>& found)
      : d_(draft), s_(draft.scenario), origins_(origins), found_(found) {}

  void all() {
    if (!d_.elsewhere.endpoint())
      error(Code::type, fmt::format("'{}' is no address of a central", d_.elsewhere.address),
            "central.address", "tcp://127.0.0.1:9999, tls://HOST:PORT, or off");
    else if (!d_.elsewhere.ca_file.empty() && !d_.elsewhere.is_encrypted())
      error(Code::contradiction, "'central.ca_file' without TLS: nobody is asked for a certificate",
            "central.ca_file", "tls:// in 'central.address'");
    if (s_.run.speed.max)
      error(Code::contradiction, "a central elsewhere lives in real time", "run.speed",
            "--speed 1");
    off("http.listen", d_.doors.http.listen, "the dashboard is that of central");
    off("tcp.listen", d_.doors.tcp.listen, "operators speak to central itself");
    off("journal.dir", d_.output.data, "the journal is that of central");
    places();
    events();
  }

 private:
  void error(Code code, std::string text, const std::string& key, std::string hint = {}) {
    const auto origin = origins_.find(key);
    found_.push_back({code, std::move(text),
                      origin == origins_.end() ? place_of("central.address") : origin->second.place,
                      std::move(hint)});
  }
  [[nodiscard]] Place place_of(const char* key) const {
    const auto origin = origins_.find(key);
    return origin == origins_.end() ? Place{} : origin->second.place;
  }
  void refuse(const std::string& key, const std::string& why, const char* hint = "leave it out") {
    error(Code::contradiction, fmt::format("'{}' with a central elsewhere: {}", key, why), key,
          hint);
  }

  /// What is said of it must be that it is off.
  void off(const char* key, std::string& value, const char* why) {
    if (origins_.count(key) > 0 && value != kDoorOff) refuse(key, why, "leave it out, or off");
    value = kDoorOff;
  }

  void places() {
    const char* const outside = "other programs speak to central themselves";
    if (s_.network.external > 0) refuse("network.external", outside);
    if (s_.drivers.external > 0) refuse("drivers.external", outside);
    for (std::size_t i = 0; i < s_.network.points.size(); ++i) {
      if (s_.network.points[i].is_outside)
        refuse(fmt::format("charge_point[{}].external", i), outside);
    }
    for (std::size_t i = 0; i < s_.drivers.named.size(); ++i) {
      if (s_.drivers.named[i].is_outside) refuse(fmt::format("driver[{}].external", i), outside);
      if (s_.drivers.named[i].looks)
        refuse(fmt::format("driver[{}].looks", i), "no message asks for what is available");
    }
    if (s_.drivers.choose == network::Choice::any_in_zone)
      refuse("drivers.choose", "a request names its charge point");
  }

  void events() {
    for (std::size_t i = 0; i < s_.faults.size(); ++i) {
      const auto kind = s_.faults[i].kind;
      if (kind == FaultKind::central_restart || kind == FaultKind::partition)
        refuse(fmt::format("fault[{}].kind", i),
               "what befalls central and the network happens there");
    }
    for (std::size_t i = 0; i < s_.actions.size(); ++i) {
      const auto kind = s_.actions[i].kind;
      const bool is_order = kind == ActionKind::stop || kind == ActionKind::resume ||
                            kind == ActionKind::stop_supply || kind == ActionKind::reset_breaker;
      if (is_order) refuse(fmt::format("action[{}].do", i), "operators speak to central itself");
      if (kind == ActionKind::start)
        refuse(fmt::format("action[{}].do", i), "no message asks leave for a start at the point");
    }
  }

  Draft& d_;
  const network::Scenario& s_;
  const Origins& origins_;
  std::vector<Diagnostic>& found_;
};

}  // namespace

void check_elsewhere(Draft& draft, const Origins& origins, const std::filesystem::path& folder,
                     std::vector<Diagnostic>& found) {
  if (!draft.elsewhere.is_on()) return;
  const auto resolve = [&](const char* key, std::string& file) {
    const auto origin = origins.find(key);
    const bool is_in_file = origin != origins.end() && origin->second.source == Source::file;
    if (is_in_file && !file.empty()) file = (folder / file).string();
  };
  resolve("central.token_file", draft.elsewhere.token_file);
  resolve("central.ca_file", draft.elsewhere.ca_file);
  Checker{draft, origins, found}.all();
}

}  // namespace chargemill::app
