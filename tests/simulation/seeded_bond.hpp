// What a node of a seeded run has in place of etcd's bond: a Member, whom whoever plays the run
// lets take its steps.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "app/nodes/bond.hpp"

namespace chargemill::test {

class SeededBond final : public app::Bond {
 public:
  struct Around {
    std::function<const View&()> view;
    std::function<runtime::agreement::MachineTime()> now;
    std::function<void(Nanos)> wait;  // so long at most, or until the view is another one
    std::function<void(runtime::agreement::Event)> wish;
    std::function<void(const std::string&)> note;
  };
  explicit SeededBond(Around around) : around_(std::move(around)) {}

  [[nodiscard]] View view() const override { return around_.view(); }
  [[nodiscard]] bool await(const std::function<bool(const View&)>& fits,
                           Nanos patience) const override {
    const auto until = around_.now() + patience;
    while (!fits(around_.view())) {
      if (around_.now() >= until) return false;
      around_.wait(until - around_.now());
    }
    return true;
  }
  void let_go(const runtime::agreement::LetGo& heard) override { around_.wish(heard); }
  void part_with() override { around_.wish(runtime::agreement::PartWith{}); }
  void hand_on(const Owner& to) override { around_.wish(runtime::agreement::HandOn{to}); }
  void lead_on() override { around_.wish(runtime::agreement::LeadOn{}); }
  void leave() override { around_.wish(runtime::agreement::Leave{}); }
  void welcome(const Owner& who) override { around_.wish(runtime::agreement::Welcome{who}); }
  void expect(unsigned, const Owner&) override {}
  void say(const runtime::agreement::Note& note) override { around_.note(note.text); }

 private:
  const Around around_;
};

}  // namespace chargemill::test
