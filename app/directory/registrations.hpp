// What monitors have said of their charge points when they registered them (D-040, D-041).
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace chargemill::app {

/// Where a charge point stands and where its engine listens; empty and 0: nobody has said it.
struct Registered {
  std::string location;
  std::string host;
  std::uint16_t port = 0;
};

/// By name, so that those who are not there yet are known when they come back. Beside a journal it
/// outlives the run (D-084), in a file of lines, of which the last of a name counts:
///
///     name TAB host TAB port TAB location LF
///
/// It is no journal: what a crash of the machine takes from it monitors say again.
/// Threads: one at a time.
class Registrations {
 public:
  /// Reads what `file` has, and writes there from now on. A line that is none is passed over; what
  /// cannot be read or written is not kept.
  void keep_in(const std::filesystem::path& file);
  /// Without `has_location` the one that was said before stays. Texts are cut to kBytesMax in whole
  /// characters, control characters become blanks.
  void note(const std::string& name, const Registered& said, bool has_location);
  /// Null: nobody has registered it.
  [[nodiscard]] const Registered* find(const std::string& name) const;
  static constexpr std::size_t kBytesMax = 128;

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
  };
  void read(const std::filesystem::path& file);
  void write_anew();
  void append(const std::string& name, const Registered& said);

  std::unordered_map<std::string, Registered> known_;
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t lines_ = 0;  // of the file
};

}  // namespace chargemill::app
