"""A wire between two interfaces on which every packet is under way for a while (this kernel may have no netem).

    slow_wire.py ONE OTHER MILLISECONDS      until it is ended by a signal; both are ours alone

What waits is bounded: more is lost, as in any queue.
"""

import collections
import select
import socket
import sys
import time

ALL_KINDS = 0x0003  # ETH_P_ALL
SOL_PACKET = 263
WITH_OFFLOADS = 15  # PACKET_VNET_HDR: sums that are not computed yet, and large segments, stay so
OUTGOING = 4  # what this wire itself has sent
PACKET_MAX = 65_536 + 64
WAITING_MAX = 20_000  # packets


def end_of(interface):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_KINDS))
    end.setsockopt(SOL_PACKET, WITH_OFFLOADS, 1)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    end.bind((interface, ALL_KINDS))
    end.setblocking(False)
    return end


def take(end, waiting, due):
    """All that is there."""
    while True:
        try:
            packet, address = end.recvfrom(PACKET_MAX)
        except BlockingIOError:
            return
        if address[2] != OUTGOING and len(waiting) < WAITING_MAX:
            waiting.append((due, packet))


def put(end, waiting, now):
    """All that is due; what its queue does not take is lost."""
    while waiting and waiting[0][0] <= now:
        try:
            end.send(waiting.popleft()[1])
        except OSError as error:
            print(error, flush=True)


def main():
    ends = [end_of(sys.argv[1]), end_of(sys.argv[2])]
    delay = float(sys.argv[3]) / 1000
    waiting = [collections.deque(), collections.deque()]  # for the other end
    while True:
        due = min((queue[0][0] for queue in waiting if queue), default=None)
        readable, _, _ = select.select(ends, [], [], None if due is None else max(0.0, due - time.monotonic()))
        now = time.monotonic()
        for one in (0, 1):
            if ends[one] in readable:
                take(ends[one], waiting[one], now + delay)
            put(ends[1 - one], waiting[one], now)


if __name__ == "__main__":
    main()
