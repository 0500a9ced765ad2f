"""Stage `page` of the studies: writes charts, verdicts and the page from the figures."""

import argparse
import importlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder
from pipelines.reporting.page.document import document
from studies.charts import picture
from studies.claims import Verdict

# In the order of the page: from gradients, via memory, to architectures.
STUDIES = (
    "gradients_vanish",
    "gradients_explode",
    "recall_over_a_gap",
    "forget_bias",
    "bidirectional",
    "depth",
    "sru_against_lstm",
    "linear_cells",
    "carried_state",
    "width",
    "cbow_against_skip_gram",
    "relu_against_tanh",
    "recurrent_against_convolutional",
    "rare_labels",
)
PREFACE = """# Studies: textbook claims about recurrent networks, tested

Textbooks and papers make many claims about recurrent networks. This page tests some of them, each in a small experiment
that anyone can repeat on two cores: `make studies` runs them all and writes this page. Every experiment is repeated
with several seeds. A figure is the mean over seeds with its 95 % interval (Student's t) in parentheses; in the charts
the interval is the band or the bar. Intervals are clipped to possible values: shares to 0 and 100 %, losses, times and
speeds at 0. Quantities on a logarithmic axis are averaged geometrically. Differences are paired by seed, and a claim is
confirmed only if the whole interval supports it. "Not confirmed here" means just that: networks of this size, on this
task, after this much training, did not show it. "The opposite holds" is added, within the same limits, if the whole
interval contradicts the claim. If the first setup taught its networks nothing, or its remedy changed nothing (clipping,
forget bias, translation, tasks with few labels, the convolution's questions), settings were changed before the figures
below were measured; the convolution's sentiment figures were then measured with new seeds. The criteria of some claims
of studies 1 and 2 were revised post hoc.

"""


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the page and its charts."""
    parser = argparse.ArgumentParser(prog="python -m studies.page", description=__doc__)
    parser.add_argument("--figures", type=Path, required=True, help="folder of what `studies.measure` wrote")
    parser.add_argument("--plots", type=Path, required=True, help="folder of charts to write (SVG)")
    parser.add_argument("--page", type=Path, required=True, help="page to write (Markdown)")
    parser.add_argument("--html", type=Path, help="also write it as one HTML file")
    options = parser.parse_args(arguments)

    figures = {name: read_rows(options.figures / f"{name}.jsonl") for name in STUDIES}
    claims = {name: importlib.import_module(f"studies.claims.{name}") for name in STUDIES}
    verdicts = {name: claims[name].verdicts(rows) for name, rows in figures.items()}
    with atomic_folder(options.plots) as folder:
        for name, rows in figures.items():
            (folder / f"{name}.svg").write_text(picture(claims[name].chart(rows)) + "\n", encoding="utf-8")
    plots = options.plots.relative_to(options.page.parent)
    text = PREFACE + "\n".join(contents(claims, verdicts))
    for number, name in enumerate(STUDIES, start=1):
        text += "\n" + "\n".join(section(number, name, claims[name], verdicts[name], plots))
    with atomic_file(options.page) as file:
        file.write(text)
    if options.html:
        with atomic_file(options.html) as file:
            file.write(document(text, options.page.parent))
    for name, found in verdicts.items():
        for verdict in found:
            print(f"{name}: {verdict_text(verdict)}: {verdict.claim}")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The figures of a study.

    Raises:
        InputError: they are not there.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file; run `python -m studies.measure {path.stem}` or `make studies` first")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def contents(claims: dict[str, Any], verdicts: dict[str, list[Verdict]]) -> Iterator[str]:
    """A table of all claims and their verdicts."""
    yield "| study | claim | verdict |"
    yield "| --- | --- | --- |"
    for number, name in enumerate(STUDIES, start=1):
        for verdict in verdicts[name]:
            yield f"| [{number}](#{name.replace('_', '-')}) | {verdict.claim} | {verdict_text(verdict)} |"
    yield ""


def section(number: int, name: str, claim: Any, verdicts: Sequence[Verdict], plots: Path) -> Iterator[str]:
    """A study: its question, chart, verdicts and sources."""
    yield f'<a id="{name.replace("_", "-")}"></a>'
    yield ""
    yield f"## {number}. {claim.TITLE}\n"
    yield claim.QUESTION.strip() + "\n"
    yield f"![{claim.TITLE}]({plots.as_posix()}/{name}.svg)\n"
    for verdict in verdicts:
        yield f"- {verdict.claim} **{verdict_text(verdict).capitalize()}**: {verdict.found}."
    yield "\nSources: " + "; ".join(claim.SOURCES) + ". "
    yield f"Code: [experiment](experiments/{name}.py), [claims](claims/{name}.py).\n"


def verdict_text(verdict: Verdict) -> str:
    """The verdict in words."""
    if verdict.confirmed:
        return "confirmed"
    return "not confirmed here; the opposite holds" if verdict.opposite else "not confirmed here"


if __name__ == "__main__":
    main()
