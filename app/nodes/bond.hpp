// What a node that runs has of the agreement through etcd.
#pragma once

#include <functional>

#include "runtime/agreement/member.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::app {

/// EtcdBond; or what a test puts in its place. Each wish is described at Agreement. Threads: any.
class Bond {
 public:
  using View = runtime::agreement::View;
  using Owner = runtime::agreement::Owner;

  Bond() = default;
  Bond(const Bond&) = delete;
  Bond& operator=(const Bond&) = delete;
  virtual ~Bond() = default;

  /// As this node knows it.
  [[nodiscard]] virtual View view() const = 0;
  /// Waits until `fits` what this node knows; false: it did not within `patience`.
  [[nodiscard]] virtual bool await(const std::function<bool(const View&)>& fits,
                                   Nanos patience) const = 0;
  virtual void let_go(const runtime::agreement::LetGo& heard) = 0;
  virtual void part_with() = 0;
  virtual void hand_on(const Owner& to) = 0;
  virtual void lead_on() = 0;
  virtual void leave() = 0;
  virtual void welcome(const Owner& who) = 0;
  /// That one is in that place among the other nodes; blank: nobody is, or somebody is about to be
  /// let in.
  virtual void expect(unsigned node, const Owner& who) = 0;
  /// To people.
  virtual void say(const runtime::agreement::Note& note) = 0;
};

}  // namespace chargemill::app
