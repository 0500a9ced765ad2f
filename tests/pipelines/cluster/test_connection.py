"""The way to a cluster: what is refused before Ray waits for anything."""

import socket
import threading

import pytest

from embeddings.foundation.errors import InputError
from pipelines.cluster import connection
from pipelines.cluster.connection import check_address, check_health, connected


@pytest.mark.parametrize("address", ["ray://10.0.0.1:10001", "10.0.0.1", ":6379", "host:port", ""])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InputError, match=r"^--address: expected HOST:PORT .* got .*; run the command on a node"):
        check_address(address)


def test_an_address_where_nothing_listens_is_refused_at_once():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        check_address(f"127.0.0.1:{port}")
    with pytest.raises(InputError) as refused:
        check_address(f"127.0.0.1:{port}")
    assert f"--address 127.0.0.1:{port}: expected a Ray cluster, got none: Connection refused" in str(refused.value)
    assert "ray start --head" in str(refused.value)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"-ERR unknown command\r\n", b""])
def test_an_address_where_something_else_listens_is_refused_at_once(monkeypatch, answer):
    """A web server, a Redis, and what never says anything."""
    pytest.importorskip("grpc")
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.5)

    def serve():
        connection, _ = server.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(answer)
            silent.wait()

    silent = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(InputError, match=r"^--address 127.0.0.1:\d+: expected a Ray cluster, got something else "):
            check_health(f"127.0.0.1:{server.getsockname()[1]}")
        silent.set()


def test_a_start_on_this_machine_that_fails_is_one_line(tmp_path, monkeypatch):
    pytest.importorskip("ray", reason="the extra `cluster` is not installed")
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path / ("a" * 100)))  # in which no socket has room for its name
    with pytest.raises(InputError, match=r"^expected Ray to start on this machine, got: .*AF_UNIX.*; try again when"):
        connected(None).__enter__()


@pytest.mark.parametrize("missing", ["ray", "optuna"])
def test_without_the_extra_it_says_what_to_install(monkeypatch, missing):
    monkeypatch.setattr(connection, "find_spec", lambda name: None if name == missing else object())
    with pytest.raises(InputError, match=rf"package {missing} is not installed.*pip install 'elman\[cluster\]'"):
        connected("auto").__enter__()
