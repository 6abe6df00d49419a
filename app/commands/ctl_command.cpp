#include "app/commands/ctl_command.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cli/values.hpp"
#include "app/commands/exit_code.hpp"
#include "app/ctl/ctl_replies.hpp"
#include "app/ctl/ctl_words.hpp"
#include "app/scenario/load.hpp"
#include "runtime/net/access_tokens.hpp"
#include "runtime/net/frame_client.hpp"

namespace chargemill::app {
namespace {

/// Says why nothing was done, in the form that was asked for.
struct Complaint {
  bool json;

  int operator()(int code, const std::string& text, const std::string& hint = {}) const {
    (void)std::fputs(refusal_text(code, text, hint, json).c_str(), stderr);
    return code;
  }
};

/// What the environment says of a key of the door, as it does for `run`.
std::string environment_of(const char* key) {
  const auto environment = chargemill_environment();
  const auto chosen = environment.find(environment_name(key));
  return chosen == environment.end() ? "" : chosen->second;
}

std::string address_of(const CtlOptions& options) {
  if (!options.tcp.empty()) return options.tcp;
  const auto chosen = environment_of("tcp.listen");
  return chosen.empty() || chosen == kDoorOff ? TcpSettings{}.listen : chosen;
}

int ask(runtime::FrameClient& client, const std::string& command, std::string_view state,
        bool json) {
  const Complaint complain{json};
  CtlReply reply{command, state};
  for (std::optional<std::string> next = command; next;) {
    const auto said = client.ask(*next);
    if (!said)
      return complain(kExitEnvironment, said.error().text, connection_hint(said.error().text));
    const auto taken = reply.take(*said);
    if (!taken) return complain(kExitUsage, taken.error(), refusal_hint(command, taken.error()));
    next = *taken;
  }
  if (const auto look = reply.look_after(); !look.empty()) {
    if (const auto said = client.ask(look)) reply.take_look(*said);
  }
  (void)std::fputs(reply.text(json).c_str(), stdout);
  return 0;
}

/// 0: the door takes the token, or none is at hand; else the exit code, and it has been said why.
int show_token(runtime::FrameClient& client, const CtlOptions& options) {
  const Complaint complain{options.json};
  const auto file =
      options.token_file.empty() ? environment_of("tcp.token_file") : options.token_file;
  if (file.empty()) return 0;
  const auto token = runtime::AccessTokens::first_of(file);
  if (!token) return complain(kExitEnvironment, "--token-file: " + token.error().text);
  const auto said = client.ask("AUTH#" + *token);
  if (!said)
    return complain(kExitEnvironment, said.error().text, connection_hint(said.error().text));
  CtlReply reply{"AUTH"};
  const auto taken = reply.take(*said);
  return taken ? 0 : complain(kExitUsage, taken.error() + " (of " + file + ")");
}

}  // namespace

void add_ctl_options(CLI::App& app, CtlOptions& options) {
  app.add_option("COMMAND", options.words, "what to do, and with what: stop CP-001")
      ->required()
      ->type_name("WORD");
  app.add_option("--tcp", options.tcp, "the framed door of the run [127.0.0.1:9999]")
      ->type_name("HOST:PORT");
  app.add_option("--token-file", options.token_file,
                 "whose first line is a token of the door, if it wants one")
      ->type_name("FILE");
  auto* const tls =
      app.add_flag("--tls", options.tls, "the door shows a certificate (tcp.tls_cert)");
  app.add_option("--ca-file", options.ca_file,
                 "PEM: who vouches for it, or the certificate itself; without it whom this machine "
                 "believes")
      ->needs(tls)
      ->type_name("FILE");
  app.add_option("--timeout", options.timeout_s, "seconds to wait for a reply")
      ->capture_default_str()
      ->check(whole_in(1, 3'600))
      ->type_name("N");
  app.add_flag("--json", options.json, "as JSON, what goes wrong as well (on stderr)");
  app.footer("Commands:\n" + ctl_help());
}

int ctl_command(const CtlOptions& options) {
  const Complaint complain{options.json};
  const auto command = command_of(options.words);
  if (!command) return complain(kExitUsage, command.error());
  const auto address = address_of(options);
  const auto endpoint = runtime::parse_endpoint(address);
  if (!endpoint) return complain(kExitUsage, "'" + address + "' is no address like 127.0.0.1:9999");
  auto client = runtime::FrameClient::connect(*endpoint, std::chrono::seconds{options.timeout_s},
                                              {options.tls, options.ca_file});
  if (!client)
    return complain(kExitEnvironment, client.error().text, connection_hint(client.error().text));
  if (const int code = show_token(*client, options); code != 0) return code;
  return ask(*client, *command, wanted_state(options.words), options.json);
}

}  // namespace chargemill::app
