"""Laws of the framed door, for a client in another language. Prints one line a law."""

import sys
import time

from framing import ACK, ENQ, EOT, NACK, Client, expect, frame


def answers_in_order(port):
    client = Client(port)
    names = [f"CP-{i:06}" for i in range(1, 51)]
    client.send(b"".join(frame(f"STATUS#{name}") + frame("PING") for name in names))
    for name in names:
        got = client.receive()
        assert got.startswith(f"ACK: STATUS#{name}#"), got
        expect(client.receive(), "ACK: PING")


def takes_any_split(port):
    client = Client(port)
    for byte in frame("PING") + b"noise" + frame("STATUS#nobody"):
        client.send(bytes([byte]))
    expect(client.receive(), "ACK: PING")
    expect(client.receive(), "NACK: Charging point not found")


def survives_damage(port):
    client = Client(port)
    client.send(b"\x02PING\x03\x11" + b"\x02\xff\x03\xff" + b"\x02AB" + frame("PING"))
    expect(client.receive(), "NACK: bad LRC, please resend")
    expect(client.receive(), "NACK: not UTF-8")
    expect(client.receive(), "ACK: PING")
    client.send(b"\x02\x03\x01" * 3000 + frame("PING"))
    for _ in range(3000):
        expect(client.receive(), "NACK: bad LRC, please resend")
    expect(client.receive(), "ACK: PING")
    expect(client.ask("x" * 65536), f"NACK: unknown command '{'x' * 64}...'")
    client.send(frame("x" * 65537))
    expect(client.receive(), "NACK: a message is too long")
    expect(client.ask("PING"), "ACK: PING")


def holds_a_dialogue(port):
    client = Client(port)
    client.send(ENQ)
    expect(client.file.read(1), ACK)
    client.send(b"\x02PING\x03\x11")
    expect(client.file.read(1), NACK)
    client.send(frame("PING"))
    expect(client.file.read(1), ACK)
    expect(client.receive(), "ACK: PING")
    client.send(NACK)
    expect(client.receive(), "ACK: PING")
    client.send(ACK + EOT)
    expect(client.ask("PING"), "ACK: PING")


def until(condition, what):
    """Polls; each look asks the door."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"never: {what}"


def orders_and_sees_it(port):
    client = Client(port)
    expect(client.ask("STOP#*"), "ACK: STOP#50")
    until(lambda: "CP-000050=STOPPED" in client.ask("LIST"), "stopped")
    expect(client.ask("RESUME#CP-000050"), "ACK: RESUME#1")
    until(lambda: "CP-000050=STOPPED" not in client.ask("LIST"), "resumed")
    expect(client.ask("RESUME#*"), "ACK: RESUME#50")
    expect(client.ask("INJECT#CP-000001#engine_ko"), "ACK: INJECT#CP-000001")
    until(lambda: client.ask("STATUS#CP-000001").startswith("ACK: STATUS#CP-000001#BROKEN#FAULT#OK"), "broken")


def many_at_once(port):
    clients = [Client(port) for _ in range(100)]
    for client in clients:
        client.send(frame("AVAILABLE") + frame("PING"))
    for client in clients:
        assert client.receive().startswith("ACK: AVAILABLE#CP-")
        expect(client.receive(), "ACK: PING")


def main():
    port = int(sys.argv[1])
    laws = {
        "each message gets one reply, in order (D-144)": answers_in_order,
        "bytes may come one by one (D-134)": takes_any_split,
        "damaged frames are answered and harm none (D-142)": survives_damage,
        "the dialogue with ENQ, ACK, NACK and EOT (D-148)": holds_a_dialogue,
        "a hundred clients at once (D-143)": many_at_once,
        "orders are carried out (D-076, D-077, D-110)": orders_and_sees_it,
    }
    failed = 0
    for text, law in laws.items():
        try:
            law(port)
            print("ok - framed door:", text)
        except Exception as error:  # pylint: disable=broad-except
            print("not ok - framed door:", text)
            print(repr(error))
            failed = 1
    sys.exit(failed)


main()
