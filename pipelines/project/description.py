"""What `elman add` has found and proposes, for people."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from embeddings.foundation.escaping import printable
from pipelines.datasets.report import REMOVED, first_names
from pipelines.datasets.sources.files import ROOT_VARIABLE
from pipelines.project.addition import Addition


class Line(NamedTuple):
    """A line: what it tells of, what was found, and the option that overrules it."""

    about: str
    found: str
    option: str = ""


def describe(addition: Addition) -> Iterator[Line]:
    """The lines on the files, what is proposed for them, and what is unsure."""
    found, request = addition.found, addition.request
    for split, summary in found.report["splits"].items():
        paths = request.files.get(split, ()) if split in found.dataset["files"] else ()
        names = ", ".join(map(str, paths)) or ("drawn from train" if split == "dev" else "set apart from train")
        lengths = summary["lengths"]
        size = f"{summary['examples']:,} examples, {summary['tokens']:,} tokens"
        yield Line(split, f"{names}: {size}, {lengths['min']} to {lengths['max']} each, median {lengths['50 %']}")
    if any(Path(file["path"]).is_absolute() for files in found.dataset["files"].values() for file in files):
        yield Line("files", f"named by absolute paths: they are neither in the project nor below {ROOT_VARIABLE}")
    encoding = str(found.dataset.get("options", {}).get("encoding", "utf-8"))
    yield Line(
        "format", f"{found.recognition.found}; {encoding.upper()}", "--reader, --encoding, --set options.KEY=VALUE"
    )
    if found.recognition.unsure:
        yield Line("unsure", found.recognition.unsure)
    for key, language in zip(("language", "target language"), found.languages, strict=False):
        yield Line(key, f"{language.code}: {language.told_by}", f"--{key.replace(' ', '-')}")
    for kind in ("labels", "tags"):
        if counts := found.report["splits"]["train"].get(kind):
            yield Line(kind, f"{len(counts):,}: {first_names([f'{name} {count:,}' for name, count in counts.items()])}")
    repeated = sum(summary["repeated"] for summary in found.report["splits"].values())
    if dropped := found.report["changes"].get(REMOVED, {}).get("train"):
        told = f"{dropped:,} examples of train dropped that dev or test has as well"
        yield Line("overlap", told, "--set dataset.remove_overlap=false")
    if repeated:
        yield Line("duplicates", f"{repeated:,} examples occur more than once in a split")
    for warning, count in found.report["warnings"].items():
        yield Line("warning", f"{warning}: {count:,}")
    tokenizers = [str(found.dataset[key]) for key in ("tokenizer", "target_tokenizer") if key in found.dataset]
    yield Line("tokenizer", " and ".join(dict.fromkeys(tokenizers)), "--tokenizer, --target-tokenizer")
    if share := found.dataset.get("dev_share"):
        yield Line("dev", f"{100 * share:g} % of train", "--dev FILE, --dev-share")
    keys = ("source_vectors", *(("target_vectors",) if request.kind.translates else ()))
    vectors = dict.fromkeys(run[key] for run in addition.runs.values() for key in keys)
    yield Line("vectors", ", ".join(vectors), "--vectors NAME, --set vectors.KEY=VALUE")
    yield Line("runs", ", ".join(addition.runs), "--set training.KEY=VALUE, --set model.KEY=VALUE")


def table(lines: Iterator[Line]) -> str:
    """Lines with what they tell of in a column of its own, and the options behind."""
    found = list(lines)
    width = max(len(line.about) for line in found)
    return "\n".join(
        f"{line.about:<{width}}  {printable(line.found)}{f'  ({line.option})' if line.option else ''}" for line in found
    )
