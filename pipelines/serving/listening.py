"""The address that a server listens on."""

import os
import socket

from embeddings.foundation.errors import InputError


def listening(host: str, port: int) -> socket.socket:
    """A socket that clients can reach.

    Raises:
        InputError: the address is not of this machine, or taken.
    """
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        said = error if isinstance(error, socket.gaierror) or not error.errno else os.strerror(error.errno)
        raise InputError(f"--port: {host}:{port} cannot be listened on ({said}); choose another") from None
