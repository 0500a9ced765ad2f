"""The processes of a Ray cluster on this machine; the fixture `cluster` starts one."""

from contextlib import suppress

import psutil


def workers(cluster, task="ray::_train"):
    """The processes of a task, of all nodes."""
    raylets = [psutil.Process(node.all_processes["raylet"][0].process.pid) for node in cluster.list_all_nodes()]
    found = []
    for process in (each for raylet in raylets for each in raylet.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if process.cmdline()[:1] == [task]:
                found.append(process)
    return found
