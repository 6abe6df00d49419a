"""Charge points of another program that say a status a second each, every one on a connection of its own.

    outside_statuses.py PORT CHARGE_POINTS SECONDS      prints how the bar is met, and fails if it is not

One thread, edges of epoll. Each first registers, as its monitor would (D-042), then reports on its own beat, spread over
the second; every status has to be acknowledged, in time and by the connection that said it.
"""

import json
import resource
import select
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "e2e"))
from framing import frame  # pylint: disable=wrong-import-position

ACK_STATUS = frame("ACK: cp.status")
ACK_REGISTER = frame("ACK: cp.register")
PATIENCE_S = 10


class Point:
    """One connection. `owed`: acknowledgements that have not come; `late`: the longest that one took."""

    def __init__(self, port, number):
        self.name = f"CP-OUT-{number:05d}"
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.status = frame(json.dumps({"type": "cp.status", "cp_id": self.name, "state": "ACTIVATED",
                                        "reason": "State report"}))
        self.got = b""
        self.asked = []

    def register(self):
        self.socket.sendall(frame(json.dumps({
            "type": "cp.register", "cp_id": self.name, "cp_e_host": "127.0.0.1", "cp_e_port": 1,
            "location": "Z01", "price_eur_kwh": 0.3})))
        got = b""
        while len(got) < len(ACK_REGISTER):
            more = self.socket.recv(4096)
            assert more, f"{self.name}: the connection is lost while it registers"
            got += more
        assert got == ACK_REGISTER, f"{self.name}: {got!r}"
        self.socket.setblocking(False)

    def say(self, now):
        self.socket.sendall(self.status)  # it has been acknowledged all it said before, so there is room
        self.asked.append(now)

    def hear(self, now, ages):
        """How many statuses were acknowledged; raises ConnectionError if the connection is lost."""
        more = self.socket.recv(4096)
        if not more:
            raise ConnectionError(self.name)
        self.got += more
        count = 0
        while self.got.startswith(ACK_STATUS):
            self.got = self.got[len(ACK_STATUS):]
            ages.append(now - self.asked.pop(0))
            count += 1
        return count


def main():
    port, points, seconds = (int(word) for word in sys.argv[1:])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))
    crowd = []
    for number in range(points):
        point = Point(port, number)
        point.register()
        crowd.append(point)
    epoll = select.epoll()
    by_fd = {point.socket.fileno(): point for point in crowd}
    for fd in by_fd:
        epoll.register(fd, select.EPOLLIN)
    said = acknowledged = broken = 0
    ages = []
    begin = time.monotonic()
    total = points * seconds

    def hear(patience):
        nonlocal acknowledged, broken
        for fd, _ in epoll.poll(patience, 1000):
            try:
                acknowledged += by_fd[fd].hear(time.monotonic(), ages)
            except OSError:
                broken += 1
                epoll.unregister(fd)

    while said < total:
        due = min(total, int((time.monotonic() - begin) * points))
        for number in range(said, due):
            crowd[number % points].say(time.monotonic())
        said = due
        hear(0.001)
    took = time.monotonic() - begin
    end = time.monotonic() + PATIENCE_S
    while acknowledged < said and time.monotonic() < end:
        hear(0.1)
    ages.sort()
    odd = sum(1 for point in crowd if point.got)
    print(f"{points} connections, {said / took:.0f} statuses/s, acknowledged after p50 "
          f"{1000 * ages[len(ages) // 2]:.2f} ms, p99 {1000 * ages[len(ages) * 99 // 100]:.2f} ms, max "
          f"{1000 * ages[-1]:.1f} ms")
    bars = (("connections that broke", broken, broken == 0, "0"),
            ("statuses that nobody acknowledged", said - acknowledged, said == acknowledged, "0"),
            ("answers that are something else", odd, odd == 0, "0"),
            ("statuses a second of each", round(said / took / points, 3), said / took >= 0.99 * points, "0.99 or more"))
    for what, found, is_kept, bar in bars:
        print(f'{"kept  " if is_kept else "MISSED"}  {what}: {found}, bar: {bar}')
    sys.exit(0 if all(is_kept for _, _, is_kept, _ in bars) else "a bar is missed")


main()
