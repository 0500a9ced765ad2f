"""Labelled text as fastText has it: words with a prefix are labels, `__label__a __label__b text`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.options import UnlabelledOption
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted

_WHITE = " \t\v\f\0"  # between words, as fastText reads a line; a no-break space may be part of one


@dataclass(frozen=True)
class Reader(UnlabelledOption, TextReader):
    """Labelled texts, the labels before them; blank lines are skipped."""

    prefix: str = "__label__"
    several: bool = True  # whether a text may have several labels; else each has one

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.prefix.strip():
            raise InputError("expected a prefix, got none")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads labelled texts, streaming.

        Raises:
            InputError: a line begins without a label, or with several where one is expected, a label is nothing but
                the prefix, or one follows within the text, where a model would read it.
        """
        for path in paths:
            for number, line in self.read_lines(path):
                if line.strip():
                    where = f"{path}:{number}"
                    labels, text = self._divided(line)
                    yield Example(where, text, (), **self._known(labels, text, where))

    def _divided(self, line: str) -> tuple[list[str], str]:
        """The labels at the beginning of a line, and the text behind them."""
        labels, rest = [], line.lstrip(_WHITE)
        while rest.startswith(self.prefix):
            word, *behind = re.split(f"[{_WHITE}]+", rest, maxsplit=1)
            labels.append(word.removeprefix(self.prefix).strip())
            rest = behind[0] if behind else ""
        return labels, rest

    def _known(self, labels: Sequence[str], text: str, where: str) -> dict[str, Any]:
        if "" in labels or not (labels or self.unlabelled):
            told = f"expected {self.prefix}<label> before the text, got {(text or self.prefix)[:60]!r}"
            advice = "" if labels else "; the option `unlabelled: true` sets such texts apart"
            raise InputError(f"{where}: {told}{advice}")
        if any(word.startswith(self.prefix) for word in re.split(f"[{_WHITE}]", text)):
            raise InputError(f"{where}: expected all labels before the text, got one in {text[:60]!r}; move it there")
        if not labels:
            return {}
        if self.several:
            return {"labels": tuple(dict.fromkeys(labels))}
        if len(labels) > 1:
            advice = "`several: true` reads them"
            raise InputError(f"{where}: expected one label, got {len(labels)}: {', '.join(labels)[:60]}; {advice}")
        return {"label": labels[0]}

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        reader = cls(wanted.options.get("prefix", "__label__"))
        counts = [len(reader._divided(line)[0]) for sample in samples for line in sample.texts]
        if wanted.field not in ("label", "labels") or 2 * sum(map(bool, counts)) < max(1, len(counts)):
            return None  # some texts may lack a label
        if wanted.field == "label" and max(counts) > 1:
            return None
        found = f"labels before the text, each with the prefix {reader.prefix}"
        return Recognition(Evidence.SIGNATURE, {"several": wanted.field == "labels"}, found)
