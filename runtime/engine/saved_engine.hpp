// What an engine in virtual time holds besides its actors, as bytes: where time stands, what is
// under way, who wants to be woken.
#pragma once

#include <vector>

#include "runtime/engine/coordinator.hpp"
#include "runtime/engine/saved_letter.hpp"

namespace chargemill::runtime {

/// For whoever has stopped all workers: time stands still, or all of them are at a meeting. Both
/// engines have the same plan: actors with the same numbers, as many workers.
class Coordinator::Saved {
 public:
  /// `kinds`: of all messages that may be under way, the same for both.
  Saved(Coordinator& engine, const std::vector<SavedLetter>& kinds)
      : engine_(engine), kinds_(kinds) {}

  /// Posts from outside wait to be heard: what they cause could not be kept.
  [[nodiscard]] bool has_posts() const noexcept;
  /// Unsound if something is under way that has no kind, or an actor has ended.
  void write(saved::Writer& v) const;
  /// In place of what a new engine holds. Unsound: these are no bytes of it.
  void read(saved::Reader& v);

 private:
  void write(saved::Writer& v, const std::vector<Arrival>& list) const;
  void write(saved::Writer& v, const WindowCalendar& calendar) const;
  void read(saved::Reader& v, std::vector<Arrival>& list);
  void read(saved::Reader& v, Lane& lane, WindowCalendar& calendar);
  [[nodiscard]] Arrival arrival(saved::Reader& v);
  [[nodiscard]] bool lives_on(Entity entity, const Lane& lane) const noexcept;
  template <class V>
  void pass(V& v, Lane& lane) const;
  template <class V>
  void pass(V& v, Worker& worker) const;
  template <class V>
  void pass_actors(V& v, Lane& lane) const;

  Coordinator& engine_;
  const std::vector<SavedLetter>& kinds_;
};

}  // namespace chargemill::runtime
