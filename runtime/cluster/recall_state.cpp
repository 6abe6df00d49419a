// What Recall does with saved states. README, "A lost node returns".
#include <algorithm>
#include <filesystem>
#include <utility>

#include "runtime/cluster/meeting_log_layout.hpp"
#include "runtime/cluster/recall.hpp"
#include "runtime/saved/reader.hpp"
#include "runtime/saved/state_file.hpp"
#include "runtime/saved/writer.hpp"

namespace chargemill::runtime {

std::string Recall::state_path() const {
  return std::filesystem::path{options_.log}.replace_extension(".state").string();
}

/// Why there is no state that the log, which begins with meeting `first`, could go on from.
std::string Recall::find_state(std::uint64_t first) {
  const std::string its = "its state, " + state_path();
  const auto file = saved::read_state(state_path());
  if (!file) return its + ", is not there, or is damaged";
  const auto& head = file->head;
  if (head.plan != options_.own.plan || head.place != options_.own.node ||
      head.places != options_.own.nodes)
    return its + ", is of another scenario, seed, version or place";
  if (Incarnation{head.run} != reader_.head()->run) return its + ", is of another run";
  if (head.round < 2 || head.round < first) return its + ", is of an earlier meeting";
  SavedLife life;
  saved::Reader v{file->bytes.data(), file->bytes.size()};
  v(life);
  for (const KeptMeeting& said : life.said) v.check(said.mail.size() == options_.own.nodes);
  if (!v.is_exhausted()) return its + ", is damaged";
  saved_round_ = head.round;
  saved_ = std::move(life);
  // It was saved, and then the process ended before its log had begun anew.
  is_log_older_ = first != saved_round_;
  if (!is_log_older_) return {};
  base_ = saved_round_ - 1;
  reader_ = MeetingLogReader{{found_.bytes().data, LogHeadLayout::kBytes}};
  return {};
}

// The mutex is held.
Result<void> Recall::go_on() {
  MeetingLogHead head = options_.own;
  head.run = run_;
  auto log = is_log_older_ ? MeetingLog::begin(options_.log, head)
                           : MeetingLog::go_on(options_.log, sound_bytes_);
  if (!log) return tl::unexpected<Error>(log.error());
  log_ = std::move(*log);
  if (!saved_) return {};
  kept_ = saved_->said;
  words_ = saved_->words;
  return note_owed();
}

void Recall::forget_state() noexcept {
  saved_.reset();
  saved_round_ = 0;
  std::error_code ignored;
  // And what a process has left that ended while it wrote.
  for (const std::string& path : {state_path(), state_path() + ".new", options_.log + ".new"})
    std::filesystem::remove(path, ignored);
}

/// What was said when the state was saved, to all that have greeted by now and need it; whoever
/// greets later is told as ever.
Result<void> Recall::note_owed() {
  for (unsigned node = 0; node < peers_.size(); ++node) {
    const Peer& peer = peers_[node];
    if (node == options_.own.node || peer.greeted == 0) continue;
    Greeted again;
    send_again(node, again);
    if (!again.trouble.empty()) return failure(ErrorKind::environment, again.trouble);
    for (Resend& what : again.again) owed_.push_back({node, peer.greeted, std::move(what)});
  }
  return {};
}

std::vector<Recall::Owed> Recall::take_owed() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(owed_, {});
}

std::optional<SavedMeeting> Recall::take_saved() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!saved_) return std::nullopt;
  SavedMeeting meeting{saved_round_, saved_->proposed, saved_->mail_sum, std::move(saved_->state)};
  saved_.reset();
  return meeting;
}

Result<void> Recall::write(const LoggedMeeting& meeting, const MeetingLog::Mail& mail,
                           std::vector<std::byte> state) {
  SavedLife life;
  MeetingLogHead head = options_.own;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    life = {meeting.proposed, meeting.mail_sum, kept_, words_, std::move(state)};
    head.run = run_;
  }
  saved::Writer v;
  v(life);
  auto written = saved::write_state(
      state_path(),
      {head.plan, static_cast<std::uint32_t>(head.run), head.node, head.nodes, meeting.round},
      v.bytes());
  if (!written) return written;
  auto log = MeetingLog::begin_anew(options_.log, head, meeting, mail);
  if (!log) return tl::unexpected<Error>(log.error());
  log_ = std::move(*log);
  return {};
}

void Recall::keep_word(std::string_view word) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool is_new = std::find(words_.begin(), words_.end(), word) == words_.end();
  if (is_new) words_.emplace_back(word);
}

std::vector<std::string> Recall::kept_words() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return words_;
}

void Recall::remove_log() noexcept {
  if (!log_) return;
  forget_state();
  log_->remove();
}

}  // namespace chargemill::runtime
