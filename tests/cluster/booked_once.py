"""Holds tickets (`history tickets --format csv`, stdin) to what they say of sessions.

    booked_once.py [SUMMARY]    each session has one, none that the run issued is missing, and no charge point was booked twice at once

A correction (D-075) is a second one of its session, and what it says of its times stands. Without a summary nobody knows how many
there were: a node that was killed had counted some that were not on its disk yet.
"""

import collections
import csv
import datetime
import json
import sys


def of_sessions(tickets, word):
    """Those that have this word under `correction`, by session: each has one at most."""
    count = collections.Counter(ticket["session_id"] for ticket in tickets if ticket["correction"] == word)
    twice = [session for session, times in count.items() if times > 1]
    assert not twice, f"more than one ticket, correction {word}: {twice[:10]}"
    return {ticket["session_id"]: ticket for ticket in tickets if ticket["correction"] == word}


def main():
    tickets = list(csv.DictReader(sys.stdin))
    issued = 1
    if len(sys.argv) > 1:
        with open(sys.argv[1]) as summary:
            issued = json.load(summary)["tickets"]["issued"]
    # Between its last look and its end a lost node may have issued some more than the summary knows.
    assert len(tickets) >= issued > 0, f"{len(tickets)} tickets, and {issued} were issued"
    first, corrections = of_sessions(tickets, "false"), of_sessions(tickets, "true")
    assert len(first) + len(corrections) == len(tickets), {ticket["correction"] for ticket in tickets}
    alone = sorted(set(corrections) - set(first))
    assert not alone, f"corrections of sessions without a ticket: {alone[:10]}"
    sessions = collections.defaultdict(list)
    for session, ticket in {**first, **corrections}.items():
        times = [datetime.datetime.fromisoformat(ticket[key]) for key in ("start_time", "end_time")]
        sessions[ticket["cp_id"]].append((*times, session))
    for point, there in sessions.items():
        row = sorted(there)
        for (_, end, before), (start, _, after) in zip(row, row[1:]):
            assert end <= start, f"{point} was booked twice: {before} until {end}, {after} from {start}"
    print(len(first), "tickets of", len(sessions), "charge points,", len(corrections), "corrected",
          f"({issued} in the summary)" if len(sys.argv) > 1 else "")


if __name__ == "__main__":
    main()
