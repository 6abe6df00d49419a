"""Holds tickets (`history tickets --format csv`, stdin) to what they say of sessions.

    booked_once.py [SUMMARY]    each session has one, none that the run issued is missing, and no charge point was booked twice at once

Without a summary nobody knows how many there were: a node that was killed had counted some that were not on its disk yet.
"""

import collections
import csv
import datetime
import json
import sys


def main():
    tickets = list(csv.DictReader(sys.stdin))
    issued = 1
    if len(sys.argv) > 1:
        with open(sys.argv[1]) as summary:
            issued = json.load(summary)["tickets"]["issued"]
    # Between its last look and its end a lost node may have issued some more than the summary knows.
    assert len(tickets) >= issued > 0, f"{len(tickets)} of {issued} tickets"
    count = collections.Counter((ticket["session_id"], ticket["correction"]) for ticket in tickets)
    twice = [key for key, times in count.items() if times > 1]
    assert not twice, f"tickets that came twice: {twice}"
    sessions = collections.defaultdict(dict)
    for ticket in tickets:
        times = [datetime.datetime.fromisoformat(ticket[key]) for key in ("start_time", "end_time")]
        sessions[ticket["cp_id"]][ticket["session_id"]] = times
    for point, there in sessions.items():
        row = sorted(there.items(), key=lambda one: one[1])
        for (before, (_, end)), (after, (start, _)) in zip(row, row[1:]):
            assert end <= start, f"{point} was booked twice: {before} until {end}, {after} from {start}"
    print(len(tickets), "tickets of", len(sessions), "charge points", f"({issued} in the summary)" if len(sys.argv) > 1 else "")


if __name__ == "__main__":
    main()
