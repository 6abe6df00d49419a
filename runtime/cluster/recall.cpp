#include "runtime/cluster/recall.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

Recall::Recall(Options options)
    : options_(std::move(options)),
      found_(options_.log),
      reader_(found_.bytes()),
      is_replaying_(!options_.log.empty()),
      peers_(options_.own.nodes) {
  for (Kept& kept : kept_) kept.mail.resize(options_.own.nodes);
  std::uint64_t first = 0;
  while (const auto entry = reader_.next()) {
    if (!entry->meeting) continue;
    base_ = entry->meeting->round;
    if (first == 0) first = base_;
  }
  sound_bytes_ = reader_.offset();
  reader_ = MeetingLogReader{{found_.bytes().data, sound_bytes_}};
  if (why_not_own().empty()) {
    const std::string trouble = find_state(first);
    if (first > 1) state_trouble_ = trouble;  // else it lives from the beginning
  }
  if (!why_not_own().empty()) base_ = 0;
  if (options_.own.node == 0) run_ = options_.own.run;
}

/// Why what was found is no log of this place; whether it is of this run shows later. Empty: it is.
std::string Recall::why_not_own() const {
  const auto& head = reader_.head();
  if (!found_.is_there()) return "there is none";
  if (!head) return "that is none";
  if (head->plan != options_.own.plan) return "that is of another scenario, seed or version";
  if (head->node != options_.own.node || head->nodes != options_.own.nodes)
    return "that is of another place among the nodes";
  return state_trouble_;
}

std::string Recall::begin_life(unsigned node) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Peer& peer = peers_[node];
  ++peer.life;
  Incarnation run = run_;
  if (!is_settled_ && options_.own.node != 0) run = base_ > 0 ? reader_.head()->run : Incarnation{};
  return greeting_text({run, std::max(peer.heard, base_) + 1});
}

std::uint64_t Recall::missing_from(unsigned node) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::max(peers_[node].heard, base_) + 1;
}

void Recall::note_meeting(unsigned node, std::uint64_t round) {
  const std::lock_guard<std::mutex> lock(mutex_);
  peers_[node].heard = std::max(peers_[node].heard, round);
}

bool Recall::has_greeted(unsigned node) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return peers_[node].life > 0 && peers_[node].greeted == peers_[node].life;
}

/// What it has on record counts in the run that it was written in.
std::uint64_t Recall::need_of(const Peer& peer) const noexcept {
  return peer.greeting.run == run_ ? peer.greeting.need : 1;
}

std::optional<Recall::Greeted> Recall::hear(unsigned node, std::string_view greeting) {
  const auto said = greeting_from(greeting);
  if (!said) return std::nullopt;
  const std::lock_guard<std::mutex> lock(mutex_);
  Peer& peer = peers_[node];
  if (peer.greeted == peer.life) return std::nullopt;
  peer.greeted = peer.life;
  peer.greeting = *said;
  if (node == 0 && !is_settled_) run_ = peer.greeting.run;
  peer.need = need_of(peer);
  Greeted result;
  result.has_returned = peer.life > 1;
  send_again(node, result);
  return result;
}

void Recall::send_again(unsigned node, Greeted& to) const {
  const std::uint64_t need = peers_[node].need;
  const auto [first, last] = std::minmax(kept_[0].round, kept_[1].round);
  if (need < first) {
    to.trouble = "node " + std::to_string(node) + " has no record of this run after meeting " +
                 std::to_string(need - 1) + ", and what it was told from there on is gone";
    return;
  }
  for (const std::uint64_t round : {first, last}) {
    if (round < need) continue;
    const Kept& kept = kept_[round & 1];
    to.again.push_back({kept.mail[node], kept.text});
  }
}

Result<void> Recall::settle() {
  const std::lock_guard<std::mutex> lock(mutex_);
  is_settled_ = true;
  bool has_begun = false;
  for (Peer& peer : peers_) {
    peer.need = need_of(peer);
    has_begun = has_begun || peer.need > 1;
  }
  if (options_.log.empty()) return {};
  std::string why = why_not_own();
  if (why.empty() && reader_.head()->run != run_) why = "that is of another run";
  if (why.empty()) return go_on();
  if (has_begun) return failure(ErrorKind::environment, without_log(why));
  base_ = 0;
  forget_state();
  end_replay();
  MeetingLogHead head = options_.own;
  head.run = run_;
  auto log = MeetingLog::begin(options_.log, head);
  if (!log) return tl::unexpected<Error>(log.error());
  log_ = std::move(*log);
  return {};
}

std::string Recall::without_log(const std::string& why) const {
  return "this node cannot return without its log, " + options_.log + ": " + why;
}

std::string Recall::obstacle() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool has_begun = std::any_of(peers_.begin(), peers_.end(), [](const Peer& peer) {
    return peer.greeting.run != Incarnation{} && peer.greeting.need > 1;
  });
  const std::string why = why_not_own();
  return has_begun && !options_.log.empty() && !why.empty() ? without_log(why) : std::string{};
}

std::vector<std::string> Recall::next_words() {
  std::vector<std::string> words;
  for (;;) {
    MeetingLogReader ahead = reader_;
    const auto entry = ahead.next();
    if (!entry || entry->meeting) return words;
    words.emplace_back(entry->rest.text());
    reader_ = ahead;
  }
}

Recall::Kept& Recall::kept_of(std::uint64_t round) {
  Kept& kept = kept_[round & 1];
  if (kept.round != round) {
    CHARGEMILL_ASSERT(kept.round < round);
    kept.round = round;
    for (auto& list : kept.mail) list.clear();
    kept.text.clear();
  }
  return kept;
}

std::uint32_t Recall::keep(unsigned node, ByteView parcel, std::uint64_t round) {
  const std::lock_guard<std::mutex> lock(mutex_);
  auto& mail = kept_of(round).mail[node];
  mail.insert(mail.end(), parcel.data, parcel.data + parcel.size);
  const Peer& peer = peers_[node];
  return round < peer.need ? 0 : peer.greeted;
}

std::vector<std::pair<unsigned, std::uint32_t>> Recall::keep(std::uint64_t round,
                                                             const std::string& text) {
  std::vector<std::pair<unsigned, std::uint32_t>> now;
  const std::lock_guard<std::mutex> lock(mutex_);
  kept_of(round).text = text;
  for (unsigned node = 0; node < peers_.size(); ++node) {
    const Peer& peer = peers_[node];
    if (node != options_.own.node && round >= peer.need && peer.greeted > 0)
      now.emplace_back(node, peer.greeted);
  }
  return now;
}

}  // namespace chargemill::runtime
