"""A server in a process of its own."""

import re
import subprocess
import sys
from contextlib import contextmanager

import pytest


@contextmanager
def serving(*arguments, elman=(sys.executable, "-m", "pipelines.cli"), variables=None):
    """A server at a free port: its process and its port.

    Args:
        arguments: of the command.
        elman: what runs `elman`.
        variables: of its environment, if they are other ones.
    """
    command = [*map(str, elman), "serve", "--port", "0", *map(str, arguments)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=variables) as process:
        assert process.stderr
        said = []
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+) serves", line):
                break
        else:
            pytest.fail("".join(said))
        try:
            yield process, int(found[1])
        finally:
            process.kill()
