// What the checks of a whole scenario share: where a key was written, what may be concluded,
// whether a thing that is named exists; and where they put what they find.
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "app/scenario/diagnostics.hpp"
#include "app/scenario/load.hpp"

namespace chargemill::app {

class CheckContext {
 public:
  CheckContext(const network::Scenario& scenario, const Origins& origins,
               const std::set<std::string>& failed, std::vector<Diagnostic>& found);

  [[nodiscard]] const network::Scenario& scenario() const noexcept { return s_; }
  /// Where the key was written; nowhere if it was not.
  [[nodiscard]] Place place_of(const std::string& key) const;
  /// Of the first of the keys that was written somewhere.
  [[nodiscard]] Place place_of(std::initializer_list<std::string> keys) const;
  [[nodiscard]] bool is_written(const std::string& key) const { return origins_.count(key) != 0; }
  /// In the file itself, not by a flag or a variable.
  [[nodiscard]] bool is_of_the_file(const std::string& key) const;
  /// All of the keys hold what was meant: nothing follows from one that could not be read.
  [[nodiscard]] bool are_sound(std::initializer_list<std::string> keys) const;
  [[nodiscard]] bool points_are_sound() const;
  [[nodiscard]] bool has_point(const std::string& name) const;
  [[nodiscard]] std::uint32_t zones() const;
  [[nodiscard]] bool has_zone(const std::string& name) const;
  /// What to write instead of a charge point that is not there.
  [[nodiscard]] std::string point_hint(const std::string& name) const;

  void error(Code code, std::string text, Place place, std::string hint = {});
  void warning(Code code, std::string text, Place place, std::string hint = {});

 protected:
  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  // The checks are one class in two files; what they read belongs to both.
  const network::Scenario& s_;
  const Origins& origins_;
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)

 private:
  const std::set<std::string>& failed_;
  std::vector<Diagnostic>& found_;
  std::unordered_set<std::string> listed_;  // ids of [[charge_point]]
};

/// What happens in the course of a run: stages, faults, actions.
void check_events(CheckContext& context);
/// Keys that do nothing without another one.
void check_needs(CheckContext& context);

}  // namespace chargemill::app
