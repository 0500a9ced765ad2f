"""Small runs of every kind, and a process without Elman that runs the code of their READMEs."""

import json
import re
import subprocess
import sys
from copy import copy
from dataclasses import replace

import numpy as np
from conformance_cases import DATASET, RUN, build, cell_config, examples_of, task_config

from embeddings.foundation.subwords import Subwords
from pipelines.runs.folder import save_run
from pipelines.text.subwords import encoding_path, train_encoding
from pipelines.text.tokenization import tokenizer_of

CHARACTERS = {"encoder": "recurrent", "dimensions": 5, "units": 6}
TEXTS = ["I don't like the SMALL dog in New Tver.", "films", "Анна likes <unk> & a book&nbsp;about B2B, z.B. 3.50!"]
# A kind of run: task, cell, which of the task's small configurations, other keys, tokenizer, and what is calibrated.
KINDS = {
    "windows": ("text_classification", "lstm", 3, {}, "words", {"temperature": 1.7}),
    "head_tail": ("text_classification", "sru", 2, {}, "words_lowercase", {"temperature": 0.6}),
    "multilabel": ("multilabel_classification", "gru", 1, {"maximum_tokens": 3, "truncation": "tail"}, "whitespace",
                   {"temperature": 1.3, "thresholds": {"ORG": 0.45, "PER": 0.55}}),
    "columns": ("column_classification", "simple_rnn", 1, {}, "words", {}),
    "pos": ("pos_tagging", "gru", 0, {"characters": CHARACTERS}, "words", {}),
    "ner": ("ner", "lstm", 0, {}, "words", {"outside_penalty": 0.25}),
    "crf": ("ner", "simple_rnn", 1, {}, "words", {"outside_penalty": 0.5}),
    "composed": ("pos_tagging", "sru", 0, {}, "words", {}),
    "translation": ("translation", "gru", 0, {"maximum_tokens": 6}, "words", {}),
    "additive": ("translation", "lstm", 0, {"attention": "additive", "input_feeding": True}, "subwords", {}),
    "captions": ("captioning", "lstm", 0, {}, "words", {}),
    "language_model": ("text_generation", "gru", 1, {}, "words", {}),
    "characters": ("text_generation", "lstm", 0, {}, "characters", {}),
}  # fmt: skip
RUNNER = """
import contextlib, importlib.abc, io, json, os, sys
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in ("pipelines", "embeddings"):
            raise ModuleNotFoundError(f"{name} is absent")
sys.meta_path.insert(0, Absent())
answers = []
for folder, codes in json.load(sys.stdin):
    os.chdir(folder)
    sys.path[0] = folder
    answers.append([])
    for code in codes:
        for name in ("words", "tag_sequences", "word_shapes"):
            sys.modules.pop(name, None)
        space = {}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, space)
        answers[-1].append(space["answer"])
print(json.dumps(answers))
"""


def small_run(kind, folder, ten_examples, ten_entity_examples, vectors):
    """Saves an untrained run of a kind into a new folder."""
    name, cell, small, keys, tokenizer, calibration = KINDS[kind]
    folder.mkdir()
    examples = examples_of(name, ten_examples, ten_entity_examples)
    tokenizers = {"tokens": tokenizer, "target_tokens": "words" if name == "translation" else None}
    if tokenizer == "subwords":
        path = encoding_path(folder, "tokens")
        tokenizers["tokens"] = train_encoding([example.text for example in examples], 60, path)
    dataset = {**DATASET, "tokenizers": tokenizers}
    if tokenizer in ("characters", "subwords"):
        tokens = [tuple(tokenizer_of(dataset, folder)(example.text)) for example in examples]
        retokenised = zip(examples, tokens, strict=True)
        examples = [replace(example, tokens=own, tags=("X",) * len(own)) for example, own in retokenised]
    if kind == "composed":
        vectors = copy(vectors)
        vectors.subwords = Subwords(np.random.default_rng(3).normal(0, 0.5, (200, 6)).astype("float32"), 3, 5)
    one_way = name in ("captioning", "text_generation")
    task, model = build(
        task_config(name, small=small, **keys), cell_config(cell, not one_way, units=6), vectors, examples
    )
    task.calibration.update(calibration)
    save_run(folder, kind, RUN, task, model, dataset)
    return folder


def code_of(folder):
    """The code in a folder's README."""
    (code,) = re.findall(r"^```python\n(.*?)^```", (folder / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    return code


def reading(code, given, path):
    """The code with another text or, of features, an array, which goes into a file."""
    if isinstance(given, str):
        found, count = re.subn(r"^text = .*$", lambda _: f"text = {given!r}", code, flags=re.MULTILINE)
    else:
        np.save(path, given)
        found, count = re.subn(
            r"^features = .*$", lambda _: f"features = np.load({str(path)!r})", code, flags=re.MULTILINE
        )
    assert count == 1
    return found


def answers_without_elman(given):
    """What the code of READMEs answers in one process that has no Elman and no Keras.

    Args:
        given: pairs of a folder and what its code is to read, one after the other.
    """
    work = []
    for folder, inputs in given:
        paths = [folder.with_name(f"{folder.name}_{number}.npy") for number in range(len(inputs))]
        code = code_of(folder)
        work.append((str(folder), [reading(code, each, path) for each, path in zip(inputs, paths, strict=True)]))
    command = [sys.executable, "-B", "-c", RUNNER]
    done = subprocess.run(command, input=json.dumps(work), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
