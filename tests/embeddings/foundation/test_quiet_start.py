"""TensorFlow's start-up notes are kept back, and nothing else is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SAYS = """
import os, sys, types
def say(text):
    os.write(2, (text + chr(10)).encode())
config = types.SimpleNamespace(list_physical_devices=lambda: say(
    "E0000 00:00:17.1   52 cuda_platform.cc:52] failed call to cuInit: INTERNAL: UNKNOWN ERROR (303)"))
say("WARNING: All log messages before absl::InitializeLog() is called are written to STDERR")
say("I0000 00:00:17.0   52 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not be used.")
say("I0000 00:00:17.0   52 cpu_feature_guard.cc:227] This TensorFlow binary is optimized to use CPU instructions.")
say("To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.")
"""


def errors_of(code, *folders, status=0):
    """What a fresh Python process writes to standard error."""
    path = os.pathsep.join([*map(str, folders), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == status, done.stderr
    return done.stderr


@pytest.fixture
def tensorflow(tmp_path):
    """Writes a module that stands in for TensorFlow: it writes the notes, and what it is given besides."""

    def write(code):
        (tmp_path / "tensorflow.py").write_text(SAYS + code, encoding="utf-8")
        return tmp_path

    return write


def test_keras_starts_without_a_word_and_computes():
    code = "import pipelines, keras; assert float(keras.ops.sum(keras.ops.ones(3))) == 3"
    assert errors_of(code) == ""


def test_warnings_and_errors_stay(tensorflow):
    said = [
        "W0000 00:00:17.0   52 gpu_device.cc:1] Cannot dlopen some GPU libraries.",
        "E0000 00:00:17.0   52 cuda_platform.cc:52] failed call to cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)",
        "no line of a log",
    ]
    folder = tensorflow("".join(f"say({line!r})\n" for line in said))
    assert errors_of("import pipelines, tensorflow, sys; print('after', file=sys.stderr)", folder).splitlines() == [
        *said,
        "after",
    ]


def test_what_is_said_before_an_abort_is_shown(tensorflow):
    said = "F0000 00:00:17.0   52 cpu_feature_guard.cc:1] This TensorFlow needs AVX, which is not available."
    folder = tensorflow(f"say({said!r})\nos.abort()\n")
    assert errors_of("import pipelines, tensorflow", folder, status=-6).splitlines() == [said]


def test_an_error_of_the_import_is_that_of_tensorflow(tensorflow):
    errors = errors_of("import pipelines, tensorflow", tensorflow("raise ImportError('libfoo is missing')"), status=1)
    assert errors.startswith("Traceback")
    assert errors.endswith("ImportError: libfoo is missing\n")


def test_looking_for_the_module_does_not_end_the_silence(tensorflow):
    code = "import pipelines, importlib.util; importlib.util.find_spec('tensorflow'); import tensorflow"
    assert errors_of(code, tensorflow("")) == ""


def test_without_sed_the_notes_are_shown_and_the_import_succeeds(tensorflow):
    code = "import os, pipelines; os.environ['PATH'] = '/nowhere'; import tensorflow"
    assert errors_of(code, tensorflow("")).count("\n") >= 4
