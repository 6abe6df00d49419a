// journal_writer DIRECTORY PRODUCERS RECORDS GIVE_UP_MS KEEP_BYTES HEIRS: writes a journal at full
// speed, of whose closed segments it keeps so much, 0: all, and prints
// "ack PRODUCER N" for what is durable, "told STATE TEXT" for what the operator is told, at the end
// "end STATE FAILURES". RECORDS 0: for ever. Exit code 4 if the journal cannot be opened.
// It goes on where the journal ends, so that each producer's numbers have no gap over many lives.
// HEIRS 1, of one producer: half way it is given up, and prints "disowned N" once that is on disk,
// N being the last record that counts. It goes on meanwhile; its last quarter comes after that.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

#include "runtime/journal/disowned.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/journal/reader.hpp"
#include "tests/runtime/journal/child/records.hpp"

namespace chargemill::runtime::journal::test {
namespace {

/// In one write, so that a kill leaves the whole line or nothing.
void say(std::string_view line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
}

/// Takes no memory: the writer's thread may have none.
void acknowledge(unsigned producer, std::uint64_t n) {
  std::array<char, 48> line{};
  const int bytes = std::snprintf(line.data(), line.size(), "ack %u %llu\n", producer,
                                  static_cast<unsigned long long>(n));
  say({line.data(), static_cast<std::size_t>(bytes)});
}

const char* name_of(JournalState state) {
  constexpr const char* kNames[] = {"working", "stalled", "abandoned"};
  return kNames[static_cast<std::size_t>(state)];
}

/// How many records of `producer` there are: the number in the newest one's text.
std::uint64_t written_by(const std::string& directory, unsigned producer) {
  auto reader = Reader::open(directory);
  if (!reader) return 0;
  std::uint64_t result = 0;
  const auto shown = reader->newest(producer_key(producer), 1, [&](const Record& record) {
    result = number_in_text(record.payload);
    return true;
  });
  if (shown) return result;
  std::fprintf(stderr, "%s\n", shown.error().text.c_str());
  std::exit(3);  // NOLINT(concurrency-mt-unsafe): before there are threads
}

void produce(const Journal& journal, Appender& appender, unsigned producer, std::uint64_t from,
             std::uint64_t records) {
  for (std::uint64_t n = from + 1; records == 0 || n <= from + records; ++n) {
    const std::string text = text_of(producer, n);
    while (!appender.try_append(record_of(producer, n, text))) {
      if (journal.status().state == JournalState::abandoned) return;
      std::this_thread::yield();
    }
  }
}

void produce_though_given_up(Journal& journal, const std::string& directory, Appender& appender,
                             std::uint64_t from, std::uint64_t records) {
  const std::uint64_t half = records / 2;
  const std::uint64_t most = half + records / 4;
  produce(journal, appender, 0, from, half);
  if (!journal.wait_durable(appender, half, std::chrono::minutes{1})) std::abort();
  std::thread heir{[&directory] {
    const auto counts = disown_later(directory, [] { return true; });
    if (!counts) std::abort();
    say("disowned " + std::to_string(*counts) + "\n");
  }};
  produce(journal, appender, 0, from + half, most - half);
  heir.join();
  produce(journal, appender, 0, from + most, records - most);
}

void tell(JournalState state, const std::string& why) {
  say(std::string{"told "} + name_of(state) + (why.empty() ? "" : " ") + why + "\n");
}

int run(const JournalOptions& options, unsigned producers, std::uint64_t records, bool has_heirs) {
  std::vector<std::uint64_t> from;
  for (unsigned p = 0; p < producers; ++p) from.push_back(written_by(options.chain.directory, p));
  auto journal = Journal::open(options);
  if (!journal) {
    std::fprintf(stderr, "%s\n", journal.error().text.c_str());
    return 4;
  }
  std::vector<Appender*> appenders;
  for (unsigned p = 0; p < producers; ++p) {
    appenders.push_back(&(*journal)->add_appender(
        [p, before = from[p]](std::uint64_t durable) { acknowledge(p, before + durable); }));
  }
  std::vector<std::thread> threads;
  if (has_heirs)
    produce_though_given_up(**journal, options.chain.directory, *appenders[0], from[0], records);
  for (unsigned p = 0; p < producers && !has_heirs; ++p)
    threads.emplace_back([&, p] { produce(**journal, *appenders[p], p, from[p], records); });
  for (auto& thread : threads) thread.join();
  for (const Appender* appender : appenders) {
    while (!(*journal)->wait_durable(*appender, appender->appended(), Millis{10})) {
      if ((*journal)->status().state == JournalState::abandoned) break;
    }
  }
  (*journal)->close();  // with the last seal
  const JournalStatus status = (*journal)->status();
  say(std::string{"end "} + name_of(status.state) + " " + std::to_string(status.failures) + "\n");
  return 0;
}

}  // namespace
}  // namespace chargemill::runtime::journal::test

int main(int argc, char** argv) {
  using namespace chargemill;
  if (argc != 7) return 2;
  runtime::journal::JournalOptions options;
  options.chain.directory = argv[1];
  options.chain.segment_bytes = 1U << 20U;
  options.give_up_after = Millis{std::strtol(argv[4], nullptr, 10)};
  options.chain.retain_bytes = std::strtoull(argv[5], nullptr, 10);
  options.on_state = runtime::journal::test::tell;
  const auto producers = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));
  return runtime::journal::test::run(options, producers, std::strtoull(argv[3], nullptr, 10),
                                     std::string_view{argv[6]} == "1");
}
