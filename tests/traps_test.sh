#!/usr/bin/env bash
# Each trap of the reference (X-01 to X-33) is named by a test that would have caught it: in the name of a TEST, in
# a comment or text inside of one, or in the words of a shell test's law. A comment outside of all tests is none.
set -euo pipefail
cd "$(dirname "$0")"
failed=0

# shellcheck disable=SC2016 # it is awk that expands
# named FOLDER: FILE:TRAP for each trap that a test in there names, X-07 as 07.
named() {
  find "$1" \( -name '*_test.cpp' -o -name '*_properties_test.cpp' -o -name '*_test.sh' \) \
    ! -name traps_test.sh -printf '%P\0' | sort -z | (cd "$1" && xargs -0 -r awk '
    # One that checks nothing is no test of a trap.
    function finish(    trap) {
      if (asserts) for (trap in traps) print file ":" trap
      delete traps
      inside = asserts = 0
    }
    # X-07, X07, or several in a name: X21X22.
    function collect(line,    rest) {
      for (rest = line; match(rest, /X-?[0-9][0-9]/); rest = substr(rest, RSTART + RLENGTH))
        if (substr(rest, RSTART + RLENGTH, 1) !~ /[0-9]/) traps[substr(rest, RSTART + RLENGTH - 2, 2)] = 1
    }
    FNR == 1 { finish(); file = FILENAME }
    FILENAME ~ /\.sh$/ { if ($1 ~ /^law(_if)?$/) { collect($0); asserts = 1; finish() }; next }
    /^(TEST|TEST_F|TEST_P|TYPED_TEST)\(/ { finish(); inside = 1 }
    inside {
      collect($0)
      if (/EXPECT_|ASSERT_|RC_ASSERT|FAIL\(|expect_|check_cases/) asserts = 1
      if (/^}/ || /^TEST.*}$/) finish()
    }
    END { finish() }' | sort -u)
}

# What must not count, and what must, in files of its own.
check_itself() {
  local folder
  folder=$(mktemp -d)
  cat >"$folder/planted_test.cpp" <<'PLANTED'
// X-01: a comment above everything.
TEST(Planted, X02ChecksNothing) {}
// X-03 above a test.
TEST(Planted, HasItsTrap) {  // D-045, X-04
  EXPECT_TRUE(true) << "X-05";  // X-06
}
// X-07 below it.
TEST(Planted,
     X08X09InALongName) {
  ASSERT_TRUE(true);
}
TEST(Planted, OtherNumbers) {  // X-123
  EXPECT_TRUE(true);
}
PLANTED
  printf '%s\n' '# X-10' "law 'words (X-11)' true" >"$folder/planted_test.sh"
  local found
  found=$(named "$folder" | sed 's,.*:,,' | sort | paste -sd' ')
  rm -r "$folder"
  if [[ $found == '04 05 06 08 09 11' ]]; then
    echo "ok - a trap is watched where a test names it, and nowhere else"
  else
    echo "not ok - a trap is watched where a test names it, and nowhere else: found $found"
    failed=1
  fi
}

check_itself
all=$(named .)
for number in $(seq -w 1 33); do
  where=$(sed -n "s,:$number\$,,p" <<<"$all" | paste -sd' ')
  if [[ -n $where ]]; then
    echo "ok - Trap X-$number is watched: $where"
  else
    echo "not ok - Trap X-$number has a test"
    failed=1
  fi
done
exit "$failed"
