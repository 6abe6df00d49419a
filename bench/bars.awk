# Holds the medians of a run of benchmarks (Google Benchmark's JSON, one field a line) to their bars.
#     awk -v name=FAMILY -f bars.awk bars.txt RESULTS.json      FAMILY: only its bars; empty: all
# A line for each bar; exit 1 if one is missed, or was not measured.
BEGIN { FS = "\"" }

FNR == NR {
  if ($0 ~ /^ *(#|$)/) next
  split($0, word, " +")
  if (name != "" && word[1] !~ "^(" name ")/") next
  ++bars
  of[bars] = word[1]; figure[bars] = word[2]; relation[bars] = word[3]; bar[bars] = word[4]; rival[bars] = word[6]
  next
}

# A number stands behind its key, a text between quotes of its own.
/^ *"/ { field[$2] = NF > 3 ? $4 : $3 }
/^ *{/ { split("", field) }
/^ *}/ { if (field["aggregate_name"] == "median") keep() }

function keep(   which, key, number) {
  which = field["run_name"]
  gsub(/\/(real_time|process_time|manual_time|iterations:[0-9]+|repeats:[0-9]+|min_time:[0-9.]+)/, "", which)
  for (key in field) {
    number = field[key]
    gsub(/[: ,]/, "", number)
    median[which, key] = number
  }
  split("", field)
}

function shown(number) {
  if (number >= 1e9) return sprintf("%.3g G", number / 1e9)
  if (number >= 1e6) return sprintf("%.3g M", number / 1e6)
  if (number >= 1e4) return sprintf("%.3g k", number / 1e3)
  return sprintf("%.3g", number)
}

END {
  missed = 0
  for (i = 1; i <= bars; ++i) {
    is_there = (of[i], figure[i]) in median && (rival[i] == "" || (rival[i], figure[i]) in median)
    if (!is_there) {
      printf "  MISSED  %s: %s was not measured\n", of[i], figure[i]
      ++missed
      continue
    }
    found = median[of[i], figure[i]] + 0
    asked = bar[i] + 0
    if (rival[i] != "") found = median[rival[i], figure[i]] > 0 ? found / median[rival[i], figure[i]] : 0
    kept = relation[i] == "<" ? found < asked : relation[i] == "<=" ? found <= asked : found >= asked
    if (!kept) ++missed
    printf "  %-6s  %s: %s %s, bar %s %s%s\n", kept ? "kept" : "MISSED", of[i], figure[i],
      shown(found) (rival[i] == "" ? "" : " x"), relation[i], shown(asked), rival[i] == "" ? "" : " x " rival[i]
  }
  exit missed > 0
}
