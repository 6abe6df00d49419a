"""A central that says what none should: names without end, answers that no text is kept of, messages nobody knows.

rude_central.py PORT_FILE: listens, writes its port there, takes one connection, on which all speak, to its end.
"""

import json
import sys

from central_peer import take_one
from framing import frame

# A start that names it just fits a frame; what is told of its session would not.
NAME = "x" * 65_390
UNKNOWN = ['{"type": "central.wishes"}', '{"type": "central.commands", "cmd": "dance", "cp_id": "CP-A"}', "{",
           '{"type": "driver.ticket", "cp_id": "CP-A", "session_id": "s", "driver_id": "d", "start_time": "0001-01-01T00:00:00Z", '
           '"end_time": "9999-12-31T23:59:59Z", "energy_kwh": 1e300, "total_cost_eur": -1e300}']
# Its 200th byte is the first of a letter of two.
NO = "NACK: x" + "ü" * 500


def start(session):
    payload = json.dumps({"driver_id": "alice", "request_id": "r", "session_id": session}, ensure_ascii=False)
    return frame(f'{{"type": "central.commands", "cmd": "start_supply", "cp_id": "CP-A", "payload": {payload}}}')


def main(port_file):
    peer = take_one(port_file)
    is_first = True
    try:
        while (text := peer.receive()) is not None:
            said = json.loads(text)
            peer.send(frame(NO if said["type"] == "cp.telemetry" else f"ACK: {said['type']}"))
            if is_first and said["type"] == "cp.status" and said["state"] == "ACTIVATED":
                is_first = False
                peer.send(start(NAME) + b"".join(map(frame, UNKNOWN)) + start("s-1"))
    except ConnectionResetError:
        pass  # it ends as it likes


main(sys.argv[1])
