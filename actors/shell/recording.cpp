#include "actors/shell/recording.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/journal/directory.hpp"

namespace chargemill {

using runtime::journal::Journal;
using runtime::journal::JournalState;
using runtime::journal::Reader;
using runtime::journal::Sequence;

Result<std::unique_ptr<Recording>> Recording::open(Options options) {
  std::unique_ptr<Recording> recording{new Recording(options)};  // the constructor is private
  // The writer first: who has the directory knows that nobody else writes while he reads.
  options.journal.on_state = [&one = *recording](JournalState state, const std::string& why) {
    one.changed(state, why);
  };
  // What a restart would read stays, whatever else is dropped.
  options.journal.chain.needed_from = [directory = recording->directory_,
                                       part = options.part]() -> Result<Sequence> {
    auto before = Reader::open(directory);
    if (!before) return tl::unexpected(before.error());
    return archive::needed_from(*before, part);
  };
  auto journal = Journal::open(std::move(options.journal));
  if (!journal) return tl::unexpected(journal.error());
  recording->journal_ = std::move(*journal);
  auto reader = Reader::open(recording->directory_);
  if (!reader) return tl::unexpected(reader.error());
  auto last = archive::find_last_run(*reader);
  if (!last) return tl::unexpected(last.error());
  recording->last_run_ = *last;
  const auto newest = reader->last();
  if (!newest) return tl::unexpected(newest.error());
  recording->last_sequence_ = *newest;
  return recording;
}

Result<void> Recording::repeat_from(runtime::journal::Sequence before) {
  CHARGEMILL_ASSERT(recorders_.empty());
  auto reader = Reader::open(directory_);
  if (!reader) return tl::unexpected(reader.error());
  auto last = archive::find_last_run(*reader, before);
  if (!last) return tl::unexpected(last.error());
  last_run_ = *last;
  upto_ = last_sequence_ = before;
  before_ = std::make_unique<WrittenBefore>();
  const auto read = reader->scan(
      before + 1,
      [this](const runtime::journal::Record& record) {
        before_->note(record);
        return true;
      },
      Reader::Extent::all);
  if (!read) return tl::unexpected(read.error());
  before_->seal();
  return {};
}

Result<Recording::Mark> Recording::mark(Nanos patience) {
  if (!flush(patience)) return failure(ErrorKind::environment, directory_ + ": the disk is slow");
  auto reader = Reader::open(directory_);
  if (!reader) return tl::unexpected(reader.error());
  const auto last = reader->last();
  if (!last) return tl::unexpected(last.error());
  return Mark{*last, appended()};
}

Result<void> Recording::repeat_from(const Mark& mark) {
  CHARGEMILL_ASSERT(before_ != nullptr);
  auto reader = Reader::open(directory_);
  if (!reader) return tl::unexpected(reader.error());
  std::uint64_t again = 0;
  for (const auto& recorder : recorders_) again += recorder->appended();
  // The first ones were appended again, or taken out, before anybody knew better.
  if (mark.appended < again) return failure(ErrorKind::environment, directory_ + ": is another's");
  before_->begin_anew(mark.appended - again);
  const auto read = reader->scan(mark.last + 1, [this](const runtime::journal::Record& record) {
    before_->note(record);
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  before_->seal();
  return {};
}

Recording::Recording(const Options& options)
    : directory_(options.journal.chain.directory), pace_(options.pace), part_(options.part) {}

Recording::~Recording() = default;

Result<archive::Image> Recording::restore(archive::Origin origin,
                                          const archive::Wanted& shards) const {
  CHARGEMILL_ASSERT(last_run_.has_value());
  auto reader = Reader::open(directory_);
  if (!reader) return tl::unexpected(reader.error());
  archive::Wanted wanted = shards;
  if (wanted.empty() && part_.nodes > 1) {
    for (std::uint16_t shard = 0; shard < last_run_->run.shards; ++shard)
      wanted.push_back(shard % part_.nodes == part_.node);
  }
  return archive::restore(*reader, last_run_->run, origin, wanted, upto_);
}

void Recording::begin(archive::RunBegan run, archive::Origin origin, NameBook names,
                      unsigned workers) {
  CHARGEMILL_ASSERT(recorders_.empty());
  CHARGEMILL_ASSERT(workers > 0 && workers <= Journal::kAppendersMax);
  names_ = std::move(names);
  for (unsigned w = 0; w < workers; ++w)
    recorders_.push_back(
        std::make_unique<Recorder>(*journal_, names_, origin, pace_, before_.get()));
  run.at = SimTime{};
  if (run.run == 0) run.run = last_run_ ? last_run_->run.run + 1 : 1;
  for (const auto& recorder : recorders_) recorder->repeat(run);
  const bool has_room = recorders_.front()->try_append(run);
  CHARGEMILL_ASSERT(has_room);
}

bool Recording::flush(Nanos patience) {
  for (const auto& recorder : recorders_) {
    if (!journal_->wait_durable(recorder->appender(), recorder->appended(), patience)) return false;
  }
  return true;
}

void Recording::stop_waking() {
  for (const auto& recorder : recorders_) recorder->stop_waking();
}

runtime::journal::JournalStatus Recording::close() {
  const auto before = journal_->status();
  journal_->close();
  const auto after = journal_->status();
  runtime::journal::JournalStatus added;
  added.state = after.state;
  added.records = after.records - before.records;
  added.failures = after.failures - before.failures;
  added.discarded = after.discarded - before.discarded;
  if (added.failures > 0) added.last_failure = after.last_failure;
  return added;
}

void Recording::changed(JournalState state, const std::string& why) {
  if (state == JournalState::abandoned) hold_no_more();
  // Last: it may lack the memory for its text.
  const std::lock_guard<std::mutex> lock(mutex_);
  news_.push_back({state, why});
}

void Recording::hold_no_more() {
  for (const auto& recorder : recorders_) {
    recorder->abandon();
    recorder->wake_askers();
  }
}

std::vector<Recording::News> Recording::take_news() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(news_, {});
}

std::uint64_t Recording::appended() const {
  std::uint64_t sum = 0;
  for (const auto& recorder : recorders_) sum += recorder->appended();
  return sum + (before_ ? before_->taken() : 0);
}

runtime::journal::JournalStatus Recording::status() const {
  auto status = journal_->status();
  if (before_) status.records += before_->taken();
  return status;
}

std::uint64_t Recording::bytes_on_disk() const {
  std::uint64_t sum = 0;
  const auto names = runtime::journal::list_segments(directory_);
  if (!names) return 0;
  for (const auto& name : *names)
    sum += runtime::journal::bytes_of(runtime::journal::path_of(directory_, name));
  return sum;
}

}  // namespace chargemill
