// Reading a journal, also while another process writes it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/journal/directory.hpp"
#include "runtime/journal/environment.hpp"
#include "runtime/journal/file_ahead.hpp"
#include "runtime/journal/postings_ahead.hpp"
#include "runtime/journal/sealed_file.hpp"
#include "runtime/journal/segment_reader.hpp"

namespace chargemill::runtime::journal {

/// Sees every record that was committed before the call. Never waits for the writer, nor the writer
/// for it; each call holds short transactions, one a segment, or one for kShownAtOnce records that
/// are shown from the newest on.
/// Records are shown as views that are valid during the visit only, and every one is checked
/// first.
/// A visit does not ask its own reader.
/// Records that are disowned (disowned.hpp) are left out; last(), first_since() and check() know
/// them. However many they are, scan() does not come by them, nor does a walk from the newest on if
/// they are the last: whoever asks again and again pays for what he is shown.
/// Threads: one at a time; as many readers as one likes (126 a segment at the same moment).
/// Errors: a damaged record or file, by name; LMDB's own.
class Reader {
 public:
  /// False ends the reading.
  using Visit = std::function<bool(const Record&)>;
  /// Whether files may be damaged, so that all their pages are looked at before LMDB follows them,
  /// each time that it opens one: every file is read twice. Only for files that nobody writes.
  enum class Care { usual, suspicious };
  /// How far a scan will probably go: to the end, then what is not in memory is read ahead from the
  /// beginning on, of all segments; or not, then only once it has waited for the disk.
  enum class Extent { some, all };
  /// So many records are shown within one transaction: as many as a commit waits for, and
  /// few enough for a look-up of each (LG-07 allows a second).
  static constexpr std::uint64_t kShownAtOnce = 4'096;

  [[nodiscard]] static Result<Reader> open(const std::string& directory, Care care = Care::usual);

  /// The newest `limit` records that bear `key`, up to number `upto`, newest first, by the
  /// postings: nothing else is read. O(segments * log(records) + limit). Returns how many there
  /// were.
  [[nodiscard]] Result<std::uint64_t> newest(PostingKey key, std::uint64_t limit,
                                             const Visit& visit, Sequence upto = kSequenceMax);
  /// The same for one of many keys, of few records each: in the segments that the newest() before
  /// it has found, and without asking the disk for anything ahead.
  [[nodiscard]] Result<std::uint64_t> look_up(PostingKey key, std::uint64_t limit,
                                              const Visit& visit);
  /// The newest `limit` records of all, up to number `upto`, newest first.
  [[nodiscard]] Result<std::uint64_t> newest_of_all(std::uint64_t limit, const Visit& visit,
                                                    Sequence upto = kSequenceMax);
  /// All from number `from` on that are still kept, oldest first. Returns how many were shown.
  [[nodiscard]] Result<std::uint64_t> scan(Sequence from, const Visit& visit,
                                           Extent extent = Extent::some);
  /// How many records from number `from` on bear `key`, by the postings alone: O(segments *
  /// log(records)), and in sealed ones without LMDB.
  [[nodiscard]] Result<std::uint64_t> count(PostingKey key, Sequence from = 1);
  /// The number of the first record that is not older than `time`, by halving; one above the last
  /// if all are older. Exact where times rise with numbers, and nearly so where they nearly do.
  [[nodiscard]] Result<Sequence> first_since(Micros time);
  /// The newest record's number; 0 in an empty journal.
  [[nodiscard]] Result<Sequence> last();
  /// That of the newest that counts; 0: none does.
  [[nodiscard]] Result<Sequence> last_owned();
  /// From which number on there are `count` of those, or all of them if they are fewer. Requires at
  /// least one.
  [[nodiscard]] Result<Sequence> first_of_newest(std::uint64_t count);
  /// Looks at everything: records, numbers without gaps, manifests, every posting. Returns how many
  /// records there are. Slow by design.
  [[nodiscard]] Result<std::uint64_t> check();

 private:
  struct Segment {
    SegmentName name;
    Sequence last_max = 0;  ///< what its successor begins with is not read here
    /// For newest(), if it can do without LMDB.
    std::unique_ptr<SealedFile> sealed;
    Environment::Pointer environment;  ///< null until somebody needs it
  };

  /// The newest `limit` of a key.
  struct Wanted {
    PostingKey key;
    std::uint64_t limit;
  };

  /// How many segments are opened or looked into at the same time.
  static constexpr std::size_t kAtOnceMax = 16;
  static constexpr std::uint64_t kForeseenMax = PostingsAhead::kForeseen;

  /// Sees a segment within one transaction; false ends the reading.
  using Look = std::function<Result<bool>(const SegmentView&)>;

  /// Leaves out what is disowned, counts what is shown, and stops at `limit`. Both references
  /// outlive it.
  [[nodiscard]] SegmentView::Visit up_to(std::uint64_t limit, std::uint64_t& shown,
                                         const Visit& visit) const;

  Reader(std::string directory, Care care) : directory_(std::move(directory)), care_(care) {}
  [[nodiscard]] Result<void> list();
  [[nodiscard]] Result<bool> look_into(Segment& segment, const Look& look) const;
  [[nodiscard]] Result<bool> scan_back(Segment& segment, const SegmentView::Visit& visit,
                                       Sequence upto) const;
  [[nodiscard]] Result<std::size_t> open_for_newest(const Wanted& wanted);
  [[nodiscard]] Result<void> open_segment(Segment& segment) const;
  [[nodiscard]] Result<void> open_segments(const std::vector<Segment*>& segments,
                                           const Wanted* ahead) const;
  void open_sealed(const std::vector<Segment*>& segments) const;
  void let_go(const std::function<bool(const Segment&)>& is_gone);
  static void foresee_in(const Segment& segment, const Wanted& wanted);
  [[nodiscard]] std::size_t foresee_sealed(const Wanted& wanted, std::size_t begin,
                                           std::size_t end) const;
  [[nodiscard]] std::size_t foresee(const Wanted& wanted, std::size_t begin, std::size_t end) const;
  /// The transaction and the segment outlive it.
  [[nodiscard]] static SegmentView view_of(const Segment& segment,
                                           const Transaction& transaction) noexcept;
  /// The next number that is not disowned, or the one before, beginning with that itself;
  /// kSequenceMax and 0: there is none.
  [[nodiscard]] Sequence next_owned(Sequence from) const noexcept;
  [[nodiscard]] Sequence owned_before(Sequence upto) const noexcept;
  /// How far one may read on from a number that is not.
  [[nodiscard]] Sequence owned_to(Sequence from) const noexcept;
  /// The first number in a segment that a scan from `from` on shows; none: it shows nothing of it.
  [[nodiscard]] std::optional<Sequence> begin_in(const Segment& segment,
                                                 Sequence from) const noexcept;
  void open_sealed_from(Sequence from);
  void foresee_counts(PostingKey key, Sequence from) const;
  [[nodiscard]] Result<std::vector<FileAhead::Part>> files_from(Sequence from);
  [[nodiscard]] Result<std::size_t> first_not_before(Micros time);
  void clear_dead_readers();
  [[nodiscard]] std::size_t segments_up_to(Sequence upto) const noexcept;
  [[nodiscard]] Result<bool> newest_by_lmdb(const Segment& segment, PostingKey key,
                                            const SegmentView::Visit& visit, Sequence upto) const;
  [[nodiscard]] Result<bool> newest_of(Segment& segment, PostingKey key,
                                       const SegmentView::Visit& visit,
                                       Sequence upto = kSequenceMax) const;

  std::string directory_;
  Care care_;
  std::vector<Segment> segments_;   // oldest first
  std::vector<Disowned> disowned_;  // no number is in two of them
  std::chrono::steady_clock::time_point cleared_{};
  bool is_warm_ = false;  // the last newest() has waited for no page
};

}  // namespace chargemill::runtime::journal
