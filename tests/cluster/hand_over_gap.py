"""Waits until another node decides than the one that led, and prints the time between both decisions in ms.

    hand_over_gap.py LED PORT...      LED: port of the node that leads and is about to leave; PORT: of those that may follow

A decision is seen when the page of the node that leads counts it, a tenth of a second later at most. Says `watching` on
stderr once it has seen the first one: who leads is not to leave before.
"""

import sys
import time

from next_decision import accepted

PATIENCE_S = 90


def main():
    led, ports = sys.argv[1], sys.argv[2:]
    began = time.monotonic()
    last, seen = None, None
    first = {}
    while time.monotonic() < began + PATIENCE_S:
        now = accepted(led)
        if now is not None and seen is None:
            print("watching", file=sys.stderr, flush=True)
        if now is not None and now != seen:
            last, seen = time.monotonic(), now
        for port in ports:
            now = accepted(port)
            # What it counts first the former node has decided.
            if now is None or now <= first.setdefault(port, now) or last is None:
                continue
            print(round((time.monotonic() - last) * 1000))
            return 0
        time.sleep(0.01)  # a pace: whoever leads is measured, and has to answer each look
    print("nobody decides; who led had", seen, "accepted; at first", first, "now",
          {port: accepted(port) for port in ports})
    return 1


if __name__ == "__main__":
    sys.exit(main())
