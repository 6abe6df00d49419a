// decode(encode(x)) == x, for any texts, numbers and times; and no bytes harm the reader.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/actors/codec/codec_story.hpp"

namespace chargemill::codec {
namespace {

/// Any characters: control characters, quotes, all planes of Unicode.
rc::Gen<std::string> any_text() {
  const auto code = rc::gen::oneOf(
      rc::gen::inRange<std::uint32_t>(0, 0x80), rc::gen::inRange<std::uint32_t>(0x20, 0x7F),
      rc::gen::inRange<std::uint32_t>(0x80, 0xD800),
      rc::gen::inRange<std::uint32_t>(0xE000, 0x10000),
      rc::gen::inRange<std::uint32_t>(0x10000, 0x110000),
      rc::gen::element<std::uint32_t>('"', '\\', '/', 0, 0x1F, 0x7F, 0xD7FF, 0xE000, 0x10FFFF));
  return rc::gen::map(rc::gen::container<std::vector<std::uint32_t>>(code), [](const auto& codes) {
    std::string text;
    const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    for (const std::uint32_t c : codes) {
      if (c < 0x80) {
        put(c);
      } else if (c < 0x800) {
        put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
      } else if (c < 0x10000) {
        put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
      } else {
        put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
      }
    }
    return text;
  });
}
/// Any bits that are a finite number.
rc::Gen<double> any_number() {
  using Limits = std::numeric_limits<double>;
  const auto any_bits = rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t bits) {
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return std::isfinite(value) ? value : 0.0;
  });
  return rc::gen::oneOf(
      any_bits, rc::gen::arbitrary<double>(),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](auto n) { return double(n) / 1e6; }),
      rc::gen::element(0.0, -0.0, Limits::max(), Limits::lowest(), Limits::min(),
                       Limits::denorm_min(), 1e15, 1e16, 1e-4, 1e-5, 9007199254740993.0));
}
rc::Gen<UtcTime> any_time() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(kUtcMin.us, kUtcMax.us),
                      [](std::int64_t us) { return UtcTime{us}; });
}

/// A body filled at random, and the texts that it views.
template <class Body>
struct Sample {
  Body body{};
  std::vector<std::unique_ptr<std::string>> texts;

  void fill(Text& to) {
    texts.push_back(std::make_unique<std::string>(*any_text()));
    to = *texts.back();
  }
  static void fill(double& to) { to = *any_number(); }
  static void fill(UtcTime& to) { to = *any_time(); }
  static void fill(Port& to) {
    to = *rc::gen::map(rc::gen::arbitrary<std::uint16_t>(), [](auto n) { return Port{n}; });
  }
  void fill(JsonObject& to) {
    nlohmann::json object = nlohmann::json::object();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
      object[*any_text()] = nlohmann::json{*any_text(), *any_number(), nullptr, i};
    // The form of D-011 is got by one reading.
    const std::string json = R"({"cmd": "stop_cp", "cp_id": "", "payload": )" + object.dump() + "}";
    texts.push_back(
        std::make_unique<std::string>(read<CentralCommand>(json)->payload.value().text));
    to.text = *texts.back();
  }
  template <class E, class = decltype(Values<E>::kAll)>
  static void fill(E& to) {
    to = Values<E>::kAll[*rc::gen::inRange<std::size_t>(0, Values<E>::kAll.size())];
  }
  template <class T>
  void fill(std::optional<T>& to) {
    if (*rc::gen::arbitrary<bool>()) fill(to.emplace());
  }
  Sample() {
    std::apply([this](const auto&... field) { (fill(body.*field.member), ...); },
               Shape<Body>::kFields);
  }
};

bool is_same(double a, double b) { return a == b && std::signbit(a) == std::signbit(b); }

template <class Body>
void comes_back() {
  const Sample<Body> sample;
  const std::string json = written(sample.body);
  for (const char c : json) RC_ASSERT(c >= 0x20 && c <= 0x7F);  // D-011: ASCII only
  const auto again = read<Body>(json);
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == sample.body);
  RC_ASSERT(written(*again) == json);
  RC_ASSERT(nlohmann::json::accept(json));
}
RC_GTEST_PROP(CodecProperties, DriverRequestComesBack, ()) { comes_back<DriverRequest>(); }
RC_GTEST_PROP(CodecProperties, DriverUpdateComesBack, ()) { comes_back<DriverUpdate>(); }
RC_GTEST_PROP(CodecProperties, CentralCommandComesBack, ()) { comes_back<CentralCommand>(); }
RC_GTEST_PROP(CodecProperties, CPStatusComesBack, ()) { comes_back<CPStatus>(); }
RC_GTEST_PROP(CodecProperties, CPTelemetryComesBack, ()) { comes_back<CPTelemetry>(); }
RC_GTEST_PROP(CodecProperties, CPRegistrationComesBack, ()) { comes_back<CPRegistration>(); }
RC_GTEST_PROP(CodecProperties, CPSessionTicketComesBack, ()) { comes_back<CPSessionTicket>(); }
RC_GTEST_PROP(CodecProperties, CPHealthComesBack, ()) { comes_back<CPHealth>(); }
RC_GTEST_PROP(CodecProperties, CPHeartbeatComesBack, ()) { comes_back<CPHeartbeat>(); }
RC_GTEST_PROP(CodecProperties, DriverReturnComesBack, ()) { comes_back<DriverReturn>(); }

RC_GTEST_PROP(CodecProperties, FloatsComeBackToTheBit, ()) {  // D-013
  const double value = *any_number();
  JsonText out;
  out.append_float(value);
  const std::string text{out.view()};
  RC_ASSERT(is_same(std::strtod(text.c_str(), nullptr), value));
  RC_ASSERT(text.find_first_of(".e") != std::string::npos);
}
RC_GTEST_PROP(CodecProperties, StringsReadAsAnotherLibraryReadsThem, ()) {
  const std::string text = *any_text();
  JsonText out;
  out.append_string(text);
  RC_ASSERT(nlohmann::json::parse(out.view()).get<std::string>() == text);
}
RC_GTEST_PROP(CodecProperties, AnyBytesAreAStringThatOthersCanRead, ()) {
  const auto bytes = *rc::gen::arbitrary<std::string>();
  JsonText out;
  out.append_string(bytes);
  RC_ASSERT(nlohmann::json::accept(out.view()));
}
RC_GTEST_PROP(CodecProperties, AChangedByteIsReadOrRefusedAsJsonIs, ()) {
  const Sample<CPTelemetry> sample;
  std::string json = written(sample.body);
  const auto at = *rc::gen::inRange<std::size_t>(0, json.size());
  json[at] = *rc::gen::arbitrary<char>();
  const auto body = read<CPTelemetry>(json);
  if (body) RC_ASSERT(nlohmann::json::accept(json));
}
RC_GTEST_PROP(CodecProperties, ACutBodyIsRefused, ()) {
  const Sample<CPStatus> sample;
  const std::string json = written(sample.body);
  const auto length = *rc::gen::inRange<std::size_t>(0, json.size());
  RC_ASSERT(flaw_of<CPStatus>(json.substr(0, length)) == "not valid JSON" ||
            flaw_of<CPStatus>(json.substr(0, length)).find(": ") != std::string::npos);
}

}  // namespace
}  // namespace chargemill::codec
