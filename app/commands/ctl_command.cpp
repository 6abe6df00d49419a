#include "app/commands/ctl_command.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "app/ctl/ctl_replies.hpp"
#include "app/ctl/ctl_words.hpp"
#include "app/scenario/load.hpp"
#include "runtime/net/frame_client.hpp"

namespace chargemill::app {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitEnvironment = 4;

int complain(int code, const std::string& text) {
  (void)std::fputs(("chargemill: " + text + "\n").c_str(), stderr);
  return code;
}

std::string address_of(const CtlOptions& options) {
  if (!options.tcp.empty()) return options.tcp;
  const auto environment = chargemill_environment();
  const auto chosen = environment.find(environment_name("tcp.listen"));
  if (chosen != environment.end() && chosen->second != kDoorOff) return chosen->second;
  return TcpSettings{}.listen;
}

constexpr const char* kHint =
    "\n  is a run going on? Its line TCP names the address: chargemill ctl --tcp HOST:PORT ...";

int ask(runtime::FrameClient& client, const std::string& command, bool json) {
  CtlReply reply{command};
  for (std::optional<std::string> next = command; next;) {
    const auto said = client.ask(*next);
    if (!said) return complain(kExitEnvironment, said.error().text);
    const auto taken = reply.take(*said);
    if (!taken) return complain(kExitUsage, taken.error());
    next = *taken;
  }
  (void)std::fputs(reply.text(json).c_str(), stdout);
  return 0;
}

}  // namespace

void add_ctl_options(CLI::App& app, CtlOptions& options) {
  app.add_option("COMMAND", options.words, "what to do, and with what: stop CP-001")
      ->required()
      ->type_name("WORD");
  app.add_option("--tcp", options.tcp, "the framed door of the run; without it 127.0.0.1:9999")
      ->type_name("HOST:PORT");
  app.add_option("--timeout", options.timeout_s, "seconds to wait for a reply")
      ->check(CLI::Range(1U, 3'600U))
      ->type_name("N");
  app.add_flag("--json", options.json, "as JSON");
  app.footer("Commands:\n" + ctl_help());
}

int ctl_command(const CtlOptions& options) {
  // A reader that has seen enough, like head, is no error.
  (void)std::signal(SIGPIPE, SIG_IGN);
  const auto command = command_of(options.words);
  if (!command) return complain(kExitUsage, command.error());
  const auto address = address_of(options);
  const auto endpoint = runtime::parse_endpoint(address);
  if (!endpoint) return complain(kExitUsage, "'" + address + "' is no address like 127.0.0.1:9999");
  auto client = runtime::FrameClient::connect(*endpoint, std::chrono::seconds{options.timeout_s});
  if (!client) return complain(kExitEnvironment, client.error().text + kHint);
  return ask(*client, *command, options.json);
}

}  // namespace chargemill::app
