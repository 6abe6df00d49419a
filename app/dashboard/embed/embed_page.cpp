// A program of the build: embed_page OUT ROOT FILE... writes a C++ file with each ROOT/FILE,
// gzipped the same way every time, for page_files.hpp.
#include <zopfli/zopfli.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "app/dashboard/media.hpp"

namespace {

using chargemill::app::dashboard::media_of;

bool read(const std::string& path, std::string& bytes) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return false;
  bytes = text.str();
  return true;
}

/// Smaller than zlib makes it, and inflated by whoever inflates gzip. Neither a name nor a time in
/// it.
std::string gzipped(const std::string& plain) {
  ZopfliOptions options;
  ZopfliInitOptions(&options);
  unsigned char* packed = nullptr;
  std::size_t size = 0;
  ZopfliCompress(&options, ZOPFLI_FORMAT_GZIP, reinterpret_cast<const unsigned char*>(plain.data()),
                 plain.size(), &packed, &size);
  std::string bytes(reinterpret_cast<const char*>(packed), size);
  std::free(packed);
  return bytes;
}

/// FNV-1a of 64 bits, twice with different starts: tells versions of a file apart, nothing more.
std::string hash_of(const std::string& bytes) {
  std::string text;
  for (unsigned long long hash : {0xcbf29ce484222325ULL, 0x9ae16a3b2f90404fULL}) {
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    char part[17];
    std::snprintf(part, sizeof part, "%016llx", hash);
    text += part;
  }
  return text;
}

void write_bytes(std::ostream& to, const std::string& name, const std::string& bytes) {
  to << "constexpr unsigned char " << name << "[] = {";
  for (std::size_t i = 0; i < bytes.size(); ++i)
    to << (i % 32 == 0 ? "\n" : "") << static_cast<unsigned>(static_cast<unsigned char>(bytes[i]))
       << ',';
  to << "};\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments{argv + 1, argv + argc};
  if (arguments.size() < 3) return 2;
  std::ostringstream text;
  std::ostringstream table;
  text << "// Made by app/dashboard/embed/embed_page.cpp.\n"
          "#include \"app/dashboard/page_files.hpp\"\n\n"
          "namespace chargemill::app::dashboard {\nnamespace {\n\n";
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const std::string& path = arguments[i];
    std::string plain;
    if (!read(arguments[1] + "/" + path, plain)) {
      std::fprintf(stderr, "embed_page: cannot read %s\n", path.c_str());
      return 1;
    }
    const std::string packed = gzipped(plain);
    const std::string name = "kFile" + std::to_string(i);
    write_bytes(text, name, packed);
    table << "      {\"" << path << "\", \"" << media_of(path) << "\", \"" << hash_of(plain)
          << "\",\n       {reinterpret_cast<const char*>(" << name << "), sizeof " << name << "}, "
          << plain.size() << "},\n";
  }
  text << "\n}  // namespace\n\nconst std::vector<PageFile>& page_files() {\n"
          "  static const std::vector<PageFile> files{\n"
       << table.str() << "  };\n  return files;\n}\n\n}  // namespace chargemill::app::dashboard\n";
  std::ofstream out{arguments[0], std::ios::binary};
  return out << text.str() ? 0 : 1;
}
