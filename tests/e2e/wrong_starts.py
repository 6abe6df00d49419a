"""A central that orders what no charge point can do: starts whose payload does not serve (D-092).

wrong_starts.py PORT_FILE: listens, writes its port there, takes one connection, on which all speak, to its end.
"""

import json
import os
import socket
import sys

from framing import Speaker, expect, frame

WRONG = ["null", "{}", "5", '"alice"', "[]", "true", '{"driver_id": 7}']


def statuses(peer):
    """What charge points report; whatever is said is acknowledged."""
    while (text := peer.receive()) is not None:
        said = json.loads(text)
        peer.send(frame(f"ACK: {said['type']}"))
        if said["type"] == "cp.status":
            yield said


def first_who_speaks(listener):
    """Whoever came before only looked whether somebody is there."""
    while True:
        connection, _ = listener.accept()
        connection.settimeout(60)
        if connection.recv(1, socket.MSG_PEEK):
            return connection


def main(port_file):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        with open(port_file + ".new", "w", encoding="utf-8") as file:
            print(listener.getsockname()[1], file=file)
        os.rename(port_file + ".new", port_file)
        peer = Speaker(first_who_speaks(listener))
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
