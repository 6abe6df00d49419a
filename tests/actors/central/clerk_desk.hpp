// A shard with its clerk, and a journal that does what it is told.
#pragma once

#include <algorithm>
#include <vector>

#include "actors/central/clerk.hpp"
#include "tests/actors/central/story.hpp"

namespace chargemill::central {

/// Takes as many records as it has room for; they are durable when somebody says so.
class ScriptedSink final : public archive::RecordSink {
 public:
  std::vector<archive::Record> taken;
  std::size_t room = SIZE_MAX;
  std::uint64_t safe = 0;
  bool holds = true;
  bool outlives = true;

  bool try_append(const archive::Record& record) override {
    if (taken.size() >= room) return false;
    taken.push_back(record);
    return true;
  }
  [[nodiscard]] std::uint64_t appended() const override { return taken.size(); }
  [[nodiscard]] std::uint64_t durable() const override { return safe; }
  [[nodiscard]] bool has_much_room() const override { return taken.size() < room; }
  [[nodiscard]] bool holds_promises() const override { return holds; }
  [[nodiscard]] bool serves_restarts() const override { return outlives; }

  template <class R>
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(
        taken.begin(), taken.end(), [](const auto& r) { return std::holds_alternative<R>(r); }));
  }
  /// One with nothing in it: there is none.
  template <class R>
  [[nodiscard]] R last() const {
    for (auto at = taken.rbegin(); at != taken.rend(); ++at)
      if (const auto* one = std::get_if<R>(&*at)) return *one;
    return {};
  }
};

/// A shard with its clerk; `sent` is what really left.
struct Desk {
  Story story;
  ScriptedSink sink;
  Clerk clerk{sink, 1};
  ShardEffects sent;

  Desk() {
    sink.holds = false;
    story.bring_up();
    carry();
    sink.holds = true;
  }
  void carry(bool has_moved = false) {
    if (has_moved) {
      clerk.moved(story.shard);
      release();
    }
    clerk.record(story.shard, story.said, story.now);
    for (const auto& effect : story.said) {
      if (!std::holds_alternative<archive::Record>(effect) && !clerk.holds(effect))
        sent.push_back(effect);
    }
    if (clerk.must_look(story.shard)) release();
    story.said.clear();
    if (clerk.is_busy() != story.shard.journal_busy) story.tell(JournalBusy{clerk.is_busy()});
  }
  void release() {
    while (const auto effect = clerk.release()) sent.push_back(*effect);
  }
  /// All that was appended is on disk now.
  void commit() {
    sink.safe = sink.appended();
    story.tell(JournalMoved{});
    carry(true);
  }
  void ask(std::uint64_t request, DriverId driver = kAna) {
    story.ask_charge(request, driver);
    carry();
  }
  template <class T>
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(), [](const auto& effect) {
      return std::holds_alternative<T>(effect);
    }));
  }
  [[nodiscard]] UpdateStatus last_status() const {
    const auto* update = last_update();
    return update == nullptr ? UpdateStatus::in_progress : update->status;
  }
  [[nodiscard]] Reason last_reason() const {
    const auto* update = last_update();
    return update == nullptr ? Reason::none : update->reason;
  }

 private:
  [[nodiscard]] const DriverUpdate* last_update() const {
    for (auto at = sent.rbegin(); at != sent.rend(); ++at)
      if (const auto* update = std::get_if<DriverUpdate>(&*at)) return update;
    return nullptr;
  }
};

}  // namespace chargemill::central
