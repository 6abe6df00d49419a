// What lies between two nodes of a seeded run, one way: the ends that Links has. The wires between
// them are of whoever plays the run, and promise nothing.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/agreement/machine_time.hpp"
#include "runtime/cluster/frame.hpp"
#include "runtime/cluster/held_words.hpp"
#include "runtime/cluster/link_receiver.hpp"
#include "runtime/cluster/link_sender.hpp"
#include "tests/simulation/seeded_peers.hpp"

namespace chargemill::test {

using runtime::agreement::MachineTime;

/// Messages of actors are data and words are control: what Links::Thread does with frames, in its
/// plainest form. What is posted is numbered, so that it shows whether each comes once and in its
/// turn.
class SeededLink {
 public:
  /// On its way.
  struct Frame {
    bool is_word = false;
    std::uint64_t sequence = 0;
    runtime::SlabPtr slab;
  };
  /// A beat: how far both have come.
  struct Acks {
    runtime::Ack mail, words;
  };

  // ---- where it begins
  void post(const Post& post) {
    if (is_closed_) return;
    std::string text;
    if (post.to != 0) {
      put(text, ++mail_posted_);
      put(text, post.to);
      put(text, post.kind);
      text += post.content;
      return keep(mail_, text);
    }
    put(text, ++words_posted_);
    put(text, mail_posted_);
    put(text, post.is_bulk);
    text += post.content;
    std::string_view rest = text;
    do {
      const std::string_view part = rest.substr(0, kPartBytes);
      rest.remove_prefix(part.size());
      std::string body;  // PartLayout
      put(body, mail_.out.next_sequence() - 1);
      put(body, static_cast<std::uint8_t>(rest.empty() ? 1 : 0));
      body += part;
      keep(words_, body);
    } while (!rest.empty());
  }
  /// Gives what should go on its way now to `send`.
  template <class Send>
  void push(MachineTime now, Send send) {
    for (Way* const way : {&words_, &mail_}) {
      while (const auto* const due = way->out.due()) {
        const Frame frame{way == &words_, due->sequence, due->frame};
        way->out.sent(at(now));
        send(frame);
      }
    }
  }
  void tick(MachineTime now) {
    mail_.out.tick(at(now));
    words_.out.tick(at(now));
  }
  /// False: the other end claims to have what was never sent.
  [[nodiscard]] bool hear(const Acks& acks, MachineTime now) {
    if (is_closed_) return true;
    std::uint64_t freed = 0;
    const bool is_sound = mail_.out.acknowledge(acks.mail, at(now), freed) &&
                          words_.out.acknowledge(acks.words, at(now), freed);
    if (now - heard_at_ > runtime::LinksOptions{}.suspect_after) {
      mail_.out.hurry();
      words_.out.hurry();
    }
    heard_at_ = now;
    return is_sound;
  }
  [[nodiscard]] bool is_idle() const noexcept {
    return mail_.out.is_idle() && words_.out.is_idle();
  }
  [[nodiscard]] std::uint64_t resent() const noexcept {
    return mail_.out.resent() + words_.out.resent();
  }

  // ---- where it ends
  /// Gives to `hear` what may be heard now. False: something came twice, or out of its turn.
  template <class Hear>
  [[nodiscard]] bool land(const Frame& frame, Hear hear) {
    if (is_closed_) return true;
    Way& way = frame.is_word ? words_ : mail_;
    const auto verdict = way.in.take(frame.sequence, frame.slab->frame_bytes());
    if (verdict == runtime::LinkReceiver::Verdict::no_room) ++refused_;
    if (verdict != runtime::LinkReceiver::Verdict::deliver) return true;
    const runtime::ByteView body{frame.slab->body(), frame.slab->body_bytes()};
    bool is_sound = true;
    if (frame.is_word) {
      const auto part = runtime::read_part(body);
      is_sound = part && held_.take(*part, frame.slab->frame_bytes());
    } else {
      is_sound = hear_mail(body.text(), hear);
    }
    held_.show(mail_.in.next(),
               [&](std::string_view text) { is_sound = hear_word(text, hear) && is_sound; });
    words_.in.hold(held_.bytes());
    return is_sound;
  }
  /// Of words that wait for mail.
  [[nodiscard]] std::uint64_t held_bytes() const noexcept { return held_.bytes(); }
  /// Frames that came where there was no room.
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
  [[nodiscard]] bool owes_an_ack() const noexcept {
    return mail_.in.owes_an_ack() || words_.in.owes_an_ack();
  }
  [[nodiscard]] bool is_pressing() const noexcept {
    return mail_.in.is_pressing() || words_.in.is_pressing();
  }
  [[nodiscard]] Acks say() noexcept {
    const Acks acks{mail_.in.ack(), words_.in.ack()};
    mail_.in.acked();
    words_.in.acked();
    return acks;
  }

  /// One end has given up the other one, for good.
  void close() {
    is_closed_ = true;
    for (Way* const way : {&words_, &mail_}) (void)way->out.start_over();
    held_.clear();
  }
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }

  static constexpr Nanos kPatience = std::chrono::milliseconds{300};
  static constexpr std::uint32_t kWindow = 16'384;  // a small one, so that it is filled
  static constexpr std::size_t kPartBytes = 4'096;  // likewise: words of several frames

 private:
  struct Way {
    runtime::LinkSender out{kPatience};
    runtime::LinkReceiver in{kWindow};
  };

  static SimTime at(MachineTime now) { return SimTime{now.time_since_epoch()}; }
  template <class T>
  static void put(std::string& to, const T& value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  static T take(std::string_view& from) {
    T value{};
    std::memcpy(&value, from.data(), sizeof value);
    from.remove_prefix(sizeof value);
    return value;
  }
  static void keep(Way& way, std::string_view body) {
    auto slab = runtime::SlabPool::make(body.size());
    std::memcpy(slab->body(), body.data(), body.size());
    slab->grow(body.size());
    way.out.keep(std::move(slab));
  }

  template <class Hear>
  [[nodiscard]] bool hear_mail(std::string_view text, Hear& hear) {
    const bool is_in_turn = take<std::uint64_t>(text) == ++mail_heard_;
    Post post;
    post.to = take<runtime::Entity>(text);
    post.kind = take<std::uint8_t>(text);
    post.content = text;
    hear(post);
    return is_in_turn;
  }
  template <class Hear>
  [[nodiscard]] bool hear_word(std::string_view text, Hear& hear) {
    const bool is_in_turn = take<std::uint64_t>(text) == ++words_heard_;
    const bool has_mail = take<std::uint64_t>(text) <= mail_heard_;
    Post post;
    post.is_bulk = take<bool>(text);
    post.content = text;
    hear(post);
    return is_in_turn && has_mail;
  }

  Way mail_, words_;
  std::uint64_t mail_posted_ = 0, words_posted_ = 0;  // of where it begins
  MachineTime heard_at_{};                            // likewise: the other end's last beat
  std::uint64_t mail_heard_ = 0, words_heard_ = 0;    // of where it ends, as what follows
  runtime::HeldWords held_{runtime::Links::kMessageBytesMax};
  std::uint64_t refused_ = 0;
  bool is_closed_ = false;
};

}  // namespace chargemill::test
