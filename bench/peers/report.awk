# Turns the runs of run.sh, one flat JSON object a line, into a table on standard output and into JSON in the
# file `json`; ends with 1 if a round trip's energy is wrong although its program says otherwise, with 3 if a bar
# of the round trip is missed. Also given: machine,
# versions (NAME VERSION;...), commit, date, stolen (percent of the time), warm_up, seconds, repetitions; and in the
# environment `changes`, how the tree differs from the commit (git diff --stat).

# Sets field[] from one line.
function parse(line,    i, count, pairs, at) {
  split("", field)
  gsub(/[{}"]/, "", line)
  count = split(line, pairs, ", ")
  for (i = 1; i <= count; i++) {
    at = index(pairs[i], ": ")
    field[substr(pairs[i], 1, at - 1)] = substr(pairs[i], at + 2)
  }
}

# Sets sorted[1..n] to the values of one figure, rising; returns n.
function sort_values(id, name,    i, j, v, n) {
  n = runs[id]
  for (i = 1; i <= n; i++) {
    v = value[id, name, i] + 0
    for (j = i - 1; j >= 1 && sorted[j] > v; j--) sorted[j + 1] = sorted[j]
    sorted[j + 1] = v
  }
  return n
}
function median(id, name,    n) {
  n = sort_values(id, name)
  if (n == 0) return 0
  return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}
function least(id, name) { return sort_values(id, name) ? sorted[1] : 0 }
function most(id, name,    n) { n = sort_values(id, name); return n ? sorted[n] : 0 }
# The worst of the maxima, the most that was dropped, else the median.
function figure(id, name) { return name ~ /_max_ms$|^dropped$/ ? most(id, name) : median(id, name) }
function ratio(a, b) { return b > 0 ? a / b : 0 }

function commas(n,    text) {
  text = sprintf("%.0f", n)
  while (match(text, /^[0-9]+[0-9][0-9][0-9](,|$)/)) {
    match(text, /^[0-9]+/)
    text = substr(text, 1, RLENGTH - 3) "," substr(text, RLENGTH - 2)
  }
  return text
}
function millions(n) { return sprintf("%.3f M", n / 1e6) }
function times(n) { return n > 0 ? sprintf("%.2f x", n) : "" }
function outcome(id) { return failure[id] == "" ? "ok" : failure[id] " (" failures[id] " of " attempts[id] ")" }

# ---- the table ----

# The peers of a case by falling rate: order[1..n].
function rank(c,    i, j, id) {
  for (i = 1; i <= peers[c]; i++) {
    id = c SUBSEP peer_at[c, i]
    for (j = i - 1; j >= 1 && median(order[j], "per_second") < median(id, "per_second"); j--) order[j + 1] = order[j]
    order[j + 1] = id
  }
  return peers[c]
}
# As Debian installs it: with glibc's malloc.
function is_stock_caf(name) { return name ~ /^caf-/ && name !~ /^caf-mimalloc-/ }
function best_caf(c,    i, n) {
  n = rank(c)
  for (i = 1; i <= n; i++) if (is_stock_caf(peer[order[i]]) && runs[order[i]]) return order[i]
  return ""
}
# caf-mimalloc-sharing-1 and the like.
function split_name(name) {
  configuration = "default"
  if (name ~ /^caf-mimalloc-/) { configuration = substr(name, 14); return "caf-mimalloc" }
  if (is_stock_caf(name)) configuration = substr(name, 5)
  return name
}
function label(id, best,    name) {
  name = split_name(peer[id])
  if (name == "caf-mimalloc") return name " (" configuration ")"
  return name (id == best ? " (best)" : "")
}
function round_trip_rows(c,    i, n, id, ours, best) {
  ours = median(c SUBSEP "chargemill", "per_second")
  best = best_caf(c)
  n = rank(c)
  for (i = 1; i <= n; i++) {
    id = order[i]
    if (runs[id])
      printf "| %9s | %-24s | %2d | %10s | %10s | %10s | %6s | %13s |\n", commas(entities[c]),
        label(id, best), runs[id], millions(median(id, "per_second")),
        millions(least(id, "per_second")), millions(most(id, "per_second")), commas(measured_rounds(id)),
        times(ratio(ours, median(id, "per_second")))
    if (failure[id] != "") printf "| %9s | %-24s | %s |\n", commas(entities[c]), label(id, best), outcome(id)
  }
}
# All but the one that warmed up.
function measured_rounds(id) { return median(id, "rounds") - 1 }
function latencies(id, name) {
  return sprintf("%.2f / %.2f / %.2f / %.2f", figure(id, name "_p50_ms"), figure(id, name "_p99_ms"),
    figure(id, name "_p999_ms"), figure(id, name "_max_ms"))
}
function cp_1hz_rows(c,    i, id, ours) {
  ours = c SUBSEP "chargemill"
  printf "\n%s charge points, %s:\n\n", commas(entities[c]),
    centrals[c] == 1 ? "one central (C1)" : centrals[c] " centrals (CS)"
  print "| peer           |  n | statuses/s |  offered | late, ms                      | round trip, ms                " \
    "|  CPU |  CPU ratio | bytes/CP | RSS ratio | dropped |"
  print "|:---------------|---:|-----------:|---------:|:------------------------------|:------------------------------" \
    "|-----:|-----------:|---------:|----------:|--------:|"
  for (i = 1; i <= peers[c]; i++) {
    id = c SUBSEP peer_at[c, i]
    if (runs[id])
      printf "| %-14s | %2d | %10s | %6.2f %% | %-29s | %-29s | %4.2f | %10s | %8s | %9s | %7s |\n", peer[id],
        runs[id], commas(median(id, "per_second")), median(id, "percent_of_offered"), latencies(id, "late"),
        latencies(id, "round_trip"), median(id, "cpu_per_second"),
        times(ratio(median(id, "cpu_per_second"), median(ours, "cpu_per_second"))),
        commas(median(id, "rss_bytes_per_entity")),
        times(ratio(median(id, "rss_bytes_per_entity"), median(ours, "rss_bytes_per_entity"))),
        commas(figure(id, "dropped"))
    if (failure[id] != "") printf "| %-14s | %s |\n", peer[id], outcome(id)
  }
  printf "\nChecksums: %d ok, %d failed (void). %s\n", checked[c], void[c], agreement(c)
}
# Whoever dropped nothing has sent the same statuses, whatever the language.
function agreement(c) {
  if (!complete[c]) return "No run was complete."
  return sprintf("Energy of %d complete runs: %s.", complete[c],
    differs[c] ? "THEY DIFFER" : "the same in all, " energy[c] " Wh")
}
function sum_agreement() {
  if (!summed) return "No run was complete."
  return "Energy that centrals received: " (sums_differ ? "IT DIFFERS from" : "in all runs") \
    " 22 mJ x entities x r (r + 1) / 2, r being the rounds."
}

# ---- the bars of the round trip ----

# A bar that is missed counts when all is printed.
function bar(c, what, found, wanted, unit) {
  if (!barred++) print "\nBars:\n"
  printf "- %s, %s entities: %s: %.2f %s, bar %s %s\n", (found >= wanted ? "kept" : "MISSED"), commas(entities[c]), what,
    found, unit, wanted, unit
  if (found < wanted) bars_missed++
}
# Without a rate it did not finish, and is slower than any that did.
function ratio_bar(c, name, rate, wanted) {
  if (rate > 0) bar(c, "against " name, ratio(median(c SUBSEP "chargemill", "per_second"), rate), wanted, "x")
}
# Whatever its configuration and its allocator.
function fastest_caf(c,    i, rate, best) {
  for (i = 1; i <= peers[c]; i++) {
    if (peer_at[c, i] !~ /^caf-/) continue
    rate = median(c SUBSEP peer_at[c, i], "per_second")
    if (rate > best) best = rate
  }
  return best
}
function round_trip_bars(c) {
  if (!runs[c SUBSEP "chargemill"]) return
  if (entities[c] == 100000) {
    bar(c, "round trips a second", median(c SUBSEP "chargemill", "per_second") / 1e6, 8, "M")
    ratio_bar(c, "Go", median(c SUBSEP "go", "per_second"), 5)
    ratio_bar(c, "Erlang", median(c SUBSEP "erlang", "per_second"), 8)
    ratio_bar(c, "stock CAF at its best, mimalloc or not", fastest_caf(c), 12)
  } else if (entities[c] == 1000000) {
    bar(c, "round trips a second", median(c SUBSEP "chargemill", "per_second") / 1e6, 6, "M")
  }
}

# ---- what CP-1Hz carries ----

# What the reference calls capacity (caf.md, 10.2), of the sizes that were tried.
function is_carried(id) {
  return runs[id] && failure[id] == "" && figure(id, "round_trip_p999_ms") < 100 && figure(id, "dropped") == 0 &&
    median(id, "percent_of_offered") >= 99.9
}
# Of the cases with so many centrals, a line a peer, in the order of the runs.
function capacities(variant,    i, j, c, n, name, names, carried) {
  for (i = 1; i <= cases; i++) {
    c = case_at[i]
    if (workload[c] != "cp_1hz" || centrals[c] != variant) continue
    for (j = 1; j <= peers[c]; j++) {
      name = peer_at[c, j]
      if (!(name in carried)) { names[++n] = name; carried[name] = 0 }
      if (is_carried(c SUBSEP name) && entities[c] > carried[name]) carried[name] = entities[c]
    }
  }
  printf "\nCapacity with %s: the largest of these sizes with a round trip p99.9 below 100 ms, nothing dropped\n",
    (variant == 1 ? "one central (C1)" : variant " centrals (CS)")
  print "and 99.9 % of what is offered:\n"
  for (i = 1; i <= n; i++) printf "- %s: %s\n", names[i], carried[names[i]] ? commas(carried[names[i]]) : "none"
}

# How the tree differed from the commit that the runs are said to be of.
function changes_lines(    i, n, lines) {
  if (ENVIRON["changes"] == "") return
  print "\nThe tree differs from that commit:\n"
  n = split(ENVIRON["changes"], lines, "\n")
  for (i = 1; i <= n; i++) print "    " lines[i]
}
function table(    i, text) {
  text = versions
  gsub(/;/, ", ", text)
  printf "# chargemill and its peers\n\n%s, commit %s\n%s\n%s\n", date, commit, machine, text
  printf "stolen by the host of this machine while all ran: %.2f %% of the processors' time\n", stolen
  changes_lines()
  for (i = 1; i <= cases; i++) {
    if (workload[case_at[i]] != "round_trip") continue
    if (!headed++) {
      printf "\n## Round trips a second (medians of n; %d alternating runs)\n\n", repetitions
      print "chargemill's entities live on their central's worker, as its networks place them, so none of their messages"
      print "crosses cores; the peers' schedulers place theirs. In chargemill-spread entities live on either worker,"
      print "regardless of their central: every second message crosses. caf-mimalloc is stock CAF's best configuration with"
      print "mimalloc, chargemill's allocator, in place of glibc's malloc; (best) is the one with glibc's. Of n runs each the"
      print "median; a run is of so many rounds (median).\n"
      print "| entities  | peer                     |  n |     median |      least |       most | rounds | chargemill is |"
      print "|----------:|:-------------------------|---:|-----------:|-----------:|-----------:|-------:|--------------:|"
    }
    round_trip_rows(case_at[i])
  }
  if (headed) printf "\nChecksums: %d ok, %d failed (void). %s\n", summed, sums_void, sum_agreement()
  for (i = 1; i <= cases; i++) if (workload[case_at[i]] == "round_trip") round_trip_bars(case_at[i])
  headed = 0
  for (i = 1; i <= cases; i++) {
    if (workload[case_at[i]] != "cp_1hz") continue
    if (!headed++) {
      printf "\n## CP-1Hz (%d s warm-up, %d s measured, medians of n; %d alternating runs)\n", warm_up, seconds, repetitions
      print "\nLatencies count from the due time: p50 / p99 / p99.9 / max (the worst of all runs). CPU is seconds a"
      print "second of both cores; its ratio and that of memory are the peer's divided by chargemill's."
    }
    cp_1hz_rows(case_at[i])
    if (!(centrals[case_at[i]] in variants)) variant_at[++variant_count] = centrals[case_at[i]]
    variants[centrals[case_at[i]]] = 1
  }
  for (i = 1; i <= variant_count; i++) capacities(variant_at[i])
}

# ---- the JSON ----

# In the order of the runs.
function rates(id,    i, text) {
  for (i = 1; i <= runs[id]; i++) text = text (i > 1 ? ", " : "") sprintf("%.0f", value[id, "per_second", i])
  return "[" text "]"
}
function run_json(c, id, name, configuration,    i, n, names, ours) {
  ours = c SUBSEP "chargemill"
  printf "%s\n  {\"peer\": \"%s\", \"configuration\": \"%s\", \"workload\": \"%s\", \"entities\": %d, \"centrals\": %d, ",
    (written++ ? "," : ""), name, configuration, workload[c], entities[c], centrals[c] >json
  printf "\"outcome\": \"%s\", \"per_second\": %s, \"n\": %d, \"median\": %s", outcome(id), rates(id), runs[id],
    runs[id] ? sprintf("%.0f", median(id, "per_second")) : "null" >json
  if (runs[id] && runs[ours]) printf ", \"ratio\": %.2f", ratio(median(ours, "per_second"), median(id, "per_second")) >json
  if (runs[id] && workload[c] == "round_trip") printf ", \"rounds\": %.10g", measured_rounds(id) >json
  if (runs[id] && workload[c] == "cp_1hz") {
    n = split("percent_of_offered late_p50_ms late_p99_ms late_p999_ms late_max_ms round_trip_p50_ms " \
      "round_trip_p99_ms round_trip_p999_ms round_trip_max_ms cpu_per_second rss_bytes_per_entity dropped " \
      "spawn_seconds", names, " ")
    for (i = 1; i <= n; i++) printf ", \"%s\": %.10g", names[i], figure(id, names[i]) >json
    if (runs[ours]) printf ", \"cpu_ratio\": %.2f, \"rss_ratio\": %.2f",
      ratio(median(id, "cpu_per_second"), median(ours, "cpu_per_second")),
      ratio(median(id, "rss_bytes_per_entity"), median(ours, "rss_bytes_per_entity")) >json
    printf ", \"warm_up_seconds\": %d, \"measured_seconds\": %d", warm_up, seconds >json
  }
  if (runs[id]) printf ", \"checksum\": \"ok\"" >json
  printf "}" >json
}
function write_json(    i, j, n, list, pair, c, id, best, name, changes) {
  changes = ENVIRON["changes"]
  gsub(/ *\n */, "; ", changes)
  printf "{\"machine\": \"%s\", \"commit\": \"%s\", \"changes\": \"%s\", \"date\": \"%s\", \"stolen_percent\": %.2f,\n",
    machine, commit, changes, date, stolen >json
  printf " \"versions\": {" >json
  n = split(versions, list, ";")
  for (i = 1; i <= n; i++) {
    split(list[i], pair, " ")
    printf "%s\"%s\": \"%s\"", (i > 1 ? ", " : ""), pair[1], pair[2] >json
  }
  printf "},\n \"runs\": [" >json
  for (i = 1; i <= cases; i++) {
    c = case_at[i]
    for (j = 1; j <= peers[c]; j++) {
      id = c SUBSEP peer_at[c, j]
      name = split_name(peer[id])
      run_json(c, id, name, configuration)
    }
    # Stock CAF at its best, under the plain name.
    best = workload[c] == "round_trip" ? best_caf(c) : ""
    if (best != "") run_json(c, best, "caf", substr(peer[best], 5))
  }
  print "\n]}" >json
}

# ---- the runs ----

# A round makes each entity tell 22 mJ more, so after r rounds the sum of all that was told is known. Exact below 2^53.
function note_sum() {
  summed++
  if (field["energy_mj"] + 0 != 22 * field["entities"] * field["rounds"] * (field["rounds"] + 1) / 2) sums_differ = 1
}
function note_checksum(c) {
  checked[c]++
  if (field["statuses"] != field["entities"] * (warm_up + seconds)) return
  if (complete[c]++ && energy[c] != field["energy_wh"]) differs[c] = 1
  energy[c] = field["energy_wh"]
}
{
  parse($0)
  c = field["workload"] SUBSEP field["entities"] SUBSEP field["centrals"]
  if (!(c in workload)) {
    case_at[++cases] = c
    workload[c] = field["workload"]; entities[c] = field["entities"]; centrals[c] = field["centrals"]
  }
  id = c SUBSEP field["peer"]
  if (!(id in peer)) { peer_at[c, ++peers[c]] = field["peer"]; peer[id] = field["peer"] }
  attempts[id]++
  if (field["outcome"] != "ok") {
    failure[id] = field["outcome"]; failures[id]++
    if (field["outcome"] ~ /checksum/) {
      void[c]++
      if (workload[c] == "round_trip") sums_void++
    }
    next
  }
  runs[id]++
  for (name in field) value[id, name, runs[id]] = field[name]
  if (workload[c] == "cp_1hz") note_checksum(c)
  else note_sum()
}
END {
  table()
  write_json()
  if (sums_differ) exit 1
  exit bars_missed ? 3 : 0
}
