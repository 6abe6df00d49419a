#include "app/commands/run_files.hpp"

#include <utility>

#include "app/output/manifest.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "app/simulation/host.hpp"

namespace chargemill::app {

Result<std::unique_ptr<RunDirectory>> open_directory(const std::filesystem::path& path,
                                                     const Loaded& loaded,
                                                     const std::vector<std::string>& argv,
                                                     const std::filesystem::path& journal) {
  auto made = RunDirectory::create(path);
  if (!made) return tl::unexpected<Error>(made.error());
  const auto& run = loaded.scenario.run;
  const std::string resolved = resolved_toml(loaded.scenario);
  const std::string manifest =
      manifest_text({run.seed, workers_of(loaded.scenario), argv, chargemill_environment(),
                     loaded.inputs, resolved, journal});
  for (const auto& [name, content] :
       {std::pair{"manifest.json", &manifest}, std::pair{"scenario.resolved.toml", &resolved}}) {
    const auto written = made->write(name, *content);
    if (!written) return tl::unexpected<Error>(written.error());
  }
  return std::make_unique<RunDirectory>(std::move(*made));
}

}  // namespace chargemill::app
