"""A forked command does what one of a new interpreter does."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from pipelines.reproduction import forked_python

LIBRARY = "wave"  # of Python's own, which nothing else imports
PROGRAM = """
import json, os, sys
print(json.dumps([sys.argv[1:], sys.orig_argv[1:], os.getcwd(), os.environ.get("WORD"), sys.path[:2], __name__]))
print("pipelines" in sys.modules, sys.stdin.read(), file=sys.stderr)
open(sys.argv[1], "w").write(str("wave" in sys.modules))
sys.exit(sys.argv[2] if sys.argv[2].isalpha() else int(sys.argv[2]))
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a program."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


@pytest.fixture
def forking(folder):
    """What stands first on the PATH, of a Python that forks and has imported a library."""
    place = folder / "forking"
    place.mkdir()
    process = forked_python.start(place, [LIBRARY, "no_such_library"], at_once=False)
    while not (place / "socket").exists():
        assert process.poll() is None, (place / "log").read_text()
        time.sleep(0.01)
    yield place
    process.communicate()
    assert process.returncode == 0, (place / "log").read_text()


def outcome(folder, path, *arguments, **environment):
    """Exit status and output of the program, and whether it found the library imported."""
    done = subprocess.run(
        [f"{path}/python", "-m", "program", "note", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "WORD": "word", **environment},
        input="input",
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr, (folder / "note").read_text(encoding="utf-8")


@pytest.mark.parametrize("status", ["0", "3", "why"])
def test_it_prints_and_ends_as_in_a_new_interpreter(folder, forking, status):
    plain = outcome(folder, os.path.dirname(sys.executable), status)
    forked = outcome(folder, forking, status)
    assert forked[:3] == plain[:3]
    assert plain[0] == {"0": 0, "3": 3, "why": 1}[status]
    assert (plain[3], forked[3]) == ("False", "True")


def test_a_hash_seed_gets_a_new_interpreter(folder, forking):
    assert outcome(folder, forking, "0", PYTHONHASHSEED="7")[3] == "False"


def test_without_the_python_that_forks_there_is_a_new_interpreter(folder, forking):
    (forking / "socket").unlink()
    assert outcome(folder, forking, "0")[::3] == (0, "False")


def test_a_command_ends_with_who_asked_for_it(folder, forking):
    (folder / "program.py").write_text("import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)\n")
    asked = subprocess.Popen([f"{forking}/python", "-m", "program"], cwd=folder, env={**os.environ, "PYTHONPATH": ""})
    while not (folder / "pid").exists() or not (folder / "pid").read_text():
        time.sleep(0.01)
    process = psutil.Process(int((folder / "pid").read_text()))
    asked.send_signal(signal.SIGKILL)
    asked.wait()
    process.wait(timeout=5)


def test_a_signal_that_ends_a_command_is_a_failure(folder, forking):
    (folder / "program.py").write_text("import os; os.kill(os.getpid(), 9)\n")
    done = subprocess.run([f"{forking}/python", "-m", "program"], cwd=folder)
    assert done.returncode not in (0, 1)


def test_what_is_asked_for_stands_first_on_the_path_of_a_block(monkeypatch):
    before = os.environ["PATH"]
    monkeypatch.setattr(forked_python.sys, "platform", "linux")
    with forked_python.first_on_path(["json"]):
        first, _, rest = os.environ["PATH"].partition(os.pathsep)
        assert rest == before
        assert os.path.exists(f"{first}/python")
    assert os.environ["PATH"] == before
    assert not os.path.exists(first)
