"""The model card of a run: what it is, what it was made of, how good it is, and where it ends."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import yaml

from pipelines.exporting.provenance import Provenance, vector_names
from pipelines.exporting.readme import one_line
from pipelines.runs.trained_run import TrainedRun
from pipelines.tasks.capabilities import FindsEntities
from pipelines.tasks.sequence_labelling import SequenceLabelling

UNKNOWN = "not known here"


def front_matter(fields: Mapping[str, Any]) -> str:
    """Metadata as the beginning of a card."""
    return f"---\n{_yaml(fields)}---\n"


def card_sections(run: TrainedRun, about: Mapping[str, Any], provenance: Provenance) -> list[str]:
    """The sections of a card that do not depend on how the model is stored."""
    return [_metrics(provenance), _data(about, provenance), _vectors(run, about, provenance), _limits(run, about),
            _reproduction(about), _checksums(about)]  # fmt: skip


def _metrics(provenance: Provenance) -> str:
    if not provenance.scores:
        return "## Metrics\n\nNone are known here.\n"
    rows = []
    for split, found in provenance.scores.items():
        for metric, score in found.items():
            interval = (
                "none"
                if score.interval_method == "none"
                else f"{metric.write(score.low)} to {metric.write(score.high)}"
            )
            rows.append([split, metric.caption, metric.write(score.value), interval, str(score.examples)])
    table = _table(["split", "metric", "value", "95 % interval", "examples"], rows)
    note = (
        "Dev selected the epoch and the calibration, so its numbers are optimistic. The signature of each number, which"
        " says how it was computed, is in this card's metadata."
    )
    return f"## Metrics\n\n{table}\n\n{note}\n"


def _data(about: Mapping[str, Any], provenance: Provenance) -> str:
    own = str(about["dataset"].get("name"))
    rows = [
        [
            f"`{name}`",
            "train and dev" if name == own else "word vectors",
            *(one_line(each[key]) for key in ("version", "licence", "citation")),
        ]
        for name, each in provenance.datasets.items()
    ]
    if own not in provenance.datasets:
        rows.insert(0, [f"`{own}`", "train and dev", str(about["dataset"].get("version")), UNKNOWN, UNKNOWN])
    table = _table(["dataset", "used for", "version", "licence", "citation"], rows)
    note = "The licence of data is not that of this model, and may restrict it."
    return f"## Data\n\n{table}\n\n{note} {_described_splits(about['dataset'])}\n"


def _described_splits(dataset: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count:,} {split}" for split, count in dataset.get("examples", {}).items())
    tokens = dataset["tokenizers"]["tokens"]
    made = dataset.get("self_training")
    notes = [
        f"Examples: {counts}." if counts else "",
        f"A part of train was labelled by run `{made['run']}`, not by people." if made else "",
        f"Tokenizer: `{tokens}`." if tokens else "",
    ]
    return " ".join(note for note in notes if note)


def _vectors(run: TrainedRun, about: Mapping[str, Any], provenance: Provenance) -> str:
    if not run.task.text_fields():
        return ""
    parts = ["## Word vectors"]
    for name, made in provenance.vectors.items():
        parts.append(
            f"`{name}`, {made.get('words', 0):,} words:" if isinstance(made.get("words"), int) else f"`{name}`:"
        )
        parts.append(f"```yaml\n{_yaml(made.get('config', {}))}```")
    for name in vector_names(about["run"], run.task):
        if name not in provenance.vectors:
            parts.append(f"`{name}`: {UNKNOWN}.")
    return "\n\n".join(parts) + "\n"


def _limits(run: TrainedRun, about: Mapping[str, Any]) -> str:
    task, keys = run.task, run.task.config.model
    language = " and ".join(
        f"`{code}`" for code in (about["dataset"]["language"], about["dataset"]["target_language"]) if code
    )
    notes = ["The metrics hold for data like that of train. Other genres, domains and times were not measured."]
    if language:
        notes.append(f"It was trained on {language} alone.")
    if task.reads == "tokens" and task.subwords is None:
        lower = "" if task.predicts == "tokens" else "by its lower case, failing that "
        notes.append(f"A word outside its vocabulary is read {lower}as one unknown word.")
    if most := getattr(keys, "maximum_tokens", None):
        kept = getattr(keys, "truncation", None) or "head"
        notes.append(f"It reads at most {most} tokens of a text at once (`{kept}`).")
    if isinstance(task, SequenceLabelling):
        notes.append("The probability of a tag is the model's own, which is not calibrated.")
    if isinstance(task, FindsEntities):
        types = sorted({label[2:] for label in task.labels if label[2:]})
        notes.append(f"It knows the types {one_line(', '.join(types))}.")
    if task.predicts in ("tokens", "target_tokens"):
        notes.append("What it writes may be fluent and wrong.")
    notes.append("Nobody has examined what biases it has learned from its data.")
    return "## Limits\n\n" + "\n".join(f"- {note}" for note in notes) + "\n"


def _reproduction(about: Mapping[str, Any]) -> str:
    members = about.get("members") or [about]
    line = _yaml({"runs": {each["name"]: {**each["run"], "report_test": False} for each in members}})
    stage = f"train@{about['name']}"
    if "members" in about:
        names, seed = [each["name"] for each in members], about["run"].get("seed")
        entry = {"runs": names, "seed": seed, "report_test": False, **({"ngrams": True} if about.get("ngrams") else {})}
        line += _yaml({"ensembles": {about["name"]: entry}})
        stage = f"ensemble-{about['name']}"
    if made := about["dataset"].get("self_training"):
        keys = ("run", "unlabelled", "minimum_confidence", "maximum_examples", "seed", "sentences")
        line += _yaml({"self_training": {about["dataset"]["name"]: {key: made.get(key) for key in keys}}})
    cells = {each["name"]: each["cell"] for each in members}
    settings = _yaml({"task": about["task"], **({"cells": cells} if "members" in about else {"cell": about["cell"]})})
    sums = "\n".join(f"{value}  {split}.jsonl" for split, value in about["dataset"].get("sha256", {}).items())
    parts = [
        "## Reproduction",
        f"Exported by Elman {version('elman')}. With this run in `configs/runs.yaml` and its stages in `dvc.yaml`, "
        f"`dvc repro {stage}` trains it again:",
        f"```yaml\n{line}```",
        "Task and cell, the overrides of `set` applied:",
        f"```yaml\n{settings}```",
    ]
    if sums:
        parts += ["SHA-256 of the prepared splits:", f"```\n{sums}\n```"]
    return "\n\n".join(parts) + "\n"


def _checksums(about: Mapping[str, Any]) -> str:
    rows = [[f"`{name}`", f"`{value}`"] for name, value in about.get("files", {}).items()]
    return f"## Checksums\n\n{_table(['file', 'SHA-256'], rows)}\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _yaml(value: Any) -> str:
    """YAML in the order of the keys; what is no line of its own in a fence stays inside quotes."""
    return yaml.safe_dump(_plain(value), sort_keys=False, allow_unicode=True, width=110)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
