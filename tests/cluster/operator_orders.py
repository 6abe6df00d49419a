"""What an operator orders at the door of a node, and what the network shows of it.

    operator_orders.py PORT points              all charge points, a line each
    operator_orders.py PORT stopped             those that are out of order by word of an operator
    operator_orders.py PORT stop|resume CP...   orders it of each, until that is confirmed
    operator_orders.py PORT press CP...         stops and resumes them in turn until the door is gone
    operator_orders.py PORT queue CP...         orders all of them to stop at once, says `asked` on stderr, and waits

The last two print a line for each order that is confirmed.
"""

import http.client
import itertools
import json
import sys
import time

PATIENCE_S = 60
GONE = (OSError, http.client.HTTPException)


def connection(port):
    return http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE_S)


def ask(door, word, point):
    door.request("POST", f"/api/v1/charge-points/{point}/{word}")


def confirmed(door):
    """It is on disk (200), or why that is not known: 202 if nobody has looked, 503 if the journal stands still."""
    answer = door.getresponse()
    text = answer.read().decode()
    return answer.status == 200, f"{answer.status} {text}"


def points(port):
    door = connection(port)
    door.request("GET", "/api/v1/charge-points?limit=10000")
    found = json.load(door.getresponse())
    assert found["next"] is None, found["next"]
    return found["charge_points"]


def order(port, word, which):
    end = time.monotonic() + PATIENCE_S
    for point in which:
        while True:
            door = connection(port)
            ask(door, word, point)
            is_confirmed, why = confirmed(door)
            if is_confirmed:
                break
            assert time.monotonic() < end, f"{word} {point} is never confirmed: {why}"


def press(port, which):
    for word in itertools.cycle(("stop", "resume")):
        for point in which:
            try:
                door = connection(port)
                ask(door, word, point)
                is_confirmed, _ = confirmed(door)
            except GONE:
                return
            if is_confirmed:
                print(word, point, flush=True)


def queue(port, which):
    asked = [(point, connection(port)) for point in which]
    for point, door in asked:
        ask(door, "stop", point)
    print("asked", file=sys.stderr, flush=True)
    for point, door in asked:
        try:
            if confirmed(door)[0]:
                print("stop", point, flush=True)
        except GONE:
            pass


def main():
    port, what, which = sys.argv[1], sys.argv[2], sys.argv[3:]
    if what in ("points", "stopped"):
        for point in points(port):
            if what == "points" or point["operator_stopped"]:
                print(point["cp_id"])
    elif what == "press":
        press(port, which)
    elif what == "queue":
        queue(port, which)
    else:
        order(port, what, which)


if __name__ == "__main__":
    main()
