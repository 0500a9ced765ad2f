"""The processes of a Ray cluster on this machine; the fixture `cluster` starts one."""

import psutil


def workers(cluster, task="ray::_train"):
    """The processes of a task, of all nodes."""
    raylets = [psutil.Process(node.all_processes["raylet"][0].process.pid) for node in cluster.list_all_nodes()]
    processes = [each for raylet in raylets for each in raylet.children(recursive=True)]
    return [each for each in processes if each.cmdline()[:1] == [task]]
