"""Stage `page` of the studies: writes charts, verdicts and the page from the figures."""

import argparse
import importlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder
from pipelines.reporting.page.document import document
from studies.charts import panels, picture, told
from studies.prose import AFTER, BEFORE, COMPARED
from studies.verdicts import CONTRADICTED, SHOWN, UNDECIDED, UNTESTABLE, Verdict, corrected

# In the order of the page: from gradients, via memory, to architectures; then what came later, with new numbers.
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
    "padding",
    "gates",
    "chunk_length",
    "clipping_losses",
    "gradient_map",
    "units",
    "forgetting_the_beginning",
)
KINDS = (SHOWN, CONTRADICTED, UNDECIDED, UNTESTABLE)


@dataclass(frozen=True)
class Study:
    """What the page tells of a study."""

    number: int
    name: str
    claims: Any  # its module
    rows: Sequence[dict[str, Any]]
    verdicts: Sequence[Verdict]

    @property
    def anchor(self) -> str:
        """The name of its place on the page."""
        return self.name.replace("_", "-")

    @property
    def finding(self) -> str:
        """The one sentence to remember, which follows from the verdicts."""
        return self.claims.finding(self.verdicts)

    @cached_property
    def panels(self) -> list[Any]:
        """Its pictures."""
        return panels(self.claims.chart(self.rows))


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the page and its charts."""
    parser = argparse.ArgumentParser(prog="python -m studies.page", description=__doc__)
    parser.add_argument("--figures", type=Path, required=True, help="folder of what `studies.measure` wrote")
    parser.add_argument("--plots", type=Path, required=True, help="folder of charts to write (SVG)")
    parser.add_argument("--page", type=Path, required=True, help="page to write (Markdown)")
    parser.add_argument("--html", type=Path, help="also write it as one HTML file")
    options = parser.parse_args(arguments)

    studies = read(options.figures)
    with atomic_folder(options.plots) as folder:
        for study in studies:
            for number, panel in enumerate(study.panels, start=1):
                (folder / f"{study.name}-{number}.svg").write_text(picture(panel) + "\n", encoding="utf-8")
    text = "\n".join(lines(studies, options.plots.relative_to(options.page.parent)))
    with atomic_file(options.page) as file:
        file.write(text)
    if options.html:
        with atomic_file(options.html) as file:
            file.write(document(text, options.page.parent))
    for study in studies:
        for verdict in study.verdicts:
            print(f"{study.name}: {verdict.kind}: {verdict.claim}")


def read(figures: Path) -> list[Study]:
    """The studies with their verdicts, whose tests are corrected for their number on the whole page."""
    rows = {name: read_rows(figures / f"{name}.jsonl") for name in STUDIES}
    modules = {name: importlib.import_module(f"studies.claims.{name}") for name in STUDIES}
    of_study = {
        name: [*rows[name], *(row for other in getattr(modules[name], "ALSO_READS", ()) for row in rows[other])]
        for name in STUDIES
    }
    found = {name: modules[name].verdicts(of_study[name]) for name in STUDIES}
    every = iter(corrected([verdict for verdicts in found.values() for verdict in verdicts]))
    return [
        Study(number, name, modules[name], of_study[name], [next(every) for _ in found[name]])
        for number, name in enumerate(STUDIES, start=1)
    ]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The figures of a study.

    Raises:
        InputError: they are not there.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file; run `python -m studies.measure {path.stem}` or `make studies` first")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def lines(studies: Sequence[Study], plots: Path) -> Iterator[str]:
    """The page."""
    yield BEFORE.strip() + "\n"
    yield from contents(studies)
    for study in studies:
        yield from section(study, plots)
    yield from remembered(studies)
    yield COMPARED.strip() + "\n"


def remembered(studies: Sequence[Study]) -> Iterator[str]:
    """What studies that decided something found, a line each, and which did not."""
    decided = [study for study in studies if any(each.kind in (SHOWN, CONTRADICTED) for each in study.verdicts)]
    yield AFTER.strip() + "\n"
    for study in decided:
        yield f"- {study.finding} ([study {study.number}](#{study.anchor}))"
    others = [f"[{study.claims.TITLE}](#{study.anchor})" for study in studies if study not in decided]
    if others:
        yield f"- Undecided, with the seeds that there are: {'; '.join(others)}."
    yield ""


def contents(studies: Sequence[Study]) -> Iterator[str]:
    """How many verdicts there are of each kind, and a table of all claims, folded."""
    every = [verdict for study in studies for verdict in study.verdicts]
    tested = [verdict.evidence for verdict in every if verdict.evidence]
    alone = sum(evidence.p <= 0.05 for evidence in tested)
    decided = sum(verdict.kind in (SHOWN, CONTRADICTED) for verdict in every if verdict.evidence)
    yield (
        f"Of {len(every)} claims, {counted(every)}. {len(tested)} of them rest on a test: {alone} are decided if each "
        f"test stands alone, {decided} after Holm's correction for {len(tested)} tests.\n"
    )
    yield "<details><summary>All claims and verdicts</summary>\n"
    yield "| study | claim | verdict |"
    yield "| --- | --- | --- |"
    for study in studies:
        for verdict in study.verdicts:
            yield f"| [{study.number}](#{study.anchor}) | {verdict.claim} | {verdict_text(verdict)} |"
    yield "\n</details>\n"


def section(study: Study, plots: Path) -> Iterator[str]:
    """A study: its question, picture, finding and caveat; folded, its claims and how they were measured."""
    claims = study.claims
    yield f'<a id="{study.anchor}"></a>\n'
    yield f"## {study.number}. {claims.TITLE}\n"
    yield claims.QUESTION.strip() + "\n"
    for number, panel in enumerate(study.panels, start=1):
        yield f"![{told(panel)}]({plots.as_posix()}/{study.name}-{number}.svg)"
    yield ""
    yield f"**{study.finding}** {claims.CAVEAT.strip()}\n"
    yield f"<details><summary>Claims and figures: {counted(study.verdicts)}</summary>\n"
    for verdict in study.verdicts:
        note = f"; {verdict.note}" if verdict.note else ""
        yield f"- {verdict.claim} **{verdict_text(verdict).capitalize()}**: {verdict.found}{note}."
    yield "\n</details>\n\n<details><summary>How it was measured, and sources</summary>\n"
    yield claims.METHOD.strip() + "\n"
    yield "Sources: " + "; ".join(claims.SOURCES) + "."
    yield f"Code: [experiment](experiments/{study.name}.py), [claims](claims/{study.name}.py).\n"
    yield "</details>\n"


def counted(verdicts: Sequence[Verdict]) -> str:
    """How many verdicts are of each kind."""
    counts = Counter(verdict.kind for verdict in verdicts)
    return ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])


def verdict_text(verdict: Verdict) -> str:
    """The verdict in words."""
    return verdict.kind + (" (rule set after the figures were seen)" if verdict.set_afterwards else "")


if __name__ == "__main__":
    main()
