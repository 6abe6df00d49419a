#include "runtime/journal/environment.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>

#include "runtime/journal/page_check.hpp"

namespace chargemill::runtime::journal {
namespace {

constexpr mdb_mode_t kFileMode = 0644;
constexpr unsigned kFlags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD;

/// Who has what open in this process.
struct OpenFiles {
  std::mutex mutex;
  std::condition_variable opened;
  std::map<std::string, Environment*> by_path;  // guarded by mutex; null while it is being opened
};
OpenFiles& open_files() {
  static OpenFiles all;
  return all;
}

/// What LMDB makes of its lock file: 126 readers.
constexpr off_t kLockFileBytes = 8'192;

/// LMDB maps its lock file without asking whether the disk has room for it, and a page that finds
/// none ends the process with SIGBUS. So its blocks are taken first. Requires that nobody in this
/// process has it open: closing it would drop LMDB's locks.
int reserve_lock_file(const std::string& path) {
  const int file = ::open((path + "-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (file < 0) return 0;  // LMDB finds the same, and says so
  struct stat found {};
  const bool is_there = ::fstat(file, &found) == 0 && found.st_size >= kLockFileBytes;
  const int code = is_there ? 0 : ::posix_fallocate(file, 0, kLockFileBytes);
  (void)::close(file);
  return code == EOPNOTSUPP || code == EINVAL ? 0 : code;
}

int put_head(MDB_txn* txn, MDB_dbi main, std::string_view head) noexcept {
  constexpr std::string_view kName = "head";
  MDB_val key{kName.size(), const_cast<char*>(kName.data())};
  MDB_val value{head.size(), const_cast<char*>(head.data())};
  return mdb_put(txn, main, &key, &value, 0);
}

/// Why a segment could not be opened. Whoever reads one writes into its lock file as well, which
/// another user may not: then that is what is shut, and not the segment, which he may read.
/// Requires that nobody in this process has it open.
tl::unexpected<Error> why_not_opened(int code, const std::string& path) {
  const std::string lock = path + "-lock";
  const int file = ::open(lock.c_str(), O_RDWR | O_CLOEXEC);
  const bool is_lock_shut = file < 0 && errno == code && ::access(path.c_str(), R_OK) == 0;
  if (file >= 0) (void)::close(file);
  if (!is_lock_shut) return lmdb_failure(code, "open", path);
  return lmdb_failure(code, "write, as readers must,", lock);
}

/// Tells the kernel that a small file will be read.
void foresee_file(const std::string& path) noexcept {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  (void)::posix_fadvise(file, 0, 0, POSIX_FADV_WILLNEED);
  (void)::close(file);
}

}  // namespace

tl::unexpected<Error> lmdb_failure(int code, const char* what, const std::string& path) {
  return failure(ErrorKind::environment,
                 std::string{"cannot "} + what + " " + path + ": " + mdb_strerror(code));
}

Error no_memory() { return {ErrorKind::environment, "no memory left"}; }

Result<Environment::Pointer> Environment::open(const std::string& path, Access access) {
  return open_as(path, access, [] { return Result<void>{}; });
}

Result<Environment::Pointer> Environment::open_new(const std::string& path,
                                                   const std::function<Result<void>()>& publish) {
  return open_as(path, Access::write, publish);
}

Result<Environment::Pointer> Environment::open_as(const std::string& path, Access access,
                                                  const std::function<Result<void>()>& publish) {
  OpenFiles& files = open_files();
  std::unique_lock<std::mutex> lock(files.mutex);
  const auto is_being_opened = [&] {
    const auto known = files.by_path.find(path);
    return known != files.by_path.end() && known->second == nullptr;
  };
  files.opened.wait(lock, [&] { return !is_being_opened(); });
  if (const auto known = files.by_path.find(path); known != files.by_path.end()) {
    if (access == Access::write && known->second->access_ == Access::read)
      return failure(ErrorKind::environment, path + " is open for reading in this process");
    ++known->second->users_;
    return Pointer{known->second};
  }
  files.by_path[path] = nullptr;
  lock.unlock();  // others may open other files meanwhile
  Result<Pointer> opened = tl::unexpected(no_memory());
  try {
    const auto published = publish();
    opened = published ? open_alone(path, access) : tl::unexpected(published.error());
  } catch (const std::bad_alloc&) {  // others wait for what comes of it
  }
  lock.lock();
  if (opened)
    files.by_path[path] = opened->get();
  else
    files.by_path.erase(path);
  files.opened.notify_all();
  return opened;
}

Result<Environment::Pointer> Environment::open_alone(const std::string& path, Access access) {
  foresee_file(path + "-lock");
  if (const auto sound = check_metas(path); !sound) return tl::unexpected(sound.error());
  std::unique_ptr<Environment> opened{new Environment(path)};  // the constructor is private
  opened->access_ = access;
  const unsigned flags = access == Access::read ? MDB_RDONLY : 0U;
  int code = opened->open_file(flags, 0);
  if (code == 0) opened->clear_dead_readers();
  if (code == 0) code = opened->open_tables(flags, 0);
  if (code == 0) return Pointer{opened.release()};
  opened.reset();
  return why_not_opened(code, path);
}

void Environment::Release::operator()(Environment* environment) const noexcept {
  OpenFiles& files = open_files();
  // Closing under the lock: whoever opens this path next finds it closed.
  const std::lock_guard<std::mutex> lock(files.mutex);
  if (--environment->users_ > 0) return;
  files.by_path.erase(environment->path_);
  const std::unique_ptr<Environment> last{environment};
}

Result<void> Environment::create(const std::string& path, std::uint64_t map_bytes,
                                 const std::string& head) {
  Environment fresh{path};
  int code = fresh.open_file(0, map_bytes);
  if (code == 0) code = fresh.open_tables(0, MDB_CREATE, head);
  if (code != 0) return lmdb_failure(code, "create", path);
  return {};
}

Environment::~Environment() {
  if (env_ != nullptr) mdb_env_close(env_);
}

int Environment::open_file(unsigned flags, std::uint64_t map_bytes) {
  if (const int code = mdb_env_create(&env_); code != 0) return code;
  if (const int code = mdb_env_set_maxdbs(env_, 2); code != 0) return code;
  if (map_bytes != 0) {
    if (const int code = mdb_env_set_mapsize(env_, map_bytes); code != 0) return code;
  }
  if (const int code = reserve_lock_file(path_); code != 0) return code;
  return mdb_env_open(env_, path_.c_str(), flags | kFlags, kFileMode);
}

/// Finds or makes the tables, and puts `head` beside them unless it is empty.
int Environment::open_tables(unsigned flags, unsigned table_flags, std::string_view head) noexcept {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, nullptr, flags, &txn); code != 0) return code;
  int code = mdb_dbi_open(txn, nullptr, 0, &main_);
  if (code == 0) code = mdb_dbi_open(txn, "records", MDB_INTEGERKEY | table_flags, &records_);
  if (code == 0) code = mdb_dbi_open(txn, "postings", MDB_INTEGERKEY | table_flags, &postings_);
  if (code == 0 && !head.empty()) code = put_head(txn, main_, head);
  if (code == 0) return mdb_txn_commit(txn);
  mdb_txn_abort(txn);
  return code;
}

void Environment::clear_dead_readers() const noexcept {
  int dead = 0;
  (void)mdb_reader_check(env_, &dead);  // a table that cannot be checked holds back space only
}

double Environment::filled() const noexcept {
  MDB_envinfo info{};
  MDB_stat stat{};
  if (mdb_env_info(env_, &info) != 0 || mdb_env_stat(env_, &stat) != 0) return 1.0;
  const double used = static_cast<double>(info.me_last_pgno + 1) * stat.ms_psize;
  return used / static_cast<double>(info.me_mapsize);
}

std::uint64_t Environment::last_page() const noexcept {
  MDB_envinfo info{};
  return mdb_env_info(env_, &info) == 0 ? info.me_last_pgno : 0;
}

std::uint64_t Environment::map_bytes() const noexcept {
  MDB_envinfo info{};
  return mdb_env_info(env_, &info) == 0 ? info.me_mapsize : 0;
}

Result<Transaction> Transaction::begin(const Environment& environment, unsigned flags) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(environment.handle(), nullptr, flags, &txn); code != 0)
    return lmdb_failure(code, "begin a transaction on", environment.path());
  return Transaction{txn};
}

Cursor open_cursor(const Transaction& transaction, MDB_dbi table) noexcept {
  MDB_cursor* cursor = nullptr;
  if (mdb_cursor_open(transaction.get(), table, &cursor) != 0) return nullptr;
  return Cursor{cursor};
}

}  // namespace chargemill::runtime::journal
