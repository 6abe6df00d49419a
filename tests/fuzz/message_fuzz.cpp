// Whatever bytes a peer sends as a message: read or refused with a text. What was read is written
// as a body that reads as the same and is written as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "actors/codec/body_reader.hpp"
#include "actors/codec/body_writer.hpp"
#include "runtime/base/assert.hpp"

namespace {

using namespace chargemill::codec;

constexpr UtcTime kNow{1'760'750'833'123'456};

template <class T>
void demand_text(const Decoded<T>& decoded) {
  CHARGEMILL_ASSERT(decoded.error().flaw != Flaw::none);
  CHARGEMILL_ASSERT(!text(decoded.error()).empty());
}

template <class Body>
void demand_same(const Body& body) {
  static BodyReader reader;
  JsonText out;
  write(body, out);
  const auto again = reader.read<Body>(out.view(), kNow);
  CHARGEMILL_ASSERT(again.has_value());
  CHARGEMILL_ASSERT(*again == body);
  JsonText twice;
  write(*again, twice);
  CHARGEMILL_ASSERT(twice.view() == out.view());
}

template <class Body>
void read_as(BodyReader& reader, std::string_view json) {
  const auto body = reader.read<Body>(json, kNow);
  if (!body) return demand_text(body);
  demand_same(*body);
}

void read_as_frame(BodyReader& reader, std::string_view json) {
  const auto frame = reader.read_frame(json, kNow);
  if (!frame) return demand_text(frame);
  std::visit([](const auto& body) { demand_same(body); }, frame->body);
  static BodyReader other;
  JsonText out;
  write_frame(*frame, out);
  const auto again = other.read_frame(out.view(), kNow);
  CHARGEMILL_ASSERT(again.has_value() && again->channel == frame->channel);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  if (size == 0) return 0;
  // Exactly as long as the input, so that a read beyond it is seen.
  const std::string json{reinterpret_cast<const char*>(data) + 1, size - 1};
  static BodyReader kept;  // what one body leaves behind must not harm the next
  BodyReader fresh;
  BodyReader& reader = (data[0] & 0x80U) != 0 ? fresh : kept;
  switch (data[0] & 0x0FU) {
    case 0:
      read_as<DriverRequest>(reader, json);
      break;
    case 1:
      read_as<DriverUpdate>(reader, json);
      break;
    case 2:
      read_as<CentralCommand>(reader, json);
      break;
    case 3:
      read_as<CPStatus>(reader, json);
      break;
    case 4:
      read_as<CPTelemetry>(reader, json);
      break;
    case 5:
      read_as<CPRegistration>(reader, json);
      break;
    case 6:
      read_as<CPSessionTicket>(reader, json);
      break;
    case 7:
      read_as<CPHealth>(reader, json);
      break;
    case 8:
      read_as<StartPayload>(reader, json);
      break;
    default:
      read_as_frame(reader, json);
      break;
  }
  return 0;
}
