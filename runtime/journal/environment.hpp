// A segment file as LMDB sees it, and the handles that go with it. LMDB is known here and in the
// files that include this one.
#pragma once

#include <lmdb.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/result.hpp"

namespace chargemill::runtime::journal {

/// What LMDB or the system answered while doing `what` to `path`, as an error for people.
[[nodiscard]] tl::unexpected<Error> lmdb_failure(int code, const char* what,
                                                 const std::string& path);

/// That there is no memory. Its text is so short that it needs none.
[[nodiscard]] Error no_memory();

/// One open segment file. LMDB forbids to open a file twice in one process, because closing either
/// would drop the locks of both; so all who open the same path share one of these, counted.
/// Threads: any, for reading; one thread at a time has a write transaction.
/// Flags: never WRITEMAP, never NOSYNC, never NOMETASYNC (FORMAT.md says what each would lose);
/// NORDAHEAD, because the kernel's guess of 128 KiB around each page cost 1.8 ms a miss instead of
/// 54 us.
class Environment {
 public:
  enum class Access { read, write };
  /// How often those who have it open look for readers that died (LG-08).
  static constexpr std::chrono::seconds kClearEvery{30};
  /// One user's share; the file is closed with the last one.
  struct Release {
    void operator()(Environment* environment) const noexcept;
  };
  using Pointer = std::unique_ptr<Environment, Release>;

  /// Opens an existing segment. Fails if this process already has it open for reading only and
  /// `access` is write.
  [[nodiscard]] static Result<Pointer> open(const std::string& path, Access access);
  /// Opens for writing what `publish` gives its name. A reader of this process that sees the name
  /// at once waits, and then shares what is open: it cannot be first and keep the writer out.
  [[nodiscard]] static Result<Pointer> open_new(const std::string& path,
                                                const std::function<Result<void>()>& publish);
  /// Makes the file with its three empty tables; `head` is the value of "head". All in one
  /// transaction: on disk when it returns, after two flushes; closed again.
  [[nodiscard]] static Result<void> create(const std::string& path, std::uint64_t map_bytes,
                                           const std::string& head);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  [[nodiscard]] MDB_env* handle() const noexcept { return env_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] MDB_dbi main() const noexcept { return main_; }          ///< "head", "seal"
  [[nodiscard]] MDB_dbi records() const noexcept { return records_; }    ///< sequence -> record
  [[nodiscard]] MDB_dbi postings() const noexcept { return postings_; }  ///< last, level -> run
  /// Frees what readers that died left behind; called at open and now and then (LG-08).
  void clear_dead_readers() const noexcept;
  /// How much of the map is in use, 0 to 1.
  [[nodiscard]] double filled() const noexcept;
  /// The number of the last page that LMDB has taken of the file.
  [[nodiscard]] std::uint64_t last_page() const noexcept;
  [[nodiscard]] std::uint64_t map_bytes() const noexcept;

 private:
  explicit Environment(std::string path) noexcept : path_(std::move(path)) {}
  [[nodiscard]] static Result<Pointer> open_as(const std::string& path, Access access,
                                               const std::function<Result<void>()>& publish);
  [[nodiscard]] static Result<Pointer> open_alone(const std::string& path, Access access);
  [[nodiscard]] int open_file(unsigned flags, std::uint64_t map_bytes);
  [[nodiscard]] int open_tables(unsigned flags, unsigned table_flags,
                                std::string_view head = {}) noexcept;

  std::string path_;
  MDB_env* env_ = nullptr;
  MDB_dbi main_ = 0;
  MDB_dbi records_ = 0;
  MDB_dbi postings_ = 0;
  Access access_ = Access::read;
  std::size_t users_ = 1;  // guarded by the mutex of the table of open files
};

/// A transaction that ends with its scope, undone unless committed. One thread.
class Transaction {
 public:
  /// `flags`: MDB_RDONLY or 0.
  [[nodiscard]] static Result<Transaction> begin(const Environment& environment, unsigned flags);
  Transaction(Transaction&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  Transaction& operator=(Transaction&& other) noexcept {
    std::swap(txn_, other.txn_);
    return *this;
  }
  ~Transaction() {
    if (txn_ != nullptr) mdb_txn_abort(txn_);
  }
  [[nodiscard]] MDB_txn* get() const noexcept { return txn_; }
  /// LMDB's code; 0: what was written is on disk.
  [[nodiscard]] int commit() noexcept { return mdb_txn_commit(std::exchange(txn_, nullptr)); }

 private:
  explicit Transaction(MDB_txn* txn) noexcept : txn_(txn) {}
  MDB_txn* txn_;
};

/// A cursor that closes with its scope, before its transaction ends.
struct CloseCursor {
  void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
using Cursor = std::unique_ptr<MDB_cursor, CloseCursor>;
/// Empty when there is no memory for it.
[[nodiscard]] Cursor open_cursor(const Transaction& transaction, MDB_dbi table) noexcept;

/// A view for LMDB of a value that outlives the call.
template <class T>
[[nodiscard]] MDB_val as_val(const T& value) noexcept {
  return {sizeof(T), const_cast<T*>(&value)};
}

}  // namespace chargemill::runtime::journal
