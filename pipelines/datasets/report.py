"""The data report: what a prepared dataset holds, and its data warnings."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import combinations
from math import ceil
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np

from embeddings.foundation.escaping import markdown as markdown_text
from pipelines.data.examples import Example, names_of, read_examples
from pipelines.text.tokenization import PLAIN, Detokenizer
from pipelines.text.vocabulary import UNKNOWN

QUANTILES = {"min": 0.0, "50 %": 0.5, "90 %": 0.9, "95 %": 0.95, "99 %": 0.99, "max": 1.0}
TRUNCATIONS = (64, 128, 256, 400, 512)
HELD_OUT = ("dev", "test")
LONG_BYTES = 1_000_000  # from here on a text is rather a file without line ends
REPAIRED = "repaired, as conlleval reads them"
CONVERTED = "tags rewritten in IOB2"
UNSEGMENTED = "texts of a language without spaces, in which `words` finds clauses"
DRAWN = "drawn from train"
REMOVED = "removed, same sentence in dev or test"
NOT_IN_DEV = "in train, not in dev"
SHOWN_NAMES = 10  # of labels in a warning


def fingerprint(tokens: Iterable[str], features: np.ndarray | None = None) -> bytes:
    """16 bytes that two examples share if their tokens, case included, and their features are equal."""
    found = blake2b("\0".join(tokens).encode("utf-8"), digest_size=16)
    found.update(b"" if features is None else features.tobytes())
    return found.digest()


COUNTED = ("empty_texts", "long_texts", "invisible_texts", "restored_targets")  # numbers of a summary
INVISIBLE = "\u00ad\u200b\u2060\ufeff"  # soft hyphen, zero-width space, word joiner, byte order mark


class SplitSummary:
    """What is counted in one split.

    Args:
        detokenize: puts target tokens together.
    """

    def __init__(self, detokenize: Detokenizer = PLAIN) -> None:
        self._detokenize = detokenize
        self.lengths: Counter[int] = Counter()  # in tokens
        self.target_lengths: Counter[int] = Counter()
        self.names: dict[str, Counter[str]] = {"labels": Counter(), "tags": Counter()}
        self.label_counts: Counter[int] = Counter()  # of examples that may have several
        self.sentences: Counter[bytes] = Counter()  # by fingerprint
        self.empty_texts = 0
        self.long_texts = 0
        self.invisible_texts = 0  # with characters that nobody sees in a word, and that make another word of it
        self.restored_targets = 0  # that are their raw text again when their tokens are put together
        self.features: dict[str, Any] = {}  # their shape, smallest and largest value

    @classmethod
    def of(cls, path: Path, detokenize: Detokenizer = PLAIN) -> "SplitSummary":
        """The summary of a split's JSON Lines, read once and streaming."""
        summary = cls(detokenize)
        for example in read_examples(path):
            summary.add(example)
        return summary

    def add(self, example: Example) -> None:
        """Takes an example into account."""
        self.lengths[len(example.tokens)] += 1
        self.sentences[fingerprint(example.tokens, example.features)] += 1
        if example.features is not None:
            self.add_features(example.features)
        self.names["labels"].update(names_of(example))
        if example.labels is not None:
            self.label_counts[len(example.labels)] += 1
        self.names["tags"].update(example.tags or ())
        self.empty_texts += example.tokens == (UNKNOWN,)
        texts = (example.text, example.target_text or "")
        self.invisible_texts += any(character in text for text in texts for character in INVISIBLE)
        self.long_texts += any(map(is_long, texts))
        if example.target_tokens is not None:
            self.target_lengths[len(example.target_tokens)] += 1
            self.restored_targets += self._detokenize(example.target_tokens) == example.target_text
            self.empty_texts += example.target_tokens == (UNKNOWN,)

    def counts(self) -> dict[str, Any]:
        """All that is counted but features and sentences, as JSON."""
        tables = {"lengths": self.lengths, "target_lengths": self.target_lengths, "label_counts": self.label_counts}
        return {**tables, "names": self.names, **{name: getattr(self, name) for name in COUNTED}}

    def add_counts(self, counts: Mapping[str, Any]) -> None:
        """Adds the `counts` of examples that follow, as JSON gives them back."""
        for name in ("lengths", "target_lengths", "label_counts"):
            getattr(self, name).update({int(size): count for size, count in counts[name].items()})
        for kind, names in counts["names"].items():
            self.names[kind].update(names)
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + counts[name])

    def add_features(self, features: np.ndarray) -> None:
        """Takes an example's features into account."""
        least, most = float(features.min()), float(features.max())
        self.features = {
            "shape": list(features.shape),
            "minimum": min(self.features.get("minimum", least), least),
            "maximum": max(self.features.get("maximum", most), most),
        }

    def as_dict(self, different: int) -> dict[str, Any]:
        """The summary for the report, given how many different sentences there are."""
        summary: dict[str, Any] = {
            "examples": self.lengths.total(),
            "tokens": sum(length * count for length, count in self.lengths.items()),
            "empty_texts": self.empty_texts,
            "long_texts": self.long_texts,
            "repeated": self.lengths.total() - different,
            "lengths": quantiles(self.lengths),
            "truncation": {str(limit): truncated(self.lengths, limit) for limit in TRUNCATIONS},
        }
        if self.invisible_texts:
            summary["invisible_texts"] = self.invisible_texts
        if self.target_lengths:
            summary["target_lengths"] = quantiles(self.target_lengths)
            summary["restored_targets"] = self.restored_targets
        if self.label_counts:
            summary["label_counts"] = dict(sorted(self.label_counts.items()))
        if self.features:
            summary["features"] = self.features
        return summary | {kind: dict(names.most_common()) for kind, names in self.names.items() if names}


def is_long(text: str) -> bool:
    """Whether a text has a megabyte or more in UTF-8, in which a character has no more than four bytes."""
    return 4 * len(text) >= LONG_BYTES and len(text.encode("utf-8")) >= LONG_BYTES


def quantiles(lengths: Mapping[int, int]) -> dict[str, int]:
    """Quantiles of a length -> count table: the smallest length that so great a share does not exceed."""
    ordered = sorted(lengths.items())
    total = sum(lengths.values())
    result = {}
    for name, share in QUANTILES.items():
        seen, rank = 0, max(1, ceil(share * total))
        result[name] = next((length for length, count in ordered if (seen := seen + count) >= rank), 0)
    return result


def truncated(lengths: Mapping[int, int], limit: int) -> dict[str, int]:
    """How many tokens a truncation to `limit` tokens cuts off, and of how many examples."""
    longer = {length: count for length, count in lengths.items() if length > limit}
    return {
        "tokens": sum((length - limit) * count for length, count in longer.items()),
        "examples": sum(longer.values()),
    }


def build_report(paths: Mapping[str, Path], detokenize: Detokenizer = PLAIN) -> dict[str, Any]:
    """Reads every split of a prepared dataset (name -> file), which `detokenize` puts together, and reports on it."""
    splits = {split: SplitSummary.of(path, detokenize) for split, path in paths.items()}
    return report_of(splits, [{split: summary.sentences for split, summary in splits.items()}])


def report_of(splits: Mapping[str, SplitSummary], sentences: Iterable[Mapping[str, Counter[bytes]]]) -> dict[str, Any]:
    """The report on splits.

    Args:
        splits: their summaries, by name.
        sentences: how often each occurs in each split, by fingerprint; in parts that have none in common.
    """
    different: Counter[str] = Counter()
    shared = {pair: overlap({}, {}, *pair) for pair in combinations(splits, 2)}
    for part in sentences:
        different.update({split: len(part[split]) for split in splits})
        for (first, second), so_far in shared.items():
            found = overlap(part[first], part[second], first, second)
            so_far["sentences"] += found["sentences"]
            for split, count in found["examples"].items():
                so_far["examples"][split] += count
    return {
        "splits": {split: summary.as_dict(different[split]) for split, summary in splits.items()},
        "overlap": {f"{first} and {second}": found for (first, second), found in shared.items()},
        "rare": {kind: rare({split: s.names[kind] for split, s in splits.items()}) for kind in ("labels", "tags")},
    }


def overlap(
    first: Mapping[bytes, int], second: Mapping[bytes, int], first_name: str, second_name: str
) -> dict[str, Any]:
    """How many different sentences two splits share, and how many examples of each they make."""
    shared = first.keys() & second.keys()
    return {
        "sentences": len(shared),
        "examples": {
            first_name: sum(first[sentence] for sentence in shared),
            second_name: sum(second[sentence] for sentence in shared),
        },
    }


def rare(counts: Mapping[str, Counter[str]]) -> dict[str, list[str]]:
    """Names that occur once in train, those only in dev or test, which no model can learn, and those that dev lacks.

    And those that differ from another one in case alone, or in how Unicode writes the same characters.
    """
    train = counts.get("train", Counter())
    held_out = {name for split in HELD_OUT for name in counts.get(split, ())}
    found = {
        "once in train": sorted(name for name, count in train.items() if count == 1),
        "only in dev or test": sorted(held_out - train.keys()),
    }
    alike: dict[str, set[str]] = {}
    for name in {*train, *held_out}:
        alike.setdefault(normalize("NFKC", name).casefold(), set()).add(name)
    if differing := sorted(name for names in alike.values() if len(names) > 1 for name in names):
        found["written differently"] = differing
    return found | ({NOT_IN_DEV: sorted(train.keys() - counts["dev"].keys())} if "dev" in counts else {})


def warnings(report: Mapping[str, Any]) -> dict[str, int]:
    """What in a report a user should look at: warning -> how often, where it is found at all."""
    splits, rare_names = report["splits"].values(), report["rare"].values()
    lacking = [name for names in rare_names for name in names.get(NOT_IN_DEV, ())]
    alike = [name for names in rare_names for name in names.get("written differently", ())]
    drawn, shared = DRAWN in report["changes"], report["overlap"].get("train and dev")
    counts = {
        "empty texts, read as one unknown word": sum(split["empty_texts"] for split in splits),
        "texts of a megabyte or more": sum(split["long_texts"] for split in splits),
        "texts with soft hyphens or other invisible characters, which change or split words": sum(
            split.get("invisible_texts", 0) for split in splits
        ),
        "labels or tags that occur once in train": sum(len(names["once in train"]) for names in rare_names),
        "labels or tags in dev or test only, scored as wrong": sum(
            len(names["only in dev or test"]) for names in rare_names
        ),
        f"labels or tags that differ in case alone, or in how they are encoded ({first_names(alike)})": len(alike),
        f"labels or tags that dev lacks and cannot measure ({first_names(lacking)})": len(lacking),
        "examples drawn for dev that train has as well": shared["examples"]["dev"] if drawn and shared else 0,
        "tags " + REPAIRED: sum(report["changes"].get(REPAIRED, {}).values()),
        UNSEGMENTED: sum(report["changes"].get(UNSEGMENTED, {}).values()),
    }
    return {warning: count for warning, count in counts.items() if count}


def first_names(names: Sequence[str]) -> str:
    """Names in a row, of many the first."""
    more = f" and {len(names) - SHOWN_NAMES:,} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(names[:SHOWN_NAMES]) + more


def markdown(report: Mapping[str, Any]) -> str:
    """The report as a page."""
    splits = report["splits"]
    page = [f"# Data report: {report['name']}", ""]
    page += [f"- {key}: {markdown_text(report[key])}" for key in ("version", "licence", "citation")]
    page += [f"- {change}: {listing(counts)}" for change, counts in report["changes"].items() if counts]

    if found := warnings(report):
        page += section("Warnings", "Data warnings and their counts")
        page += [f"- {warning}: {count:,}" for warning, count in found.items()]

    sizes = ("examples", "tokens", "empty_texts", "long_texts", "repeated")
    rows = [(split, *(summary[size] for size in sizes)) for split, summary in splits.items()]
    caption = (
        "Empty texts are read as one unknown word, long texts have a megabyte or more, repeated ones occur earlier"
    )
    page += section("Size", caption)
    page += table(("split", *(size.replace("_", " ") for size in sizes)), rows)

    if described := {split: summary["features"] for split, summary in splits.items() if "features" in summary}:
        rows = [
            (split, " x ".join(map(str, each["shape"])), each["minimum"], each["maximum"])
            for split, each in described.items()
        ]
        page += section("Features", "Shape of an example's features, and the range of their values")
        page += table(("split", "shape", "minimum", "maximum"), rows)

    if restored := {split: summary for split, summary in splits.items() if "restored_targets" in summary}:
        caption = "Targets that are equal to their raw text, by which outputs are scored, when their tokens are joined"
        page += section("Detokenization", caption)
        rows = [(split, with_share(each["restored_targets"], each["examples"])) for split, each in restored.items()]
        page += table(("split", "targets restored"), rows)

    texts = {split: summary for split, summary in splits.items() if summary["tokens"]}
    rows = [(split, *summary["lengths"].values()) for split, summary in texts.items()]
    targets = [(split, summary["target_lengths"]) for split, summary in splits.items() if "target_lengths" in summary]
    rows += [(f"{split}, target", *lengths.values()) for split, lengths in targets]
    if rows:
        page += section("Length", "Quantiles, in tokens")
        page += table(("split", *QUANTILES), rows)

    rows = [(name, *(cut_shares(s, cut) for cut in s["truncation"].values())) for name, s in texts.items()]
    if rows:
        page += section("Truncation", "Shares of tokens / of examples that are cut off")
        page += table(("split", *(f"at {limit}" for limit in TRUNCATIONS)), rows)

    for kind in ("labels", "tags"):
        counted = {split: summary[kind] for split, summary in splits.items() if kind in summary}
        if counted:
            page += section(kind.capitalize(), "Count (share)")
            names = dict.fromkeys(name for names in counted.values() for name in names)
            several = kind == "labels" and any("label_counts" in summary for summary in splits.values())
            totals = [splits[each]["examples"] if several else sum(counted[each].values()) for each in counted]
            rows = [
                (
                    name,
                    *(
                        with_share(found.get(name, 0), total)
                        for found, total in zip(counted.values(), totals, strict=True)
                    ),
                )
                for name in names
            ]
            page += table((kind[:-1], *counted), rows)
            for where, found in report["rare"][kind].items():
                page += ["", f"{where.capitalize()}: {markdown_text(', '.join(found)) or 'none'}."]

    if several := {split: summary["label_counts"] for split, summary in splits.items() if "label_counts" in summary}:
        page += section("Labels of a text", "How many texts have so many labels")
        numbers = sorted({number for counts in several.values() for number in counts})
        rows = [(str(number), *(counts.get(number, 0) for counts in several.values())) for number in numbers]
        page += table(("labels", *several), rows)

    if report["overlap"]:
        rows = [(pair, shared["sentences"], listing(shared["examples"])) for pair, shared in report["overlap"].items()]
        caption = "Sentences that occur in two splits: all tokens are equal, case included"
        page += section("Overlap", caption if texts else "Features that occur in two splits: all values are equal")
        page += table(("splits", f"different {'sentences' if texts else 'features'}", "examples with them"), rows)
    return "\n".join(page) + "\n"


def section(title: str, caption: str) -> list[str]:
    """Lines of a heading and of what its table shows."""
    return ["", f"## {title}", "", f"{caption}.", ""]


def table(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Lines of a Markdown table; numbers get thousands separators and are right-aligned."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else markdown_text(str(cell)) for cell in row] for row in rows]
    lines = [heading, ["---"] + ["---:"] * (len(heading) - 1), *cells]
    return [f"| {' | '.join(line)} |" for line in lines]


def listing(counts: Mapping[str, int]) -> str:
    """Counts in a row: `train 12, dev 3`."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def with_share(count: int, total: int) -> str:
    """A count and its share of all: `12 (3.1 %)`."""
    return f"{count:,} ({100 * count / total:.1f} %)"


def cut_shares(summary: Mapping[str, Any], cut: Mapping[str, int]) -> str:
    """Shares of tokens and of examples that a truncation reaches: `3.1 % / 12.0 %`."""
    return " / ".join(f"{100 * cut[unit] / max(1, summary[unit]):.1f} %" for unit in ("tokens", "examples"))
