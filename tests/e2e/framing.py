"""Frames STX DATA ETX LRC and a client that speaks them, after the format and nothing else."""

import socket

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


class Speaker:
    """One end of a connection."""

    def __init__(self, connection):
        self.socket = connection
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


class Client(Speaker):
    def __init__(self, port):
        super().__init__(socket.create_connection(("127.0.0.1", port), timeout=60))


def expect(got, wanted):
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"
