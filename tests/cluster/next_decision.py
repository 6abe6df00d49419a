"""Waits until a central decides again after another one was killed, and prints how long that took.

    next_decision.py SINCE_MS PORT...      SINCE_MS: when it was killed; PORT: of each node that may lead
"""

import http.client
import re
import sys
import time
import urllib.request

ACCEPTED = re.compile(r'^chargemill_requests_total\{[^}]*result="accepted"[^}]*\} ([0-9.e+]+)', re.M)
PATIENCE_S = 60


def accepted(port):
    """How many requests were accepted, as that node knows; None: it does not lead."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=1) as answer:
            return sum(float(number) for number in ACCEPTED.findall(answer.read().decode()))
    except (OSError, http.client.HTTPException):  # it may end in the middle of an answer
        return None


def main():
    since_ms, ports = int(sys.argv[1]), sys.argv[2:]
    first = {}
    while time.time() * 1000 < since_ms + PATIENCE_S * 1000:
        for port in ports:
            now = accepted(port)
            if now is None:
                continue
            if now > first.setdefault(port, now):
                print(int(time.time() * 1000) - since_ms)
                return 0
        time.sleep(0.02)
    print("nobody decides")
    return 1


if __name__ == "__main__":
    sys.exit(main())
