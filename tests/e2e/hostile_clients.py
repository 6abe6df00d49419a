"""Hostile clients of both doors of a running program, and good ones beside them. Python's standard library only.

hostile_clients.py TCP_PORT HTTP_PORT PID SECONDS IDLE CONNECTS_PER_S MALFORMED TOKEN: lines `name value`, with its bar
where there is one, and exit 1 with a reason if the good ones got less than nine tenths of what they ask for, if the program grew by 256 MiB, or if
there was no siege: nobody idle, coming and going, or malformed; from 60 SECONDS on, fewer than was asked for. Exit 2 if it was the
good ones' share alone, in fewer SECONDS than 60: one second without a processor is a quarter of four.
"""

import multiprocessing
import os
import random
import select
import socket
import struct
import sys
import time

STX, ETX, ESC = 0x02, 0x03, 0x1B
TCP, HTTP, PID, SECONDS, IDLE, CONNECTS, MALFORMED = (int(word) for word in sys.argv[1:8])
TOKEN = sys.argv[8]
GOOD_PER_S = 200  # of each kind
GROWTH_MAX = 256 << 20
SHARE_MIN = 0.9
ALL_POINTS = b'{"cmd":"stop_cp","cp_id":"*"}'


def frame(text):
    data, lrc = text.encode(), 0
    for byte in data:
        lrc ^= byte
    return bytes([STX]) + data + bytes([ETX, lrc])


def dial(port, timeout=5.0):
    """From one of many addresses of this machine."""
    one = socket.socket()
    one.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: a port of its own for each pair
    one.bind((f"127.{random.randint(1, 9)}.{random.randint(0, 9)}.{random.randint(1, 254)}", 0))
    one.settimeout(timeout)
    one.connect(("127.0.0.1", port))
    return one


def until(over):
    while not over.is_set():
        yield


def hold_idle(said, over):
    """Connections that say nothing; of every ten one half-closed, and one in the middle of a message."""
    held = []
    for i in range(IDLE):
        try:
            one = dial(TCP if i % 2 else HTTP)
            if i % 10 == 0:
                one.shutdown(socket.SHUT_WR)
            elif i % 10 in (1, 2):
                one.sendall(b"\x02PI" if i % 2 else b"POST /cp/stop HT")
            held.append(one)
        except OSError:
            pass  # refused is as good
    said.put(("idle", len(held)))
    over.wait()


def churn(said, over):
    """Come, say something or nothing, and go: politely or with a reset."""
    said.put(("churn", 0))
    made, tried, start = 0, 0, time.monotonic()
    for _ in until(over):
        if tried > (time.monotonic() - start) * CONNECTS:
            time.sleep(0.001)
            continue
        tried += 1
        try:
            one = dial(HTTP if tried % 2 else TCP)
            made += 1
            if tried % 3 == 0:
                one.sendall(frame("STOP#*") if tried % 2 == 0 else b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if tried % 5 == 0:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
        except OSError:
            pass
    said.put(("connections", made))


def malformed_frames():
    """A thousand: wrong sums, stray bytes, bad escapes, no text, too long ones cut short."""
    kinds = [b"\x02STOP#*\x03\x00", b"\x02\x02STOP", b"\x02A\x1bB\x03\x18", b"\x02\xff\xfe\x03\x01", b"zzzz\x03\x03",
             b"\x02" + b"x" * 40 + b"\x03\x02"]
    return b"".join(random.choice(kinds) for _ in range(1000))


def flood(said, over):
    """Malformed frames as fast as the door takes them; half of the senders never read the replies."""
    batch, sent, senders = malformed_frames(), 0, []
    said.put(("flood", 0))
    while not over.is_set() and sent < MALFORMED:
        while len(senders) < 8:
            try:
                one = dial(TCP)
                one.setblocking(False)
                senders.append([one, b"", len(senders) % 2 == 0])
            except OSError:
                break
        _, writable, _ = select.select([], [s[0] for s in senders], [], 0.1)
        for sender in [s for s in senders if s[0] in writable]:
            try:
                if sender[2]:
                    try:
                        sender[0].recv(1 << 20)
                    except BlockingIOError:
                        pass
                sender[1] = sender[1] or batch
                sender[1] = sender[1][sender[0].send(sender[1]):]
                sent += 0 if sender[1] else 1000  # all of them: a door that cuts one has not heard the rest
            except BlockingIOError:
                pass
            except OSError:
                senders.remove(sender)
    said.put(("malformed", sent))


def trickle(said, over):
    """A byte now and then, of requests that would stop everything if they were taken, or that announce much."""
    texts = [(TCP, frame("STOP#*") * 50),
             (HTTP, b"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048576\r\n\r\n" + b"x" * 1000),
             (HTTP, b"POST /cp/command HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(ALL_POINTS) + ALL_POINTS)]
    slow = []
    said.put(("trickle", 0))
    for _ in until(over):
        while len(slow) < 200:
            port, text = random.choice(texts)
            try:
                slow.append([dial(port), text])
            except OSError:
                break
        for one in list(slow):
            try:
                one[0].sendall(one[1][:1])
                one[1] = one[1][1:]
            except OSError:
                one[1] = b""
            if not one[1]:
                one[0].close()
                slow.remove(one)
        time.sleep(0.05)


def order_without_token(said, over):
    """Whole and well-formed orders, of somebody without a token."""
    said.put(("orders", 0))
    refused, taken = 0, 0
    for _ in until(over):
        try:
            one = dial(TCP)
            one.sendall(frame("STOP#*") + frame("AUTH#wrong-wrong-wrong-wrong") + frame("SHUTDOWN#CP-000001"))
            text = b""
            while text.count(b"\x03") < 3:
                piece = one.recv(4096)
                if not piece:
                    break
                text += piece
            taken += b"\x02ACK" in text
            one.close()
            one = dial(HTTP)
            one.sendall(b"POST /cp/command HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(ALL_POINTS) + ALL_POINTS)
            status = one.recv(4096).split(b"\r\n")[0]
            taken += b" 200 " in status
            refused += b" 401 " in status
            one.close()
        except OSError:
            pass
        time.sleep(0.02)
    said.put(("refused_orders", refused))
    said.put(("taken_orders", taken))


def ask_frames(one):
    one.sendall(frame("STATUS#CP-000001"))
    said = b""
    while b"\x03" not in said[:-1]:
        piece = one.recv(4096)
        if not piece:
            raise OSError("closed")
        said += piece
    return said.startswith(b"\x02ACK: STATUS")


def ask_http(one):
    one.sendall(b"GET /cp/CP-000001 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n" % TOKEN.encode())
    said = b""
    while b"\r\n\r\n" not in said or not said.endswith(b"}\n"):
        piece = one.recv(65536)
        if not piece:
            raise OSError("closed")
        said += piece
    return said.startswith(b"HTTP/1.1 200")


def greet(port):
    one = dial(port)
    if port == TCP:
        one.sendall(frame("AUTH#" + TOKEN))
        one.recv(4096)
    return one


def be_good(name, port, ask, is_new_each_time, results, seconds):
    """Asks at its pace; what is late is caught up with, what fails is not."""
    done, worst, per_s, one = 0, 0.0, GOOD_PER_S // 4 if is_new_each_time else GOOD_PER_S, None
    start = time.monotonic()
    due = 0
    while time.monotonic() - start < seconds:
        if due > (time.monotonic() - start) * per_s:
            time.sleep(0.001)
            continue
        due += 1
        asked = time.monotonic()
        try:
            one = one or greet(port)
            done += bool(ask(one))
            if is_new_each_time:
                one.close()
                one = None
        except OSError:
            one = None
        worst = max(worst, time.monotonic() - asked)
    results.put((name, done / ((time.monotonic() - start) * per_s), worst))


def good_ones(seconds):
    """The share of what was asked for that was answered, of each kind."""
    results = multiprocessing.Queue()
    kinds = [("tcp", TCP, ask_frames, False), ("http", HTTP, ask_http, False), ("new_tcp", TCP, ask_frames, True),
             ("new_http", HTTP, ask_http, True)]
    started = [multiprocessing.Process(target=be_good, args=(*kind, results, seconds)) for kind in kinds]
    for process in started:
        process.start()
    shares = [results.get(timeout=seconds + 60) for _ in started]
    for process in started:
        process.join()
    return shares


def resident():
    with open(f"/proc/{PID}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def watch(peak, over):
    for _ in until(over):
        peak.value = max(peak.value, resident())
        time.sleep(0.05)


def main():
    wrong, late = [], []
    for name, share, worst in good_ones(2):
        print(f"alone_{name} {share:.3f} worst_ms {worst * 1e3:.1f}")
    before, said, peak = resident(), multiprocessing.Queue(), multiprocessing.Value("q", 0)
    over = multiprocessing.Event()
    kinds = (hold_idle, churn, flood, trickle, order_without_token)
    attackers = [multiprocessing.Process(target=kind, args=(said, over)) for kind in kinds]
    attackers.append(multiprocessing.Process(target=watch, args=(peak, over)))
    for process in attackers:
        process.start()
    figures = dict(said.get(timeout=60) for _ in kinds)  # all are at it
    for name, share, worst in good_ones(SECONDS):
        print(f"under_attack_{name} {share:.3f} bar {SHARE_MIN} worst_ms {worst * 1e3:.1f}")
        if share < SHARE_MIN:
            late.append(f"{name}: {share:.3f} of the good traffic")
    over.set()
    for process in attackers:
        process.join(120)
    while not said.empty():
        figures.update([said.get()])
    for name, value in figures.items():
        print(name, value)
    growth = max(peak.value, resident()) - before
    print(f"growth_mib {growth / (1 << 20):.1f} bar {GROWTH_MAX >> 20}")
    if growth >= GROWTH_MAX:
        wrong.append(f"it grew by {growth >> 20} MiB")
    # Python's own pace leaves a tenth undone.
    share = 0.9 if SECONDS >= 60 else 0.0
    for name, asked in (("idle", IDLE), ("connections", CONNECTS * SECONDS), ("malformed", MALFORMED / SHARE_MIN)):
        done = figures.get(name, 0)
        if done < max(1, share * asked):
            wrong.append(f"no siege: {name} {done} of {asked:.0f}")
    if figures.get("taken_orders") != 0 or not figures.get("refused_orders"):
        wrong.append(f"orders without a token: {figures}")
    for text in wrong + late:
        print("wrong:", text)
    sys.exit(1 if wrong or late and SECONDS >= 60 else 2 if late else 0)


main()
