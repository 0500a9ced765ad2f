"""The code that a README shows: a prediction by NumPy and ONNX Runtime, or TensorFlow, without Elman.

It is written for one run and holds only what that run needs. What does not fit into a few lines stands beside it in
modules of Elman that import nothing else of it (`MODULES`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.models import tag_sequences
from pipelines.runs.trained_run import TrainedRun
from pipelines.tasks.ner import OUTSIDE
from pipelines.tasks.sequence_labelling import SequenceLabelling
from pipelines.text import word_shapes, words
from pipelines.text.subwords import SUBWORDS

MODULES = {"tag_sequences": tag_sequences, "word_shapes": word_shapes, "words": words}
TRANSITIONS = "transitions.json"  # which tags may follow which, where tags are chosen as a sequence
WRITTEN = 50  # tokens of a language model
READ = """

def read(name):
    with open(name, encoding="utf-8") as file:
        return json.load(file)
"""
NUMBERS = """
def numbers(name):
    table = read(f"vocabulary_{name}.json")
    return {word: number for number, word in enumerate(table["trained"] + table["frozen"], start=4)}
"""
CHARACTERS = """\
letters = numbers("characters")
shortened = [token if len(token) <= 40 else token[:20] + token[-20:] for token in tokens]
spelled = [[2, *(letters.get(each, letters.get(each.lower(), 1)) for each in token), 3] for token in shortened]
spelled = [row + [0] * (max(map(len, spelled)) - len(row)) for row in spelled]"""
WINDOWS = """\
count = -(-len(ids) // {most})  # windows of at most {most} tokens, whose scores are averaged
ends = [len(ids) * number // count for number in range(count + 1)]
windows = [np.array([ids[start:end]], "int32") for start, end in zip(ends, ends[1:])]
scores = np.mean([model.run(["outputs"], {{**feeds, "token_ids": each}})[0][0] for each in windows], axis=0)"""
PROBABILITIES = """\
scores = scores.astype("float64") / read("calibration.json")["temperature"]
shares = np.exp(scores - scores.max())
answer = dict(zip(labels, (shares / shares.sum()).tolist()))"""
SHARES = """\
shares = 1 / (1 + np.exp(-scores.astype("float64") / read("calibration.json")["temperature"]))
thresholds = read("calibration.json")["thresholds"]
answer = [label for label, share in zip(labels, shares) if share >= thresholds.get(label, 0.5)]"""
DECODE = """\
encoder, decoder = (onnxruntime.InferenceSession(f"{{name}}.onnx") for name in ("encoder", "decoder"))
reads, writes = ([each.name for each in values] for values in (decoder.get_inputs(), decoder.get_outputs()))
memory = dict(zip([each.name for each in encoder.get_outputs()], encoder.run(None, feeds)))
word, answer, target = 2, [], {{number: word for word, number in numbers("target_tokens").items()}}
while len(answer) < {limit}:
    memory["word_ids"] = np.array([word], "int32")
    found = dict(zip(writes, decoder.run(None, {{name: memory[name] for name in reads}})))
    memory.update({{name.replace("after", "state"): array for name, array in found.items()}})
    found["logits"][:, :3] = -np.inf  # padding, unknown, begin
    word = int(found["logits"].argmax())
    if word == 3:  # end
        break
    answer.append(target[word])"""
GENERATE = f"""\
states = {{each.name: np.zeros((1, each.shape[1]), "float32") for each in model.get_inputs()[1:]}}
writes, answer, target = [each.name for each in model.get_outputs()], [], dict(map(reversed, known.items()))
while len(answer) < {WRITTEN}:
    found = dict(zip(writes, model.run(None, {{"token_ids": np.array([ids], "int32"), **states}})))
    states = {{name: found[name.replace("state", "after")] for name in states}}
    found["logits"][:, :, :3] = -np.inf  # padding, unknown, begin
    ids = [int(found["logits"][0, -1].argmax())]  # the most probable token
    if ids == [3]:  # end
        break
    answer.append(target[ids[0]])"""


def onnx_code(run: TrainedRun, tokenizer: str, text: str) -> str:
    """Predicts by ONNX Runtime.

    Args:
        run: the run.
        tokenizer: its id.
        text: to predict, where the run reads text.
    """
    task = run.task
    lines = ["import onnxruntime", *_source(run, tokenizer, text)]
    if task.predicts == "target_tokens":
        decoding, tokens = task.config.decoding, "len(ids)" if task.reads == "tokens" else "1"
        limit = f"max(1, int({decoding.maximum_ratio} * {tokens}) + {decoding.maximum_extra})"
        return _program([*lines, f"feeds = {_feeds(run)}", DECODE.format(limit=limit)])
    lines.append('model = onnxruntime.InferenceSession("model.onnx")')
    if task.predicts == "tokens":
        return _program([*lines, GENERATE])
    lines += ['labels = read("labels.json")', f"feeds = {_feeds(run)}"]
    keys = task.config.model
    if getattr(keys, "truncation", None) == "windows":
        lines.append(WINDOWS.format(most=keys.maximum_tokens))
    else:
        lines.append('scores = model.run(["outputs"], feeds)[0][0]')
    if isinstance(task, SequenceLabelling):
        lines += _tags(run)
    else:
        lines.append(SHARES if task.predicts == "labels" else PROBABILITIES)
    return _program(lines)


def tensorflow_code(run: TrainedRun, tokenizer: str, text: str) -> str:
    """Predicts by TensorFlow with a SavedModel; arguments are those of `onnx_code`."""
    task = run.task
    lines = ["import tensorflow as tf", *_source(run, tokenizer, text, cut=False)]
    lines.append('model = tf.saved_model.load(".").signatures["serving_default"]')
    lines += ['labels = read("labels.json")', f"feeds = {_feeds(run, lengths=True)}"]
    lines.append("found = model(**{name: tf.constant(array) for name, array in feeds.items()})")
    if isinstance(task, SequenceLabelling):
        lines += ['answer = [labels[number] for number in found["tags"][0].numpy()]', *_iob2(run)]
    elif task.predicts == "labels":
        lines.append('answer = [label for label, is_chosen in zip(labels, found["labels"][0].numpy()) if is_chosen]')
    else:
        lines.append('answer = dict(zip(labels, found["probabilities"][0].numpy().tolist()))')
    return _program(lines)


def modules_of(code: str) -> list[Path]:
    """The modules of Elman that code imports, to be copied beside it."""
    return [Path(str(module.__file__)) for name, module in MODULES.items() if f"from {name} import" in code]


def transitions_of(run: TrainedRun) -> list[list[bool]] | None:
    """Which tags may follow which, where a tagger's tags are chosen as a sequence; otherwise None."""
    if not isinstance(task := run.task, SequenceLabelling):
        return None
    allowed = task.transitions()
    return allowed if task.config.model.output == "crf" or not np.all(allowed) else None


def _program(lines: Sequence[str]) -> str:
    """Code of some lines, the imports among them first."""
    imports = sorted({"import numpy as np", *(line for line in lines if line.startswith("import "))})
    own = sorted(line for line in lines if line.startswith("from "))
    body = "\n".join(line for line in lines if not line.startswith(("import ", "from ")))
    functions = [READ, *([NUMBERS] if "numbers(" in body else [])]
    return "\n".join(["import json\n", *imports, *own, *functions, "", body, "print(answer)\n"])


def _source(run: TrainedRun, tokenizer: str, text: str, cut: bool = True) -> list[str]:
    """What is read: features, or a text's tokens and their ids; what is too long is cut."""
    task = run.task
    if task.reads == "features":
        return [f'features = np.zeros({tuple(run.feature_shape or ())}, "float32")  # yours, scaled as in training']
    if tokenizer.startswith(SUBWORDS):
        split = 'sentencepiece.SentencePieceProcessor(model_file="subwords_tokens.model").encode(text, out_type=str)'
        lines = ["import sentencepiece", f"text = {text!r}", f"tokens = {split}"]
    elif tokenizer == "characters":
        lines = [f"text = {text!r}", "tokens = list(text)"]
    else:
        lines = [f"from words import {tokenizer}", f"text = {text!r}", f"tokens = {tokenizer}(text)"]
    lines.append('known = numbers("tokens")')
    if task.predicts == "tokens":
        return [*lines, "ids = [2, *(known.get(token, 1) for token in tokens)]  # 2: begin, 1: unknown"]
    lines.append("ids = [known.get(token, known.get(token.lower(), 1)) for token in tokens]  # 1: unknown")
    keys = task.config.model
    lines += [CHARACTERS] if getattr(keys, "characters", None) else []
    lines += ["from word_shapes import shape"] if getattr(keys, "word_shapes", False) else []
    most, truncation = getattr(keys, "maximum_tokens", None), getattr(keys, "truncation", None) or "head"
    if most is None or truncation == "windows" or not cut:
        return lines
    head = {"head": most, "tail": 0, "head_tail": most // 2}[truncation]
    behind = f" + ids[max({head}, len(ids) - {most - head}) :]" if head < most else ""
    return [*lines, f"ids = ids[:{head}]{behind}"]


def _feeds(run: TrainedRun, lengths: bool = False) -> str:
    """The arrays that a model reads, as the code of a dictionary."""
    task = run.task
    if task.reads == "features":
        one = task.predicts == "target_tokens"
        return '{"features": features.reshape(1, 1, -1)}' if one else '{"columns": features.T[None]}'
    name = "source_ids" if task.predicts == "target_tokens" else "token_ids"
    arrays = {name: 'np.array([ids], "int32")'}
    if lengths:
        arrays["lengths"] = 'np.array([len(ids)], "int32")'
    if task.subwords:
        arrays["composed_vectors"] = f'np.zeros((1, {task.subwords.table.shape[1]}), "float32")'
    keys: Any = task.config.model
    if getattr(keys, "characters", None):
        arrays["word_numbers"] = 'np.arange(1, len(ids) + 1, dtype="int32")[None]'
        arrays["character_ids"] = 'np.array(spelled, "int32")'
    if getattr(keys, "word_shapes", False):
        arrays["shape_ids"] = 'np.array([[shape(token) for token in tokens]], "int32")'
    return "{" + ", ".join(f'"{name}": {array}' for name, array in arrays.items()) + "}"


def _tags(run: TrainedRun) -> list[str]:
    """The tags of a tagger's scores."""
    task, penalty = run.task, run.task.calibration.get("outside_penalty")
    lines = [f'scores = scores - {penalty} * (np.array(labels) == "{OUTSIDE}")'] if penalty else []
    if transitions_of(run) is None:
        return [*lines, "answer = [labels[number] for number in scores.argmax(axis=-1)]"]
    pairs = "scores[None]" if task.config.model.output == "crf" else 'scores[None, :, None].astype("float64")'
    return [
        "from tag_sequences import viterbi, with_transitions",
        *lines,
        f'lengths, allowed = np.array([len(ids)]), np.array(read("{TRANSITIONS}"))',
        f"best = viterbi(with_transitions({pairs}, allowed, lengths), lengths)[0]",
        "answer = [labels[number] for number in best]",
        *_iob2(run),
    ]


def _iob2(run: TrainedRun) -> list[str]:
    """Tags of another scheme as IOB2."""
    if getattr(run.task.config.model, "tag_scheme", "iob2") == "iob2":
        return []
    return ['answer = [{"S": "B", "E": "I"}.get(tag[0], tag[0]) + tag[1:] for tag in answer]  # IOBES as IOB2']
