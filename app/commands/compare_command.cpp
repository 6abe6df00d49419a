#include "app/commands/compare_command.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "app/commands/exit_code.hpp"
#include "app/compare/compare.hpp"
#include "app/compare/digests.hpp"
#include "app/compare/first_difference.hpp"
#include "app/compare/run_set.hpp"
#include "app/output/json_text.hpp"

namespace chargemill::app {
namespace {

int fail(const Error& error) {
  fmt::print(stderr, "chargemill: {}\n", error.text);
  return kExitEnvironment;
}

void add_runs(std::vector<FinishedRun>& runs, const std::filesystem::path& side,
              const std::vector<nlohmann::json>& summaries) {
  const auto directories = run_directories(side);
  for (std::size_t i = 0; i < summaries.size(); ++i)
    runs.push_back({directories->at(i), summaries[i]});
}

using Parted = Result<std::optional<FirstDifference>>;

/// Where the two runs of the verdict part; none: they do not, or nothing is to be compared.
Parted parted_of(const DigestVerdict& verdict) {
  const bool had_to_agree = verdict.equal && (*verdict.equal || verdict.same_work);
  if (!had_to_agree) return std::optional<FirstDifference>{};
  auto parted = first_difference(verdict.a->directory, verdict.b->directory);
  if (!parted && *verdict.equal) return std::optional<FirstDifference>{};
  return parted;
}

nlohmann::json parted_json(const Parted& parted) {
  if (!parted || !*parted) return {};
  const auto& entity = (*parted)->entity;
  return {{"sim_ns", (*parted)->sim_ns},
          {"entity", entity.empty() ? nlohmann::json{} : nlohmann::json(entity)}};
}

/// Runs in virtual time that were to do the same agree to the last bit, or part somewhere.
std::string digest_text(const DigestVerdict& verdict, const Parted& parted) {
  if (!verdict.equal.has_value()) return {};
  if (!*verdict.equal && !verdict.same_work)
    return "digest    different, as they must be: the runs were not to do the same\n";
  std::string text =
      *verdict.equal ? "digest    the same\n"
                     : fmt::format("digest    different: {} and {}\n",
                                   verdict.a->directory.string(), verdict.b->directory.string());
  if (parted && *parted)
    text += fmt::format(
        "parted    at {:.3f} s of model time, first {}\n",
        static_cast<double>((*parted)->sim_ns) / 1e9,
        (*parted)->entity.empty() ? "an entity whose digest was not kept" : (*parted)->entity);
  if (!parted) text += fmt::format("          {}\n", parted.error().text);
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
  std::vector<FinishedRun> runs;
  add_runs(runs, base, *a);
  add_runs(runs, fresh, *b);
  const auto verdict = judge_digests(runs);
  const auto parted = parted_of(verdict);
  if (format == "json") {
    auto json = comparison_json(comparison);
    json["digest_equal"] = verdict.equal ? nlohmann::json(*verdict.equal) : nlohmann::json();
    json["same_work"] = verdict.same_work;
    json["parted"] = parted_json(parted);
    json["parted_unknown"] = parted ? nlohmann::json{} : nlohmann::json(parted.error().text);
    fmt::print("{}\n", json_text(json, 2));
  } else {
    fmt::print("{}{}", comparison_text(comparison), digest_text(verdict, parted));
  }
  return verdict.equal == false && verdict.same_work ? kExitThreshold : 0;
}

}  // namespace chargemill::app
