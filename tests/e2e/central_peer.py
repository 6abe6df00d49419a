"""A central in Python, for one who loads it: listens, and takes the connection on which somebody speaks."""

import os
import socket

from framing import Speaker


def first_who_speaks(listener):
    """Whoever came before only looked whether somebody is there."""
    while True:
        connection, _ = listener.accept()
        connection.settimeout(60)
        if connection.recv(1, socket.MSG_PEEK):
            return connection


def take_one(port_file):
    """Writes the port on which it listens to a file of that name."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        with open(port_file + ".new", "w", encoding="utf-8") as file:
            print(listener.getsockname()[1], file=file)
        os.rename(port_file + ".new", port_file)
        return Speaker(first_who_speaks(listener))
