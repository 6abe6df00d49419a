#include "app/commands/compare_command.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "app/compare/compare.hpp"
#include "app/compare/first_difference.hpp"
#include "app/compare/run_set.hpp"
#include "app/compare/same_work.hpp"

namespace chargemill::app {
namespace {

constexpr int kExitEnvironment = 4;
constexpr int kExitDifferent = 99;  // two runs that should have agreed to the last bit did not

int fail(const Error& error) {
  fmt::print(stderr, "chargemill: {}\n", error.text);
  return kExitEnvironment;
}

/// Two sides of a comparison, each by its first run.
struct Pair {
  std::filesystem::path run_a, run_b;
  nlohmann::json a, b;

  /// null: there is nothing to compare, for one of them was not in virtual time.
  [[nodiscard]] nlohmann::json has_same_digest() const {
    const auto digest_of = [](const nlohmann::json& s) {
      return s.at("run").value("digest", nlohmann::json());
    };
    const auto left = digest_of(a);
    const auto right = digest_of(b);
    return left.is_null() || right.is_null() ? nlohmann::json() : nlohmann::json(left == right);
  }
  [[nodiscard]] bool is_same_work() const { return app::is_same_work(a, b, run_a, run_b); }
};

/// Runs in virtual time that were to do the same agree to the last bit, or part somewhere.
std::string digest_text(const Pair& pair) {
  const auto same_digest = pair.has_same_digest();
  if (same_digest.is_null()) return {};
  const bool same = same_digest.get<bool>();
  if (!same && !pair.is_same_work())
    return "digest    different, as they must be: the runs were not to do the same\n";
  std::string text = fmt::format("digest    {}\n", same ? "the same" : "different");
  const auto parted = first_difference(pair.run_a, pair.run_b);
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
  const Pair pair{run_directories(base)->front(), run_directories(fresh)->front(), a->front(),
                  b->front()};
  if (format == "json") {
    auto json = comparison_json(comparison);
    json["digest_equal"] = pair.has_same_digest();
    json["same_work"] = pair.is_same_work();
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{}{}", comparison_text(comparison), digest_text(pair));
  }
  return pair.has_same_digest() == false && pair.is_same_work() ? kExitDifferent : 0;
}

}  // namespace chargemill::app
