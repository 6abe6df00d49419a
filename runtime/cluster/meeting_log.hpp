// What a node must know to live through its windows again: a file of meetings and of words.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/cluster/frame.hpp"
#include "runtime/engine/window_barrier.hpp"
#include "runtime/wire/byte_view.hpp"

namespace chargemill::runtime {

/// Whose log it is.
struct MeetingLogHead {
  std::uint64_t plan = 0;  ///< of what is simulated
  Incarnation run{};       ///< the life of node 0, which leads all of a run
  std::uint16_t node = 0;
  std::uint16_t nodes = 0;
};

/// What a node brought to a meeting, and what came of it.
struct LoggedMeeting {
  std::uint64_t round = 0;
  std::int64_t proposed = 0;   ///< its own earliest window
  std::uint64_t mail_sum = 0;  ///< of the records that it had sent since the meeting before
  WindowGrant grant{};
};

/// A meeting, or a word of those who run the nodes.
struct LoggedEntry {
  std::optional<LoggedMeeting> meeting;  ///< none: a word
  ByteView rest;                         ///< of a meeting the mail, of a word its text
};

/// What one node sent before a meeting.
struct LoggedMail {
  unsigned node = 0;
  ByteView parcels;
};

/// Reads a log from its bytes, which outlive this. Any bytes: what is damaged ends it.
class MeetingLogReader {
 public:
  explicit MeetingLogReader(ByteView file);

  /// None: these are no bytes of a log.
  [[nodiscard]] const std::optional<MeetingLogHead>& head() const noexcept { return head_; }
  /// None: the log ends here, or what follows is damaged.
  [[nodiscard]] std::optional<LoggedEntry> next();
  /// So many bytes have been read, and are sound.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  /// Takes the first mail off `rest` of a meeting; none: there is no more.
  [[nodiscard]] static std::optional<LoggedMail> take_mail(ByteView& rest) noexcept;

 private:
  ByteView file_;
  std::size_t offset_ = 0;
  std::optional<MeetingLogHead> head_;
};

/// Writes a log: each record by one call of the system and without a buffer of its own, so that
/// what was written outlives the process, though not the machine.
/// Threads: any.
class MeetingLog {
 public:
  /// By node; empty ones are left out.
  using Mail = std::vector<std::vector<std::byte>>;

  /// A new one, in place of what is there. Makes its folder.
  [[nodiscard]] static Result<std::unique_ptr<MeetingLog>> begin(const std::string& path,
                                                                 const MeetingLogHead& head);
  /// Goes on behind the first `bytes` of one that is there.
  [[nodiscard]] static Result<std::unique_ptr<MeetingLog>> go_on(const std::string& path,
                                                                 std::size_t bytes);
  /// One that begins with `meeting`, in place of what is there, at once: no moment is without a
  /// log.
  [[nodiscard]] static Result<std::unique_ptr<MeetingLog>> begin_anew(const std::string& path,
                                                                      const MeetingLogHead& head,
                                                                      const LoggedMeeting& meeting,
                                                                      const Mail& mail);
  ~MeetingLog();
  MeetingLog(const MeetingLog&) = delete;
  MeetingLog& operator=(const MeetingLog&) = delete;

  [[nodiscard]] Result<void> write(const LoggedMeeting& meeting, const Mail& mail);
  [[nodiscard]] Result<void> write(std::string_view word);
  /// It will not be needed any more, nor its folder when that is empty.
  void remove() noexcept;

 private:
  MeetingLog(std::string path, int file) : path_(std::move(path)), file_(file) {}
  [[nodiscard]] Result<void> write_record(std::uint8_t kind, std::vector<ByteView> parts);

  std::string path_;
  const int file_;
  std::mutex mutex_;  // once a meeting; a word is rare
};

/// A file in memory, to be read. One that cannot be opened is empty.
class MappedLog {
 public:
  explicit MappedLog(const std::string& path);
  ~MappedLog();
  MappedLog(const MappedLog&) = delete;
  MappedLog& operator=(const MappedLog&) = delete;

  [[nodiscard]] bool is_there() const noexcept { return is_there_; }
  [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }

 private:
  bool is_there_ = false;
  ByteView bytes_;
};

}  // namespace chargemill::runtime
