#include "runtime/cluster/meeting_log.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "runtime/base/crc32c.hpp"
#include "runtime/cluster/meeting_log_layout.hpp"
#include "runtime/cluster/record_layout.hpp"

namespace chargemill::runtime {
namespace {

using Head = LogHeadLayout;
using Record = LogRecordLayout;

std::optional<MeetingLogHead> read_head(ByteView file) {
  if (file.size < Head::kBytes) return std::nullopt;
  const std::byte* const at = file.data;
  if (load_at<std::uint32_t>(at + Head::kMagicAt) != Head::kMagic ||
      load_at<std::uint16_t>(at + Head::kVersionAt) != Head::kVersion ||
      load_at<std::uint16_t>(at + Head::kZeroAt) != 0 ||
      load_at<std::uint32_t>(at + Head::kCrcAt) != crc32c(at, Head::kCrcAt))
    return std::nullopt;
  return MeetingLogHead{
      load_at<std::uint64_t>(at + Head::kPlanAt), load_at<Incarnation>(at + Head::kRunAt),
      load_at<std::uint16_t>(at + Head::kNodeAt), load_at<std::uint16_t>(at + Head::kNodesAt)};
}

std::array<std::byte, Head::kBytes> bytes_of_head(const MeetingLogHead& head) {
  std::array<std::byte, Head::kBytes> bytes{};
  std::byte* const at = bytes.data();
  store_at(at + Head::kMagicAt, Head::kMagic);
  store_at(at + Head::kVersionAt, Head::kVersion);
  store_at(at + Head::kNodeAt, head.node);
  store_at(at + Head::kNodesAt, head.nodes);
  store_at(at + Head::kPlanAt, head.plan);
  store_at(at + Head::kRunAt, head.run);
  store_at(at + Head::kCrcAt, crc32c(at, Head::kCrcAt));
  return bytes;
}

std::array<std::byte, LogMeetingLayout::kBytes> bytes_of_meeting(const LoggedMeeting& meeting) {
  using At = LogMeetingLayout;
  std::array<std::byte, At::kBytes> bytes{};
  std::byte* const at = bytes.data();
  const auto flags = static_cast<std::uint8_t>((meeting.grant.timers ? MeetingLayout::kTimers : 0) |
                                               (meeting.grant.stop ? MeetingLayout::kStop : 0));
  store_at(at + At::kRoundAt, meeting.round);
  store_at(at + At::kProposedAt, meeting.proposed);
  store_at(at + At::kMailSumAt, meeting.mail_sum);
  store_at(at + At::kEarliestAt, meeting.grant.earliest);
  store_at(at + At::kLimitAt, meeting.grant.limit_ns);
  store_at(at + At::kOrdersAt, meeting.grant.orders);
  store_at(at + At::kFlagsAt, flags);
  return bytes;
}

LoggedMeeting read_meeting(const std::byte* at) {
  using At = LogMeetingLayout;
  const auto flags = load_at<std::uint8_t>(at + At::kFlagsAt);
  LoggedMeeting meeting;
  meeting.round = load_at<std::uint64_t>(at + At::kRoundAt);
  meeting.proposed = load_at<std::int64_t>(at + At::kProposedAt);
  meeting.mail_sum = load_at<std::uint64_t>(at + At::kMailSumAt);
  meeting.grant.earliest = load_at<std::int64_t>(at + At::kEarliestAt);
  meeting.grant.limit_ns = load_at<std::int64_t>(at + At::kLimitAt);
  meeting.grant.orders = load_at<std::uint64_t>(at + At::kOrdersAt);
  meeting.grant.timers = (flags & MeetingLayout::kTimers) != 0;
  meeting.grant.stop = (flags & MeetingLayout::kStop) != 0;
  return meeting;
}

/// Whether it is nothing but whole mails.
bool is_mail(ByteView rest) {
  while (MeetingLogReader::take_mail(rest)) continue;
  return rest.size == 0;
}

Error cannot(const std::string& path) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the GNU function has a buffer a thread
  return {ErrorKind::environment, path + ": " + std::strerror(errno)};
}

}  // namespace

MeetingLogReader::MeetingLogReader(ByteView file) : file_(file), head_(read_head(file)) {
  if (head_) offset_ = Head::kBytes;
}

std::optional<LoggedEntry> MeetingLogReader::next() {
  const std::size_t left = file_.size - offset_;
  if (!head_ || left < Record::kHeaderBytes) return std::nullopt;
  const std::byte* const at = file_.data + offset_;
  const std::size_t length = load_at<std::uint32_t>(at + Record::kLengthAt);
  if (length < 1 || length > Record::kBytesMax || length > left - Record::kKindAt)
    return std::nullopt;
  if (load_at<std::uint32_t>(at + Record::kCrcAt) != crc32c(at + Record::kKindAt, length))
    return std::nullopt;
  const auto kind = load_at<std::uint8_t>(at + Record::kKindAt);
  LoggedEntry entry;
  entry.rest = {at + Record::kHeaderBytes, length - 1};
  if (kind == Record::kMeeting) {
    if (entry.rest.size < LogMeetingLayout::kBytes) return std::nullopt;
    entry.meeting = read_meeting(entry.rest.data);
    entry.rest = {entry.rest.data + LogMeetingLayout::kBytes,
                  entry.rest.size - LogMeetingLayout::kBytes};
    if (!is_mail(entry.rest)) return std::nullopt;
  } else if (kind != Record::kWord) {
    return std::nullopt;
  }
  offset_ += Record::kKindAt + length;
  return entry;
}

std::optional<LoggedMail> MeetingLogReader::take_mail(ByteView& rest) noexcept {
  using At = LogMailLayout;
  if (rest.size < At::kHeaderBytes) return std::nullopt;
  const std::size_t bytes = load_at<std::uint32_t>(rest.data + At::kBytesAt);
  if (bytes > rest.size - At::kHeaderBytes) return std::nullopt;
  const LoggedMail mail{load_at<std::uint16_t>(rest.data + At::kNodeAt),
                        {rest.data + At::kHeaderBytes, bytes}};
  rest = {mail.parcels.data + bytes, rest.size - At::kHeaderBytes - bytes};
  return mail;
}

Result<std::unique_ptr<MeetingLog>> MeetingLog::begin(const std::string& path,
                                                      const MeetingLogHead& head) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), error);
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return tl::unexpected<Error>(cannot(path));
  std::unique_ptr<MeetingLog> log{new MeetingLog{path, file}};
  const auto bytes = bytes_of_head(head);
  if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    return tl::unexpected<Error>(cannot(path));
  return log;
}

Result<std::unique_ptr<MeetingLog>> MeetingLog::begin_anew(const std::string& path,
                                                           const MeetingLogHead& head,
                                                           const LoggedMeeting& meeting,
                                                           const Mail& mail) {
  const std::string beside = path + ".new";
  auto log = begin(beside, head);
  if (!log) return log;
  const auto written = (*log)->write(meeting, mail);
  if (!written) return tl::unexpected<Error>(written.error());
  if (::rename(beside.c_str(), path.c_str()) != 0) return tl::unexpected<Error>(cannot(path));
  (*log)->path_ = path;
  return log;
}

Result<std::unique_ptr<MeetingLog>> MeetingLog::go_on(const std::string& path, std::size_t bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return tl::unexpected<Error>(cannot(path));
  std::unique_ptr<MeetingLog> log{new MeetingLog{path, file}};
  const auto end = static_cast<off_t>(bytes);
  if (::ftruncate(file, end) != 0 || ::lseek(file, end, SEEK_SET) != end)
    return tl::unexpected<Error>(cannot(path));
  return log;
}

MeetingLog::~MeetingLog() { ::close(file_); }

Result<void> MeetingLog::write(const LoggedMeeting& meeting, const Mail& mail) {
  const auto fixed = bytes_of_meeting(meeting);
  std::vector<std::array<std::byte, LogMailLayout::kHeaderBytes>> heads(mail.size());
  std::vector<ByteView> parts{{fixed.data(), fixed.size()}};
  for (std::size_t node = 0; node < mail.size(); ++node) {
    if (mail[node].empty()) continue;
    store_at(heads[node].data() + LogMailLayout::kNodeAt, static_cast<std::uint16_t>(node));
    store_at(heads[node].data() + LogMailLayout::kBytesAt,
             static_cast<std::uint32_t>(mail[node].size()));
    parts.push_back({heads[node].data(), heads[node].size()});
    parts.push_back({mail[node].data(), mail[node].size()});
  }
  return write_record(Record::kMeeting, std::move(parts));
}

Result<void> MeetingLog::write(std::string_view word) {
  return write_record(Record::kWord, {bytes_of(word)});
}

Result<void> MeetingLog::write_record(std::uint8_t kind, std::vector<ByteView> parts) {
  static_assert(2 * 32 + 2 < IOV_MAX, "a record goes by one call: 32 nodes, a head each");
  std::array<std::byte, Record::kHeaderBytes> head{};
  store_at(head.data() + Record::kKindAt, kind);
  std::size_t length = 1;
  std::uint32_t crc = crc32c(head.data() + Record::kKindAt, 1);
  for (const ByteView& part : parts) {
    length += part.size;
    crc = crc32c(part.data, part.size, crc);
  }
  if (length > Record::kBytesMax)
    return failure(ErrorKind::environment, path_ + ": a window has more mail than a record takes");
  store_at(head.data() + Record::kLengthAt, static_cast<std::uint32_t>(length));
  store_at(head.data() + Record::kCrcAt, crc);
  parts.insert(parts.begin(), ByteView{head.data(), head.size()});
  std::vector<iovec> vectors;
  for (const ByteView& part : parts)
    vectors.push_back({const_cast<std::byte*>(part.data), part.size});  // NOLINT: it is only read
  const std::lock_guard<std::mutex> lock(mutex_);
  for (std::size_t i = 0; i < vectors.size();) {
    const ssize_t written = ::writev(file_, &vectors[i], static_cast<int>(vectors.size() - i));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return tl::unexpected<Error>(cannot(path_));
    auto done = static_cast<std::size_t>(written);
    for (; i < vectors.size() && done >= vectors[i].iov_len; ++i) done -= vectors[i].iov_len;
    if (i == vectors.size()) break;
    vectors[i].iov_base = static_cast<std::byte*>(vectors[i].iov_base) + done;
    vectors[i].iov_len -= done;
  }
  return {};
}

void MeetingLog::remove() noexcept {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  // The last one takes the folder with it.
  std::filesystem::remove(std::filesystem::path{path_}.parent_path(), ignored);
}

MappedLog::MappedLog(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  is_there_ = true;
  struct stat about {};
  if (::fstat(file, &about) == 0 && about.st_size > 0) {
    const auto bytes = static_cast<std::size_t>(about.st_size);
    void* const at = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
    if (at != MAP_FAILED) bytes_ = {static_cast<const std::byte*>(at), bytes};
  }
  ::close(file);
}

MappedLog::~MappedLog() {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): as it was mapped
  if (bytes_.size > 0) ::munmap(const_cast<std::byte*>(bytes_.data), bytes_.size);
}

}  // namespace chargemill::runtime
