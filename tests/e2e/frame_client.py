"""A client of the framed door, after the format and nothing else. Prints one line a law."""

import socket
import sys

STX, ETX, ESC = 0x02, 0x03, 0x1B
EOT, ENQ, ACK, NACK = b"\x04", b"\x05", b"\x06", b"\x15"


def frame(text):
    data = text.encode()
    lrc = 0
    out = bytearray([STX])
    for byte in data:
        lrc ^= byte
        if byte in (STX, ETX, ESC):
            out += bytes([ESC, byte ^ 0x20])
        else:
            out.append(byte)
    return bytes(out) + bytes([ETX, lrc])


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """The text of the next frame; None at the end."""
        if self.file.read(1) != bytes([STX]):
            return None
        data = bytearray()
        while True:
            byte = self.file.read(1)[0]
            if byte == ETX:
                break
            data.append(self.file.read(1)[0] ^ 0x20 if byte == ESC else byte)
        lrc = 0
        for byte in data:
            lrc ^= byte
        assert self.file.read(1)[0] == lrc, "LRC"
        return data.decode()

    def ask(self, text):
        self.send(frame(text))
        return self.receive()


def expect(got, wanted):
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"


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


def orders_and_sees_it(port):
    client = Client(port)
    expect(client.ask("STOP#*"), "ACK: STOP#50")
    while "CP-000050=STOPPED" not in client.ask("LIST"):
        pass
    expect(client.ask("RESUME#CP-000050"), "ACK: RESUME#1")
    while "CP-000050=STOPPED" in client.ask("LIST"):
        pass
    expect(client.ask("RESUME#*"), "ACK: RESUME#50")
    expect(client.ask("INJECT#CP-000001#engine_ko"), "ACK: INJECT#CP-000001")
    while not client.ask("STATUS#CP-000001").startswith("ACK: STATUS#CP-000001#BROKEN#FAULT#OK"):
        pass


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
