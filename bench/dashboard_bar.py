#!/usr/bin/env python3
"""dashboard_bar.py RESULTS.json: what watching costs, held to its bar.

For each number of charge points of the cases dashboard/lateness and dashboard/lateness_with_tab: the median p99 of tick
lateness with watchers may be above the one without by as much as the looks without differ among themselves, or by a tenth, if
that is more: what is less nobody can tell from chance. Prints how it stands. Ends with 1 if a bar is missed, or if watchers have
nothing that they could be compared with. Of fewer than three looks a case it judges nothing and says so.
"""

import json
import re
import statistics
import sys

LOOKS_MIN = 3
SHARE = 0.1  # of the median without watchers
CASE = re.compile(r"^dashboard/lateness(_with_tab)?/(\d+)/(\d+)(/|$)")


def looks_of(results):
    """By charge points and watchers, the p99 of each look, milliseconds."""
    looks = {}
    for case in results["benchmarks"]:
        found = CASE.match(case["name"])
        if not found or case.get("run_type") != "iteration" or case.get("error_occurred"):
            continue
        tab, points, clients = found.group(1), int(found.group(2)), int(found.group(3))
        watchers = " and ".join(([f"{clients} clients"] if clients else []) + (["a tab"] if tab else []))
        looks.setdefault((points, watchers), []).append(case["p99_ms"])
    return looks


def verdict(alone, watched):
    """How the looks stand to each other in words, and whether the bar is missed."""
    without, with_watchers = statistics.median(alone), statistics.median(watched)
    if min(len(alone), len(watched)) < LOOKS_MIN:
        return f"{without:.2f} ms without, {with_watchers:.2f} ms with: {min(len(alone), len(watched))} look, not judged", False
    bar = without + max(max(alone) - min(alone), SHARE * without)
    is_missed = with_watchers > bar
    spreads = f"{min(alone):.2f} to {max(alone):.2f} without, {min(watched):.2f} to {max(watched):.2f} with"
    return f"{without:.2f} ms without, {with_watchers:.2f} ms with, bar {bar:.2f} ms: {'MISSED' if is_missed else 'held'} ({spreads})", is_missed


def main(path):
    with open(path, encoding="utf-8") as file:
        looks = looks_of(json.load(file))
    is_missed = False
    for (points, watchers), watched in sorted(looks.items()):
        if not watchers:
            continue
        alone = looks.get((points, ""))
        text, is_bad = verdict(alone, watched) if alone else ("nothing to compare with", True)
        print(f"{points:,} charge points, {watchers}: tick lateness p99 {text}")
        is_missed = is_missed or is_bad
    return 1 if is_missed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
