#include "app/compare/first_difference.hpp"

#include <fmt/format.h>

#include <fstream>
#include <vector>

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// Row `row` of digests.bin, which has `count` entities a row; empty when it is not there.
std::vector<std::uint64_t> entity_row(const fs::path& path, std::size_t row, std::size_t count) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint64_t> values(count);
  const auto bytes = static_cast<std::streamsize>(count * sizeof(std::uint64_t));
  file.seekg(static_cast<std::streamoff>(row) * bytes);
  file.read(reinterpret_cast<char*>(values.data()), bytes);
  if (file.gcount() != bytes) values.clear();
  return values;
}

/// Empty: those of single entities were not kept, in one of the two.
Result<std::string> entity_that_differs(const fs::path& a, const fs::path& b, std::size_t row,
                                        std::int64_t sim_ns) {
  const auto names = lines_of(a / "entities.txt");
  if (names.empty() || names != lines_of(b / "entities.txt")) return std::string{};
  const auto left = entity_row(a / "digests.bin", row, names.size());
  const auto right = entity_row(b / "digests.bin", row, names.size());
  for (const auto* path : {&a, &b}) {
    if ((path == &a ? left : right).empty())
      return failure(
          ErrorKind::environment,
          fmt::format("at {:.3f} s of model time; of whom, {} does not say: it ends "
                      "before that look",
                      static_cast<double>(sim_ns) / 1e9, (*path / "digests.bin").string()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (left[i] != right[i]) return names[i];
  }
  return std::string{};
}

}  // namespace

Result<std::optional<FirstDifference>> first_difference(const fs::path& a, const fs::path& b) {
  const auto left = lines_of(a / "digests.csv");
  const auto right = lines_of(b / "digests.csv");
  for (const auto* path : {&a, &b}) {
    if ((path == &a ? left : right).size() < 2)
      return failure(ErrorKind::environment,
                     fmt::format("{} has no digests: run it with --speed max --digest-every D",
                                 path->string()));
  }
  const std::size_t rows = std::min(left.size(), right.size());
  for (std::size_t i = 1; i < rows; ++i) {
    if (left[i] == right[i]) continue;
    const auto time = left[i].substr(0, left[i].find(','));
    if (time != right[i].substr(0, right[i].find(',')))
      return failure(ErrorKind::environment, "the two runs were looked at at different times");
    const std::int64_t sim_ns = std::stoll(time);
    auto entity = entity_that_differs(a, b, i - 1, sim_ns);
    if (!entity) return tl::unexpected(entity.error());
    return FirstDifference{sim_ns, *std::move(entity)};
  }
  if (left.size() != right.size())
    return failure(ErrorKind::environment,
                   fmt::format("they agree as long as both were looked at: one run {} times, the "
                               "other {}",
                               left.size() - 1, right.size() - 1));
  return std::optional<FirstDifference>{};
}

}  // namespace chargemill::app
