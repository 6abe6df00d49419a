#include "app/commands/compare_command.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "app/compare/compare.hpp"
#include "app/compare/first_difference.hpp"
#include "app/compare/run_set.hpp"

namespace chargemill::app {
namespace {

constexpr int kExitEnvironment = 4;
constexpr int kExitDifferent = 99;  // two runs that should have agreed to the last bit did not

int fail(const Error& error) {
  fmt::print(stderr, "chargemill: {}\n", error.text);
  return kExitEnvironment;
}

/// null: there is nothing to compare, for one of them was not in virtual time.
nlohmann::json digest_equal(const nlohmann::json& a, const nlohmann::json& b) {
  const auto digest_of = [](const nlohmann::json& s) {
    return s.at("run").value("digest", nlohmann::json());
  };
  const auto left = digest_of(a);
  const auto right = digest_of(b);
  return left.is_null() || right.is_null() ? nlohmann::json() : nlohmann::json(left == right);
}

/// Runs in virtual time either agree to the last bit, or part somewhere.
std::string digest_text(const std::filesystem::path& base, const std::filesystem::path& fresh,
                        const nlohmann::json& a, const nlohmann::json& b) {
  const auto same_digest = digest_equal(a, b);
  if (same_digest.is_null()) return {};
  const bool same = same_digest.get<bool>();
  std::string text = fmt::format("digest    {}\n", same ? "the same" : "different");
  const auto runs_a = run_directories(base);
  const auto runs_b = run_directories(fresh);
  const auto parted = first_difference(runs_a->front(), runs_b->front());
  if (parted && *parted)
    text += fmt::format("parted    at {:.3f} s of model time{}\n",
                        static_cast<double>((*parted)->sim_ns) / 1e9,
                        (*parted)->entity.empty() ? "" : ", first " + (*parted)->entity);
  if (!parted && !same) text += fmt::format("          {}\n", parted.error().text);
  return text;
}

}  // namespace

int compare_command(const std::filesystem::path& base, const std::filesystem::path& fresh,
                    const std::string& format) {
  const auto a = summaries_in(base);
  if (!a) return fail(a.error());
  const auto b = summaries_in(fresh);
  if (!b) return fail(b.error());
  const auto comparison = compare(*a, *b);
  if (format == "json") {
    auto json = comparison_json(comparison);
    json["digest_equal"] = digest_equal(a->front(), b->front());
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{}{}", comparison_text(comparison),
               digest_text(base, fresh, a->front(), b->front()));
  }
  return digest_equal(a->front(), b->front()) == false ? kExitDifferent : 0;
}

}  // namespace chargemill::app
