"""Holds what a door has shown to what is in the journals in the end: nothing that somebody was told is lost (D-177).

    promises.py noted PORT                what it shows now, as a line of JSON; 1 while that is too little to judge by
    promises.py kept TICKETS SESSIONS     two files of `history --format json`; stdin: lines of `noted`, all of them are true
    promises.py kept TICKETS SESSIONS open    the same where sessions are long: they may be open in the end

What it shows of tickets and sessions is in a journal. What it shows as supplying is not from there: an engine is told to begin
once that is on disk.
"""

import json
import sys
import urllib.request

ENOUGH = 10  # of each: so some of any node, by all odds
SHOWN_MAX = 10


def ask(port, what):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{what}?limit=10000", timeout=30) as answer:
        return json.load(answer)[what]


def noted(port):
    supplied = [row["session_id"] for row in ask(port, "requests") if row["status"] == "in_progress"]
    promises = {"tickets": ask(port, "tickets"), "sessions": ask(port, "sessions"), "supplied": supplied}
    if min(map(len, promises.values())) < ENOUGH:
        print("too little:", {what: len(rows) for what, rows in promises.items()})
        return 1
    print(json.dumps(promises))
    return 0


def key(ticket):
    return ticket["session_id"], ticket["correction"]


def is_same(shown, found):
    """Of two tickets; it may have been delivered meanwhile."""
    differs = [name for name in shown if name != "delivered_at" and shown[name] != found[name]]
    return not differs and (not shown["delivered_at"] or bool(found["delivered_at"]))


def broken(promises, tickets, sessions, may_be_open):
    """What is no longer true, in words."""
    for shown in promises["tickets"]:
        found = tickets.get(key(shown))
        if found is None:
            yield f"a ticket that was shown is gone: {shown}"
        elif not is_same(shown, found):
            yield f"a ticket was shown as {shown} and is now {found}"
    for shown in promises["sessions"]:
        found = sessions.get(shown["session_id"])
        if found is None:
            yield f"a session that was shown is gone: {shown}"
        elif shown["status"] not in ("ACTIVE", found["status"]):
            yield f"a session was shown as {shown} and is now {found}"
    for session in sorted({row["session_id"] for row in promises["sessions"]} | set(promises["supplied"])):
        if session not in sessions:
            yield f"a session that was shown is gone: {session}"
        elif sessions[session]["status"] == "ACTIVE":
            if not may_be_open:
                yield f"a session that was shown has never ended: {sessions[session]}"
        elif (session, False) not in tickets:
            yield f"a session that was shown has no ticket: {sessions[session]}"


def kept(tickets_file, sessions_file, ends="ended"):
    with open(tickets_file) as file:
        tickets = {key(row): row for row in json.load(file)}
    with open(sessions_file) as file:
        sessions = {row["session_id"]: row for row in json.load(file)}
    lines = [json.loads(line) for line in sys.stdin]
    assert lines, "nobody has noted anything"
    wrong = [text for promises in lines for text in broken(promises, tickets, sessions, ends == "open")]
    print(*wrong[:SHOWN_MAX], sep="\n")
    print([{what: len(rows) for what, rows in promises.items()} for promises in lines], "were shown;",
          len(tickets), "tickets and", len(sessions), "sessions in the end;", len(wrong), "promises are broken")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(noted(sys.argv[2]) if sys.argv[1] == "noted" else kept(*sys.argv[2:]))
