#include "app/directory/registrations.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <system_error>

#include "app/directory/plain_text.hpp"

namespace chargemill::app {
namespace {

/// As long as a file is not longer than this, nobody minds old lines in it.
constexpr std::size_t kOldLinesMax = 4'096;

std::string plain(std::string_view text) { return plain_text(text, Registrations::kBytesMax); }

/// What stands before the next tab; the text goes on behind it.
std::string_view next_field(std::string_view& text) {
  const auto tab = text.find('\t');
  const auto field = text.substr(0, tab);
  text.remove_prefix(tab == std::string_view::npos ? text.size() : tab + 1);
  return field;
}

std::optional<std::pair<std::string, Registered>> row_of(std::string_view line) {
  if (std::count(line.begin(), line.end(), '\t') != 3) return std::nullopt;
  Registered said;
  const std::string name{next_field(line)};
  said.host = next_field(line);
  const auto port = next_field(line);
  const auto read = std::from_chars(port.data(), port.data() + port.size(), said.port);
  said.location = line;
  const bool is_one =
      !name.empty() && read.ec == std::errc{} && read.ptr == port.data() + port.size();
  return is_one ? std::optional{std::pair{name, said}} : std::nullopt;
}

std::string line_of(const std::string& name, const Registered& said) {
  return plain(name) + '\t' + said.host + '\t' + std::to_string(said.port) + '\t' + said.location +
         '\n';
}

}  // namespace

void Registrations::keep_in(const std::filesystem::path& file) {
  path_ = file;
  read(file);
}

void Registrations::read(const std::filesystem::path& file) {
  std::ifstream in{file};
  for (std::string line; std::getline(in, line); ++lines_) {
    if (auto row = row_of(line)) known_.insert_or_assign(std::move(row->first), row->second);
  }
}

void Registrations::note(const std::string& name, const Registered& said, bool has_location) {
  Registered fresh{plain(said.location), plain(said.host), said.port};
  Registered& known = known_[name];
  if (!has_location) fresh.location = known.location;
  const bool is_same =
      fresh.location == known.location && fresh.host == known.host && fresh.port == known.port;
  if (is_same) return;
  known = fresh;
  if (!path_.empty()) append(name, known);
}

void Registrations::append(const std::string& name, const Registered& said) {
  if (lines_ > 2 * known_.size() + kOldLinesMax) return write_anew();
  if (!file_) file_.reset(std::fopen(path_.c_str(), "ae"));  // not before somebody registers
  if (!file_) return;
  const auto line = line_of(name, said);
  (void)std::fwrite(line.data(), 1, line.size(), file_.get());
  (void)std::fflush(file_.get());
  ++lines_;
}

/// Without the lines that later ones have replaced; nobody ever sees half of it.
void Registrations::write_anew() {
  const auto beside = path_.string() + ".new";
  std::unique_ptr<std::FILE, Close> out{std::fopen(beside.c_str(), "we")};
  if (!out) return;
  for (const auto& [name, said] : known_) {
    const auto line = line_of(name, said);
    (void)std::fwrite(line.data(), 1, line.size(), out.get());
  }
  // A power cut after the rename must not find less than one before it.
  const bool is_whole = std::fflush(out.get()) == 0 && std::ferror(out.get()) == 0 &&
                        ::fdatasync(::fileno(out.get())) == 0;
  std::error_code error;
  if (is_whole) std::filesystem::rename(beside, path_, error);
  if (!is_whole || error) return;
  file_ = std::move(out);
  lines_ = known_.size();
}

const Registered* Registrations::find(const std::string& name) const {
  const auto found = known_.find(name);
  return found == known_.end() ? nullptr : &found->second;
}

}  // namespace chargemill::app
