"""Stage `page` of the studies: writes charts, verdicts and the page from the figures."""

import argparse
import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder
from pipelines.reporting.page.document import document
from studies.charts import panels, picture, told
from studies.prose import AFTER, BEFORE, COMPARED
from studies.translation import read_translation
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
Translate = Callable[[str], str]
OPEN = ("undecided", "not shown", "cannot be tested")  # words of what a finding leaves open
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

    @property
    def lesson(self) -> str:
        """What of the finding is decided."""
        clauses = self.finding.removesuffix(".").split("; ")
        decided = "; ".join(clause for clause in clauses if not any(words in clause for words in OPEN))
        return f"{decided[:1].upper()}{decided[1:]}."

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
    parser.add_argument("--translations", type=Path, help="folder of the texts in another language")
    parser.add_argument("--translated", type=Path, help="page to write in that language")
    parser.add_argument("--html", type=Path, help="also write it as one HTML file")
    options = parser.parse_args(arguments)
    if (options.translations is None) != (options.translated is None):
        parser.error("--translations, the folder of texts, and --translated, the page to write, need each other")

    studies = read(options.figures)
    with atomic_folder(options.plots) as folder:
        for study in studies:
            for number, panel in enumerate(study.panels, start=1):
                (folder / f"{study.name}-{number}.svg").write_text(picture(panel) + "\n", encoding="utf-8")
    plots = options.plots.relative_to(options.page.parent)
    text = "\n".join(lines(studies, plots))
    with atomic_file(options.page) as file:
        file.write(text)
    if options.translated:
        translation = read_translation(options.translations)
        with atomic_file(options.translated) as file:
            file.write("\n".join(lines(studies, plots, translation)))
        for missing in translation.missing:
            print(f"{options.translated}: no translation of: {missing}")
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


def lines(studies: Sequence[Study], plots: Path, translate: Translate = str) -> Iterator[str]:
    """The page, each text as `translate` has it."""
    yield translate(BEFORE.strip()) + "\n"
    yield from contents(studies, translate)
    for study in studies:
        yield from section(study, plots, translate)
    yield from remembered(studies, translate)
    yield translate(COMPARED.strip()) + "\n"


def remembered(studies: Sequence[Study], translate: Translate = str) -> Iterator[str]:
    """What studies that decided something found, a line each, and which did not."""
    decided = [study for study in studies if any(each.kind in (SHOWN, CONTRADICTED) for each in study.verdicts)]
    yield translate(AFTER.strip()) + "\n"
    for study in decided:
        yield f"- {translate(study.lesson)} ([{translate(f'study {study.number}')}](#{study.anchor}))"
    others = [f"[{translate(study.claims.TITLE)}](#{study.anchor})" for study in studies if study not in decided]
    if others:
        yield f"- {translate('Undecided with the seeds measured:')} {'; '.join(others)}."
    yield ""


def contents(studies: Sequence[Study], translate: Translate = str) -> Iterator[str]:
    """How many verdicts there are of each kind, and a table of all claims, folded."""
    every = [verdict for study in studies for verdict in study.verdicts]
    tested = [verdict.evidence for verdict in every if verdict.evidence]
    alone = sum(evidence.p <= 0.05 for evidence in tested)
    decided = sum(verdict.kind in (SHOWN, CONTRADICTED) for verdict in every if verdict.evidence)
    text = (
        f"{len(tested)} of them rest on a test: {alone} of these are decided if each test stands alone, {decided} "
        "after Holm's correction."
    )
    yield f"{translate(f'Of {len(every)} claims:')} {counted(every, translate)}. {translate(text)}\n"
    yield f"<details><summary>{translate('All claims and verdicts')}</summary>\n"
    yield translate("| study | claim | verdict |")
    yield "| --- | --- | --- |"
    for study in studies:
        for verdict in study.verdicts:
            claim, kind = translate(verdict.claim), translate(verdict_text(verdict))
            yield f"| [{study.number}](#{study.anchor}) | {claim} | {kind} |"
    yield "\n</details>\n"


def section(study: Study, plots: Path, translate: Translate = str) -> Iterator[str]:
    """A study: its question, picture, finding and caveat; folded, its claims and how they were measured."""
    claims = study.claims
    yield f'<a id="{study.anchor}"></a>\n'
    yield f"## {study.number}. {translate(claims.TITLE)}\n"
    yield translate(claims.QUESTION.strip()) + "\n"
    titles = [told(panel) for panel in study.panels]
    captions = [translate(title) for title in titles]
    for number, caption in enumerate(captions, start=1):
        yield f"![{caption}]({plots.as_posix()}/{study.name}-{number}.svg)"
    yield ""
    if captions != titles:  # what is written in the charts is not translated
        yield f"<details><summary>{translate('Captions of the charts')}</summary>\n"
        yield from (f"{number}. {caption}" for number, caption in enumerate(captions, start=1))
        yield "\n</details>\n"
    yield f"**{translate(study.finding)}** {translate(claims.CAVEAT.strip())}\n"
    yield f"<details><summary>{translate('Claims and figures:')} {counted(study.verdicts, translate)}</summary>\n"
    for verdict in study.verdicts:
        kind = translate(verdict_text(verdict).capitalize())
        found = "; ".join(translate(text) for text in (verdict.found, verdict.note) if text)
        yield f"- {translate(verdict.claim)} **{kind}**: {found}."
    yield f"\n</details>\n\n<details><summary>{translate('How it was measured, and sources')}</summary>\n"
    yield translate(claims.METHOD.strip()) + "\n"
    yield f"{translate('Sources:')} {'; '.join(claims.SOURCES)}."
    code = f"[{translate('experiment')}](experiments/{study.name}.py), [{translate('claims')}](claims/{study.name}.py)"
    yield f"{translate('Code:')} {code}.\n"
    yield "</details>\n"


def counted(verdicts: Sequence[Verdict], translate: Translate = str) -> str:
    """How many verdicts are of each kind."""
    counts = Counter(verdict.kind for verdict in verdicts)
    return ", ".join(translate(f"{counts[kind]} {kind}") for kind in KINDS if counts[kind])


def verdict_text(verdict: Verdict) -> str:
    """The verdict in words."""
    return verdict.kind + (" (rule set after the figures were seen)" if verdict.set_afterwards else "")


if __name__ == "__main__":
    main()
