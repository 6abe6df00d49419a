// A journal's last seal comes after all else that is told of a run.
#pragma once

#include "app/simulation/simulation.hpp"
#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

/// Ends the writing. What came of it is added to `outcome`, and is among the recording's news.
/// Requires that nothing is appended any more.
void close_journal(const RunJournal& journal, RunOutcome& outcome);

/// The same for a node that follows, at the end of this object: whoever leads asks it no more, so
/// it says itself, on stderr, what there is to say. A journal that was handed on is not closed.
class JournalEnd {
 public:
  /// Both outlive this.
  JournalEnd(const RunJournal& journal, const runtime::Peers& exchange)
      : journal_(journal), exchange_(exchange) {}
  ~JournalEnd();
  JournalEnd(const JournalEnd&) = delete;
  JournalEnd& operator=(const JournalEnd&) = delete;

 private:
  const RunJournal& journal_;
  const runtime::Peers& exchange_;
};

}  // namespace chargemill::app
