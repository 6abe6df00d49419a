#include "app/commands/doctor_command.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "app/commands/machine_limits.hpp"

namespace chargemill::app {
namespace {

struct Finding {
  bool ok = false;
  std::string what;
  std::string advice;  ///< if not ok
};

std::string first_line(const char* path) {
  std::ifstream in{path};
  std::string line;
  std::getline(in, line);
  return line;
}

/// A field of /proc/meminfo in MiB; 0: not there.
std::int64_t meminfo_mib(const std::string& field) {
  std::ifstream in{"/proc/meminfo"};
  std::string name;
  std::int64_t kib = 0;
  std::string rest;
  while (in >> name >> kib && std::getline(in, rest)) {
    if (name == field + ':') return kib / 1024;
  }
  return 0;
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

Finding cores() {
  const int usable = usable_cores();
  return {usable >= 2, fmt::format("cores: {} usable", usable),
          "one core runs everything; results on two or more are steadier"};
}

/// A worker for each core is stopped for parts of each period if the group may not use them all.
Finding group_limit() {
  std::ifstream own{"/proc/self/cgroup"};
  const std::string groups{std::istreambuf_iterator<char>{own}, {}};
  const auto limit = cpu_limit("/sys/fs/cgroup", groups);
  const int usable = usable_cores();
  return {!limit || *limit >= usable,
          limit ? fmt::format("CPU limit of the control group: {:.2g} of {} cores", *limit, usable)
                : "CPU limit of the control group: none",
          fmt::format("workers will be stopped and started: raise the limit, or --workers {:.0f}",
                      std::max(1.0, std::floor(limit.value_or(1.0))))};
}

Finding huge_pages() {
  const auto chosen = chosen_word(first_line("/sys/kernel/mm/transparent_hugepage/enabled"));
  return {chosen != "never", fmt::format("huge pages: {}", chosen.empty() ? "unknown" : chosen),
          "a large network waits for memory more often: echo madvise > "
          "/sys/kernel/mm/transparent_hugepage/enabled"};
}

/// Where a run keeps its journal when nobody says where: below runs, here.
std::vector<Finding> journal_disk() {
  constexpr std::int64_t kRoomMib = 1'024;  // the demo's minute takes 155 MiB
  constexpr double kSyncMs = 10.0;
  std::error_code ignored;
  const char* folder = std::filesystem::is_directory("runs", ignored) ? "runs" : ".";
  const auto disk = disk_facts(folder);
  if (!disk)
    return {{false, "journal: " + disk.error().text, "--data DIR and --out DIR, or --no-journal"}};
  const auto room = disk->free_bytes >> 20U;
  std::vector<Finding> findings{
      {room >= kRoomMib, fmt::format("journal: {} MiB free in {}", room, folder),
       "a busy run fills that soon: --data DIR elsewhere, journal.keep_bytes, or --no-journal"},
      {disk->sync_ms <= kSyncMs,
       fmt::format("journal: a durable write takes {:.2f} ms", disk->sync_ms),
       "each decision waits for one: --data DIR on a faster disk, or --no-journal"}};
  if (disk->is_memory)
    findings.push_back({false, fmt::format("journal: {} is in memory (tmpfs)", folder),
                        "nothing there outlives the machine: --data DIR on a disk"});
  return findings;
}

Finding memory() {
  constexpr std::int64_t kMillionPointsMib = 3'072;
  const auto available = meminfo_mib("MemAvailable");
  return {available >= kMillionPointsMib, fmt::format("memory: {} MiB available", available),
          "1,000,000 charge points need about 3 GiB; stay below 300 per MiB"};
}

Finding swap() {
  const auto used = meminfo_mib("SwapTotal") - meminfo_mib("SwapFree");
  return {used < 64, fmt::format("swap: {} MiB in use", used),
          "something was swapped out: latencies will show it; close programs or swapoff -a"};
}

Finding overcommit() {
  const auto mode = first_line("/proc/sys/vm/overcommit_memory");
  return {mode != "2", fmt::format("overcommit: mode {}", mode.empty() ? "unknown" : mode),
          "mode 2 refuses memory that would never be touched: sysctl vm.overcommit_memory=0"};
}

Finding open_files() {
  constexpr rlim_t kDoors = 4'096;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const std::string text =
      limit.rlim_max == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_max);
  // The doors take all that they may.
  return {limit.rlim_max >= kDoors, fmt::format("open files: {}", text),
          "few connections will fit: ulimit -n 65536"};
}

Finding clock_source() {
  const auto source =
      first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  const bool fast = source.empty() || source == "tsc" || source == "kvm-clock" ||
                    source == "arch_sys_counter" || source == "hyperv_clocksource_tsc_page";
  return {fast, fmt::format("clock source: {}", source.empty() ? "unknown" : source),
          "each look at the clock is a system call: boot with clocksource=tsc if it is stable"};
}

Finding governor() {
  const auto name = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  return {name.empty() || name == "performance",
          fmt::format("governor: {}", name.empty() ? "none (fixed, or a virtual machine)" : name),
          "the clock rate follows the load: cpupower frequency-set -g performance"};
}

Finding port(std::uint16_t number) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return {false, fmt::format("port {}: no socket", number), "check the limits"};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(number);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool free = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return {free, fmt::format("port {}: {}", number, free ? "free" : "in use"),
          "a free one would be taken instead; end the program that holds it to have this one"};
}

}  // namespace

int doctor_command() {
  std::vector<Finding> findings{cores(),      group_limit(), memory(),     swap(),
                                overcommit(), huge_pages(),  open_files(), clock_source(),
                                governor(),   port(8000),    port(9999)};
  for (auto& finding : journal_disk()) findings.push_back(std::move(finding));
  for (const auto& finding : findings) {
    std::printf("%-4s  %s\n", finding.ok ? "ok" : "warn", finding.what.c_str());
    if (!finding.ok) std::printf("      %s\n", finding.advice.c_str());
  }
  return 0;
}

}  // namespace chargemill::app
