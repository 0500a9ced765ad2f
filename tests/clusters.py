"""The processes of a Ray cluster on this machine; the fixture `cluster` starts one."""

from contextlib import suppress

import psutil


def workers(cluster, task="ray::_train", nodes=None):
    """The processes of a task or an actor, of some nodes or all."""
    nodes = cluster.list_all_nodes() if nodes is None else nodes
    raylets = [psutil.Process(node.all_processes["raylet"][0].process.pid) for node in nodes]
    found = []
    for process in (each for raylet in raylets for each in raylet.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if process.cmdline() and process.cmdline()[0].partition(".")[0] == task:
                found.append(process)
    return found
