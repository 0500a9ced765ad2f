"""What several tests share: a quiet TensorFlow, small examples of each task, and small vectors."""

import gc
import importlib
import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
# On arrays as small as the tests' a second thread of TensorFlow's operations waits, spinning, longer than it computes;
# compiled loops share batches out among threads as ever.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from clones import LIBRARIES, ROOT

from pipelines.reproduction import forked_python  # and TensorFlow starts without its notes

# TensorFlow's objects are many: looking for cycles as often as usual took a tenth of the time.
gc.set_threshold(100_000, 20, 5)

TEN_SENTENCES = [
    ("Anna saw the small dog", "Анна увидела маленькую собаку", "PROPN VERB DET ADJ NOUN", "B-PER O O O O", "positive"),
    ("the dog saw Anna", "собака увидела Анну", "DET NOUN VERB PROPN", "O O O B-PER", "negative"),
    ("Ivan lives in New Tver", "Иван живёт в Новой Твери", "PROPN VERB ADP PROPN PROPN", "B-PER O O B-LOC I-LOC",
     "negative"),
    ("he works at Volga Bank", "он работает в банке Волга", "PRON VERB ADP PROPN PROPN", "O O O B-ORG I-ORG",
     "positive"),
    ("good films", "хорошие фильмы", "ADJ NOUN", "O O", "positive"),
    ("films", "фильмы", "NOUN", "O", "negative"),
    ("it was not good at all", "это было совсем не хорошо", "PRON AUX PART ADJ ADP DET", "O O O O O O", "negative"),
    ("they book a room", "они бронируют комнату", "PRON VERB DET NOUN", "O O O O", "positive"),
    ("a book about Tver", "книга о Твери", "DET NOUN ADP PROPN", "O O O B-LOC", "negative"),
    ("Volga Bank is in Tver", "банк Волга находится в Твери", "PROPN PROPN AUX ADP PROPN", "B-ORG I-ORG O O B-LOC",
     "positive"),
]  # fmt: skip


def pytest_configure(config):
    """The process that the tests are started with also starts the Python that forks, for itself and its workers."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="elman-")
        process = forked_python.start(Path(folder.name), LIBRARIES, at_once=False)
        os.environ["FORKED_PYTHON"] = folder.name

        def end():
            process.communicate()
            folder.cleanup()

        config.add_cleanup(end)


def pytest_collection_finish():
    """Graphs run as they were traced, where there is TensorFlow: making them faster takes longer than they run here.

    What has been imported lives as long as the process: the search for cycles, of graphs above all, leaves it out.
    """
    gc.freeze()
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The wheel of the packages, built from a copy: an old `build` beside them would be put into it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for package in ("embeddings", "pipelines"):
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / path, source)
    # What pip asks of setuptools, without pip.
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, folder], cwd=source, capture_output=True, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def ten_examples():
    """Ten short sentences with everything known of them; tags are parts of speech, features images of 5 x 4 numbers."""
    from pipelines.data.examples import Example

    images = np.random.default_rng(0).normal(size=(len(TEN_SENTENCES), 5, 4)).astype("float32")
    return [
        Example(
            id=f"train-{number}",
            text=english,
            tokens=tuple(english.split()),
            label=label,
            labels=tuple(sorted({label, *(tag[2:] for tag in entities.split() if tag != "O")})),
            tags=tuple(tags.split()),
            target_text=russian,
            target_tokens=tuple(russian.split()),
            features=images[number],
        )
        for number, (english, russian, tags, entities, label) in enumerate(TEN_SENTENCES)
    ]


@pytest.fixture(scope="session")
def ten_entity_examples(ten_examples):
    """The same sentences with entity tags."""
    from dataclasses import replace

    return [
        replace(example, tags=tuple(entities.split()))
        for example, (_, _, _, entities, _) in zip(ten_examples, TEN_SENTENCES, strict=True)
    ]


@pytest.fixture(scope="session")
def small_vectors(ten_examples):
    """Random vectors of width 6 for half of the English words and for three that the sentences lack."""
    from gensim.models import KeyedVectors

    words = sorted({token for example in ten_examples for token in example.tokens})
    words = [*words[::2], "cat", "Paris", "museum"]
    vectors = KeyedVectors(6)
    vectors.add_vectors(words, np.random.default_rng(0).normal(0, 0.5, (len(words), 6)).astype("float32"))
    return vectors


@pytest.fixture(scope="module")
def cluster():
    """Two nodes of one processor each."""
    cluster_utils = importlib.import_module("ray.cluster_utils")  # extra `cluster`
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("RAY_AUTH_MODE", "disabled")  # which would write a token into the home folder
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_raylet_start_wait_time_s", "120")  # on a busy machine
        head = {"num_cpus": 1, "include_dashboard": False}
        started = cluster_utils.Cluster(initialize_head=True, head_node_args=head)
        started.add_node(num_cpus=1)
        yield started
        started.shutdown()


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium; tests of pages are skipped where there is none, and `.ci/run` installs it."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    if not (chromium := next(filter(None, map(shutil.which, names)), None)):
        pytest.skip("no Chromium found: apt-get install chromium")
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # which root may not have
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        yield started
        started.close()
