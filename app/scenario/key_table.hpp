// Every key of a scenario file, once: name, type, range, help, and where its value is kept.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/scenario/load.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {

/// A key whose value is kept in a T. set() requires a value that the key's type takes.
template <class T>
struct Field {
  KeyInfo info;
  std::function<void(T&, const Value&)> set;
  std::function<Value(const T&)> get;
};

/// What is filled while a scenario is being read.
struct Draft {
  network::Scenario scenario;
  OutputSettings output;
  DoorsSettings doors;
  ClusterSettings cluster;
  ElsewhereSettings elsewhere;
  FileNames files;
};

struct DriverItem {
  network::DriverSpec spec;
  std::string requests_file;
};

struct ThresholdItem {
  std::string expr;
};

/// The keys of the sections [run], [network], ...; a default is what a fresh Draft holds.
[[nodiscard]] const std::vector<Field<Draft>>& keys();
[[nodiscard]] const Field<Draft>* find_key(std::string_view name);

/// The keys of each item of a list.
[[nodiscard]] const std::vector<Field<network::PointSpec>>& point_keys();
[[nodiscard]] const std::vector<Field<DriverItem>>& driver_keys();
[[nodiscard]] const std::vector<Field<network::StageSpec>>& stage_keys();
[[nodiscard]] const std::vector<Field<network::FaultSpec>>& fault_keys();
[[nodiscard]] const std::vector<Field<network::ActionSpec>>& action_keys();
[[nodiscard]] const std::vector<Field<ThresholdItem>>& threshold_keys();
[[nodiscard]] const std::vector<Field<ClusterNode>>& node_keys();

/// A list: `[[fault]]`.
struct ListInfo {
  std::string name;
  std::string help;
  std::vector<const KeyInfo*> keys;
};
[[nodiscard]] const std::vector<ListInfo>& lists();

/// run, network, ...: all that may stand in brackets, also drivers.replay_columns.
[[nodiscard]] std::vector<std::string> section_names();
[[nodiscard]] std::vector<std::string> key_names();

}  // namespace chargemill::app
