"""A central with a slow disk: it has taken the end of a session, and cannot say at once that it is kept.

slow_disk_central.py PORT_FILE PAUSE ANSWER...: listens, writes its port there, takes one connection, on which all speak, to its
end. It gives these answers to the end of the session, then says that it is kept. Fails unless the end is said again after each of
them, no sooner than PAUSE seconds later.
"""

import json
import sys
import time

from central_peer import take_one
from framing import expect, frame


def order(cmd, payload):
    return frame(json.dumps({"type": "central.commands", "cmd": cmd, "cp_id": "CP-A", "payload": payload}))


def main(port_file, pause, *answers):
    peer = take_one(port_file)
    ends, times, is_started, is_stopped = [], [], False, False
    try:
        while (text := peer.receive()) is not None:
            said = json.loads(text)
            kind = said["type"]
            answer = f"ACK: {kind}"
            if kind == "cp.session_end":
                answer = answers[len(ends)] if len(ends) < len(answers) else answer
                ends.append((said["session_id"], said["energy_kwh"]))
                times.append(time.monotonic())
            peer.send(frame(answer))
            if not is_started and kind == "cp.status" and said["state"] == "ACTIVATED":
                is_started = True
                peer.send(order("start_supply", {"driver_id": "alice", "request_id": "r", "session_id": "s-1"}))
            if not is_stopped and kind == "cp.telemetry" and said["kwh"] > 0:
                is_stopped = True
                peer.send(order("stop_supply", None))
    except ConnectionResetError:
        pass  # it ends as it likes
    expect([session for session, _ in ends], ["s-1"] * (len(answers) + 1))
    expect(set(ends), {ends[0]})
    assert all(after - before >= float(pause) for before, after in zip(times, times[1:])), times


main(*sys.argv[1:])
