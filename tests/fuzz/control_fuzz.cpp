// Whatever an operator types: a command whose fields are parts of the text, or a short reason.
#include <cstddef>
#include <cstdint>
#include <string>

#include "actors/control/operator_command.hpp"
#include "runtime/base/assert.hpp"

namespace {

using namespace chargemill::control;

/// The command as an operator types it, who typed `as`: a number may be written in many ways.
std::string typed(const OperatorCommand& command, const std::string& as) {
  std::string text{word(command.verb)};
  if (command.verb == Verb::add_point || command.verb == Verb::add_driver) {
    text.append("#").append(command.point).append(command.driver);
    if (!command.rest.empty()) text.append("#").append(command.rest);
    return text;
  }
  const std::string_view point = command.is_for_all ? "*" : command.point;
  for (const std::string_view field : {point, command.driver, command.zone, command.from})
    if (!field.empty()) text.append("#").append(field);
  if (command.wants_age) text.append("#AGE");
  if (command.verb == Verb::simulate_fault) text.append(command.is_on ? "#ON" : "#OFF");
  if (command.verb == Verb::inject) text.append("#").append(word(command.injection));
  if (command.duration > chargemill::Nanos{0}) text.append(as.substr(as.rfind('#')));
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  const auto command = parse_command(text);
  if (command) {
    CHARGEMILL_ASSERT(typed(*command, text) == text);
  } else {
    CHARGEMILL_ASSERT(!command.error().empty());
    CHARGEMILL_ASSERT(command.error().size() < 4 * kNameBytesMax);
  }
  return 0;
}
