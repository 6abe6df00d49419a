// A small language for the codec's tests: bodies from text and back, errors as text.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "actors/codec/body_reader.hpp"
#include "actors/codec/body_writer.hpp"

namespace chargemill::codec {

inline constexpr UtcTime kNow{1'760'750'833'123'456};  // 2025-10-18T01:27:13.123456Z
inline constexpr UtcTime kWholeSecond{1'760'750'833'000'000};

template <class Body>
std::string written(const Body& body) {
  JsonText out;
  write(body, out);
  return std::string{out.view()};
}

/// One that lives as long as the program: what it read stays valid until the next read.
inline BodyReader& shared_reader() {
  static BodyReader reader;
  return reader;
}
template <class Body>
Decoded<Body> read(std::string_view json) {
  return shared_reader().read<Body>(json, kNow);
}
/// What is wrong with `json`, as text; empty if nothing is.
template <class Body>
std::string flaw_of(std::string_view json) {
  const auto body = read<Body>(json);
  return body ? std::string{} : text(body.error());
}
/// `json` read and written again, or what is wrong with it.
template <class Body>
std::string rewritten(std::string_view json) {
  const auto body = read<Body>(json);
  return body ? written(*body) : text(body.error());
}
inline std::string frame_flaw(std::string_view json) {
  const auto frame = shared_reader().read_frame(json, kNow);
  return frame ? std::string{} : text(frame.error());
}

}  // namespace chargemill::codec
