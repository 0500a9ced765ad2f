"""The way to a cluster: what is refused before Ray waits for anything."""

import socket

import pytest

from embeddings.foundation.errors import InputError
from pipelines.cluster import connection
from pipelines.cluster.connection import check_address, connected


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


@pytest.mark.parametrize("missing", ["ray", "optuna"])
def test_without_the_extra_it_says_what_to_install(monkeypatch, missing):
    monkeypatch.setattr(connection, "find_spec", lambda name: None if name == missing else object())
    with pytest.raises(InputError, match=rf"package {missing} is not installed.*pip install 'elman\[cluster\]'"):
        connected("auto").__enter__()
