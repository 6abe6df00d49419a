"""A central with a slow disk: it has taken the first end of a session, and cannot say yet that it is kept.

slow_disk_central.py PORT_FILE: listens, writes its port there, takes one connection, on which all speak, to its end. Fails
unless the end is said again.
"""

import json
import sys

from central_peer import take_one
from framing import expect, frame

NOT_KEPT = "NACK: done, but not on disk yet: see the journal"


def order(cmd, payload):
    return frame(json.dumps({"type": "central.commands", "cmd": cmd, "cp_id": "CP-A", "payload": payload}))


def main(port_file):
    peer = take_one(port_file)
    ends, is_started, is_stopped = [], False, False
    try:
        while (text := peer.receive()) is not None:
            said = json.loads(text)
            kind = said["type"]
            if kind == "cp.session_end":
                ends.append((said["session_id"], said["energy_kwh"]))
            is_unsure = kind == "cp.session_end" and len(ends) == 1
            peer.send(frame(NOT_KEPT if is_unsure else f"ACK: {kind}"))
            if not is_started and kind == "cp.status" and said["state"] == "ACTIVATED":
                is_started = True
                peer.send(order("start_supply", {"driver_id": "alice", "request_id": "r", "session_id": "s-1"}))
            if not is_stopped and kind == "cp.telemetry" and said["kwh"] > 0:
                is_stopped = True
                peer.send(order("stop_supply", None))
    except ConnectionResetError:
        pass  # it ends as it likes
    expect([session for session, _ in ends], ["s-1", "s-1"])
    expect(ends[0], ends[1])


main(sys.argv[1])
