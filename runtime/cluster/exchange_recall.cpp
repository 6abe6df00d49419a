// What Exchange does so that a lost node can return. README, "A lost node returns".
#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/cluster/exchange.hpp"
#include "runtime/cluster/record_layout.hpp"

namespace chargemill::runtime {
namespace {

/// Meetings after which a state that could not be saved is tried again.
constexpr std::uint64_t kTryAgainAfter = 8;

/// Of the first of some parcels; 0: they are none.
std::uint64_t stamp_of(const std::string& parcels) {
  if (parcels.size() < ParcelLayout::kHeaderBytes) return 0;
  return load_at<std::uint64_t>(bytes_of(parcels).data + ParcelLayout::kStampAt);
}

}  // namespace

// Whoever has a new life by the time it is sent does not get it; Recall knows that it must.
void Exchange::hand_over(unsigned node, std::uint64_t stamp, SlabPtr parcel) {
  if (!recall_) return links_->send(node, std::move(parcel));
  const auto life = recall_->keep(node, {parcel->body(), parcel->body_bytes()}, stamp);
  if (life != 0) links_->send(node, std::move(parcel), life);
}

void Exchange::tell_meeting(std::uint64_t round, const WindowProposal& here) {
  const std::string text = meeting_text({round, here});
  if (!recall_) return links_->tell_all(text);
  for (const auto& [node, life] : recall_->keep(round, text)) links_->tell(node, text, life);
}

// What the former process had sent for a meeting that it did not come to will be sent again. Data
// may overtake control: it may have come to one more than is known here, and sent for the next.
std::string Exchange::on_life(unsigned node) {
  if (!recall_) return {};
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  const std::uint64_t missing = recall_->missing_from(node);
  const auto is_early = [&](const auto& one) {  // a frame is of one meeting
    return one.first == node && stamp_of(one.second) >= missing;
  };
  early_.erase(std::remove_if(early_.begin(), early_.end(), is_early), early_.end());
  // acquire: the workers have emptied what came before this meeting; pairs with release in agree().
  // If anything came for a meeting, this thread has seen the number before. Else there is nothing
  // to take back, and a worker may be at that half.
  const std::uint64_t last = round_.load(std::memory_order_acquire) + 1;
  const bool is_live = engine_ != nullptr && !recall_->is_replaying();
  for (std::uint64_t round = missing; is_live && round <= std::min(missing + 1, last); ++round) {
    mail_[round & 1][node].clear();
    const auto is_its = [&](const Arrival& arrival) {
      if (engine_->node_of(arrival.from) != node) return false;
      arrival.letter.release();
      return true;
    };
    for (Inbox& inbox : inboxes_) {
      Arrived& half = inbox.halves[round & 1];
      for (auto* list : {&half.next, &half.later})
        list->erase(std::remove_if(list->begin(), list->end(), is_its), list->end());
    }
  }
  return recall_->begin_life(node);
}

bool Exchange::hear_greeting(unsigned node, std::string_view message) {
  if (!recall_) return false;
  const auto greeted = recall_->hear(node, message);
  if (!greeted) return false;
  if (!greeted->trouble.empty()) fail(greeted->trouble);
  for (const auto& again : greeted->again) tell_again(node, again);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (greeted->has_returned) {
    messages_.push_back({node, {}, false, true, false});
    waiting_bytes_ += bytes_of(messages_.back());
  }
  changed_.notify_all();
  return true;
}

void Exchange::tell_again(unsigned node, const Recall::Resend& what) {
  ByteView mail{what.mail.data(), what.mail.size()};
  while (mail.size > 0) {
    const auto bytes = load_at<std::uint32_t>(mail.data + ParcelLayout::kBytesAt);
    const std::size_t whole = ParcelLayout::kHeaderBytes + std::size_t{bytes};
    links_->send_at_once(node, {mail.data, whole});
    mail = {mail.data + whole, mail.size - whole};
  }
  if (!what.meeting.empty()) links_->tell_at_once(node, what.meeting);
}

Result<void> Exchange::begin() {
  if (!recall_) return {};
  auto settled = recall_->settle();
  if (!settled) return settled;
  if (!recall_->is_replaying()) return {};
  for (const auto& owed : recall_->take_owed()) say_again(owed);
  auto words = recall_->kept_words();
  if (words.empty()) words = recall_->next_words();
  recall_words(std::move(words));
  return {};
}

// As they were said when the state was saved. Whoever has a new life since asks for it itself.
void Exchange::say_again(const Recall::Owed& owed) {
  ByteView mail{owed.what.mail.data(), owed.what.mail.size()};
  while (mail.size > 0) {
    const auto bytes = load_at<std::uint32_t>(mail.data + ParcelLayout::kBytesAt);
    const std::size_t whole = ParcelLayout::kHeaderBytes + std::size_t{bytes};
    SlabPtr parcel = links_->parcel();
    std::copy_n(mail.data, whole, parcel->body());
    parcel->grow(whole);
    links_->send(owed.node, std::move(parcel), owed.life);
    mail = {mail.data + whole, mail.size - whole};
  }
  if (!owed.what.meeting.empty()) links_->tell(owed.node, owed.what.meeting, owed.life);
}

void Exchange::keep_word(std::string_view text) {
  if (recall_) recall_->keep_word(text);
}

void Exchange::save_by(Save save) {
  const std::lock_guard<std::mutex> lock(saving_mutex_);
  save_ = std::move(save);
}

bool Exchange::go_on_from(SavedMeeting saved, LoggedMeeting& here, WindowProposal& proposal) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto* const text = reinterpret_cast<const char*>(saved.state.data());
    recalled_.push_back({0, std::string{text, saved.state.size()}, true, false, true});
    ++unobeyed_;
    changed_.notify_all();
  }
  if (!await_obedience()) return false;
  saved_at_ = saved.round;
  // release: as in agree().
  round_.store(saved.round, std::memory_order_release);
  // Where nobody gives orders a proposal is nothing but that.
  proposal.earliest = saved.proposed;
  here = {saved.round, saved.proposed, saved.mail_sum, {}};
  return true;
}

/// None: it is not time, or it cannot be saved here. The saving mutex is held.
std::optional<std::vector<std::byte>> Exchange::state_at(std::uint64_t round) {
  const std::uint64_t next = std::max<std::uint64_t>(2, saved_at_ + options_.save_every);
  if (options_.save_every == 0 || round < next || !save_) return std::nullopt;
  if ((round - next) % kTryAgainAfter != 0) return std::nullopt;
  auto state = save_();
  if (!state) return std::nullopt;
  saved_at_ = round;
  return std::move(*state);
}

void Exchange::note(std::string_view text) {
  if (!recall_) return;
  const auto written = recall_->write_word(text);
  if (!written) fail(written.error().text);
}

void Exchange::obeyed() {
  const std::lock_guard<std::mutex> lock(mutex_);
  CHARGEMILL_ASSERT(unobeyed_ > 0);
  --unobeyed_;
  changed_.notify_all();
}

void Exchange::forget() {
  if (recall_) recall_->remove_log();
}

void Exchange::recall_words(std::vector<std::string> words) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto& word : words) {
    recalled_.push_back({0, std::move(word), true, false, false});
    ++unobeyed_;
  }
  changed_.notify_all();
}

// The grant of a meeting as it was, with the mail that came for it; none: the log ends, and from
// here on the others are asked.
std::optional<WindowGrant> Exchange::replay(const LoggedMeeting& here,
                                            const WindowProposal& proposal, bool is_told) {
  WindowGrant stop{};
  stop.stop = true;
  if (!failure().empty()) return stop;
  recall_words(recall_->next_words());
  // Then as well what came for this meeting found all that the words before it had made: node 0
  // itself sends as soon as it is told to, before its order reaches the others.
  if (!await_obedience()) return stop;
  const auto entry = recall_->next();
  if (!entry) {
    end_replay();
    return std::nullopt;
  }
  const LoggedMeeting& then = *entry->meeting;
  if (then.round != here.round || then.proposed != here.proposed ||
      then.mail_sum != here.mail_sum) {
    fail("this node does not live as it did: meeting " + std::to_string(here.round) +
         " differs from its log");
    return stop;
  }
  if (!is_told) tell_meeting(here.round, proposal);  // of the last ones some have not heard
  if (!take_logged_mail(entry->rest)) {
    fail("the log of this node has mail that no actor could send");
    return stop;
  }
  return then.grant;
}

bool Exchange::await_obedience() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return unobeyed_ == 0 || has_failed_; });
  return !has_failed_;
}

bool Exchange::take_logged_mail(ByteView mail) {
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  while (const auto one = MeetingLogReader::take_mail(mail)) {
    if (one->node >= nodes() || engine_ == nullptr || !read_parcels(one->node, one->parcels))
      return false;
  }
  return true;
}

/// What has come meanwhile has its turn now.
void Exchange::end_replay() {
  {
    const std::lock_guard<std::mutex> lock(engine_mutex_);
    recall_->end_replay();
    for (const auto& [node, parcels] : early_) {
      if (engine_ != nullptr && !read_parcels(node, runtime::bytes_of(parcels)))
        fail(name_of(node) + " sends what no actor says");
    }
    early_.clear();
    early_.shrink_to_fit();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  changed_.notify_all();  // what is said now may be received
}

// Before anybody acts on it.
void Exchange::write_down(const LoggedMeeting& meeting) {
  // After a failure the grant is nobody's.
  if (!recall_->has_log() || !failure().empty()) return;
  MeetingLog::Mail mail;
  {
    const std::lock_guard<std::mutex> lock(engine_mutex_);
    mail.swap(mail_[meeting.round & 1]);
  }
  // Nobody writes a word while the log begins anew.
  const std::unique_lock<std::mutex> saving(saving_mutex_, std::try_to_lock);
  auto state = saving.owns_lock() ? state_at(meeting.round) : std::nullopt;
  const auto written =
      state ? recall_->write(meeting, mail, std::move(*state)) : recall_->write(meeting, mail);
  if (!written) fail(written.error().text);
  for (auto& one : mail) one.clear();
  const std::lock_guard<std::mutex> lock(engine_mutex_);
  mail_[meeting.round & 1].swap(mail);
}

}  // namespace chargemill::runtime
