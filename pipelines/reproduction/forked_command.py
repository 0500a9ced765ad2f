"""Lets the Python that forks run a command in this process's folder, environment and streams, and ends as it does.

Run as a file, with the address of the one that listens, its PYTHONHASHSEED, and the arguments of the command. It
imports as little as it can: each command waits for it.
"""

import os
import signal
import socket
import sys


def ask(address: str, hash_seed: str, arguments: list[str]) -> None:
    """Asks for a command; one that cannot be a fork gets a new interpreter in this process."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        if arguments[:1] != ["-m"] or os.environ.get("PYTHONHASHSEED", "") != hash_seed:
            raise FileNotFoundError
        connection.connect(address)
    except OSError:
        os.execv(sys.executable, [sys.executable, *arguments])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's reaches the command itself, whose end this waits for
    words = [os.getcwd(), str(len(arguments)), *arguments, *(f"{k}={v}" for k, v in os.environ.items())]
    message = os.fsencode("\0".join(words))
    socket.send_fds(connection, [len(message).to_bytes(8, "big")], [0, 1, 2])
    connection.sendall(message)
    status = connection.recv(1)
    os._exit(status[0] if status else 1)


if __name__ == "__main__":
    ask(sys.argv[1], sys.argv[2], sys.argv[3:])
