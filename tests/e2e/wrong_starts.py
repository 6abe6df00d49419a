"""A central that orders what no charge point can do: starts whose payload does not serve (D-092).

wrong_starts.py PORT_FILE: listens, writes its port there, takes one connection, on which all speak, to its end.
"""

import json
import sys

from central_peer import take_one
from framing import expect, frame

WRONG = ["null", "{}", "5", '"alice"', "[]", "true", '{"driver_id": 7}']


def statuses(peer):
    """What charge points report; whatever is said is acknowledged."""
    while (text := peer.receive()) is not None:
        said = json.loads(text)
        peer.send(frame(f"ACK: {said['type']}"))
        if said["type"] == "cp.status":
            yield said


def main(port_file):
    peer = take_one(port_file)
    told = statuses(peer)
    expect(next(told)["state"], "ACTIVATED")
    for payload in WRONG:
        peer.send(frame(f'{{"type": "central.commands", "cmd": "start_supply", "cp_id": "CP-A", "payload": {payload}}}'))
        answer = next(status for status in told if status["reason"] != "State report")
        expect((answer["cp_id"], answer["state"]), ("CP-A", "ACTIVATED"))
        expect(answer["reason"], "Refused start_supply: invalid payload")
    try:
        for _ in told:
            pass
    except ConnectionResetError:
        pass  # it ends as it likes


main(sys.argv[1])
