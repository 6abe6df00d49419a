#!/usr/bin/env bash
# Holds the includes of all C++ files against layers.txt. layers_test.sh [ROOT]
set -euo pipefail
root=$(cd "${1:-$(dirname "$0")/..}" && pwd)
rules=$(cd "$(dirname "$0")" && pwd)/layers.txt

# violations ROOT: one line for each include that no rule allows.
violations() {
  (cd "$1" && find . -name '*.[ch]pp' -not -path './build/*' | sed 's,^\./,,' | sort |
    xargs grep -nE '^ *# *include' /dev/null) |
    awk -v rules="$rules" '
      # The pattern of a path as a regular expression: a folder covers what is below it.
      function expression(pattern) {
        sub("/$", "", pattern)
        gsub(/[.+]/, "[&]", pattern)
        gsub(/[*]/, "[^/]*", pattern)
        return "^" pattern "(/|$)"
      }
      function covered(path, list,    i, n, names) {
        n = split(list, names, " ")
        for (i = 1; i <= n; i++) if (path ~ expression(names[i])) return 1
        return 0
      }
      BEGIN {
        while ((getline line < rules) > 0) {
          if (line ~ /^#/ || line !~ /:/) continue
          split(line, parts, /[:|]/)
          gsub(/ /, "", parts[1])
          if (parts[1] == "system") { system_headers = parts[2]; continue }
          count++
          pattern[count] = parts[1]; project[count] = parts[2]; third[count] = parts[3]
        }
      }
      {
        match($0, /:[0-9]+:/)
        file = substr($0, 1, RSTART - 1)
        place = substr($0, 1, RSTART + RLENGTH - 2)
        rule = 0
        for (i = 1; i <= count; i++) if (file ~ expression(pattern[i])) rule = i
        if (!rule) { print place ": no rule covers this file"; next }
        if (match($0, /"[^"]*"/)) {
          header = substr($0, RSTART + 1, RLENGTH - 2)
          folder = file; sub("/[^/]*$", "/", folder)
          if (index(header, folder) == 1 || covered(header, project[rule])) next
          print place ": " header " is not allowed to " pattern[rule]
        } else if (match($0, /<[^>]*>/)) {
          header = substr($0, RSTART + 1, RLENGTH - 2)
          if (header !~ /[.\/]/ || covered(header, system_headers)) next  # the standard library
          if (covered(header, third[rule])) next
          print place ": <" header "> is not allowed to " pattern[rule]
        }
      }'
}

# law TEXT VIOLATIONS: the law holds when there are none.
law() {
  if [[ -z $2 ]]; then
    echo "ok - $1"
  else
    printf 'not ok - %s\n%s\n' "$1" "$2"
    failed=1
  fi
}

failed=0
law "includes go downwards only, as layers.txt says" "$(violations "$root")"

# The test must be able to fail: in a small tree of its own, each forbidden include is found.
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted"/runtime/base "$planted"/actors/monitor
echo '#include "actors/messages.hpp"' >"$planted"/runtime/base/upwards.hpp
echo '#include <caf/all.hpp>' >"$planted"/actors/monitor/monitor.cpp
echo '#include "actors/central/shard.hpp"' >"$planted"/actors/monitor/sideways.hpp
printf '#include <vector>\n#include <unistd.h>\n#include <tl/expected.hpp>\n' >"$planted"/runtime/base/fine.hpp
echo '#include <caf/all.hpp>' >"$planted"/actors/monitor/monitor_actor.cpp
found=$(violations "$planted" | cut -d: -f1 | tr '\n' ' ')
if [[ $found == 'actors/monitor/monitor.cpp actors/monitor/sideways.hpp runtime/base/upwards.hpp ' ]]; then
  found=''
fi
law "an include upwards, sideways, or of CAF in a core is found" "$found"
exit "$failed"
