"""The way to a Ray cluster: one at an address, or one of this machine alone for as long as a command runs."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from embeddings.foundation.errors import InputError

CONNECT_SECONDS = 5  # until an address without a cluster is given up, twice


def require_cluster(what: str) -> None:
    """Refuses what needs the extra `cluster`, where that is not installed.

    Raises:
        InputError: it is not.
    """
    for package in ("ray", "optuna"):
        if find_spec(package) is None:
            advice = "pip install 'elman[cluster]'"
            raise InputError(f"the package {package} is not installed, which {what} needs; {advice}")


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """Yields the module `ray`, connected to a cluster.

    Args:
        address: HOST:PORT of the cluster's head, or `auto` for the one that this machine is a node of; if not given,
            a cluster of this machine alone is started, which ends with the block.

    Raises:
        InputError: Ray is not installed, or there is no cluster that this process can use at the address.
    """
    require_cluster("this")
    if address:
        check_address(address)
        check_health(address)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anybody
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray: Any = import_module("ray")  # of an extra
    silent: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    try:
        ray.init(address or "local", **({} if address else {"include_dashboard": False}), **silent)
    except Exception as error:  # of its start-up timeout Ray knows no other type
        raise InputError(f"--address {address}: {_reason(error)}" if address else _no_start(error)) from None
    try:
        yield ray
    finally:
        ray.shutdown()


def check_address(address: str) -> None:
    """Refuses an address where nothing listens, before Ray waits for it for minutes.

    Raises:
        InputError: it is no HOST:PORT, or nothing listens there.
    """
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if "://" in address or not host or not port.isdecimal():
        expected = "HOST:PORT of the cluster's head, such as 10.0.0.1:6379, or auto"
        raise InputError(f"--address: expected {expected}, got {address!r}; run the command on a node of the cluster")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        advice = "start one with `ray start --head`, or leave --address out to use this machine alone"
        raise InputError(f"--address {address}: expected a Ray cluster, got none: {reason}; {advice}") from None


def check_health(address: str) -> None:
    """Refuses an address where something else than Ray listens, which Ray would try to talk to for minutes.

    A head answers gRPC's standard health check, or refuses it for want of a token.

    Raises:
        InputError: what listens answers otherwise, or not in time.
    """
    if address == "auto" or os.environ.get("RAY_USE_TLS", "0") not in ("", "0"):  # which this would need, too
        return
    grpc: Any = import_module("grpc")  # of an extra
    with grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]) as channel:
        try:
            channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=CONNECT_SECONDS)
        except grpc.RpcError as error:
            if error.code() in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
                return
            advice = "give the address of the cluster's head, as `ray start --head` prints it"
            got = f"something else that listens there ({error.code().name.lower()})"
            raise InputError(f"--address {address}: expected a Ray cluster, got {got}; {advice}") from None


def _reason(error: Exception) -> str:
    """What Ray says, in one line: of other versions of Python or Ray, both."""
    lines = _lines(error)
    if any("ersion mismatch" in line for line in lines):
        return f"expected the cluster's versions of Ray and Python, got others: {' '.join(lines)}"
    advice = "run the command on a node of the cluster, with RAY_AUTH_MODE as the cluster has it"
    return f"expected a Ray cluster, got none: {lines[0]}; {advice}"


def _no_start(error: Exception) -> str:
    """What Ray says of a start on this machine."""
    advice = "try again when the machine has less to do; Ray's own logs say more"
    said = _lines(error)[0].rstrip(".")
    return f"expected Ray to start on this machine, got: {said}; {advice}"


def _lines(error: Exception) -> list[str]:
    return [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
