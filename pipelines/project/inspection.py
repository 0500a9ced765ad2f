"""What the files of a dataset are: read as a whole, counted, and compared with each other."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import read_json
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.preparation import prepare
from pipelines.datasets.recognition import READERS, Recognition, Wanted, recognise
from pipelines.datasets.sources.files import content_checksum, data_path
from pipelines.project.chosen_vectors import with_tokenizer_of_vectors
from pipelines.project.kinds import Amount, Kind, dev_share_for, subwords_for
from pipelines.project.language import Language, guess_language
from pipelines.project.request import Request
from pipelines.text.subwords import SUBWORDS
from pipelines.text.tokenization import suits

FEWEST_SUBWORDS = 1_000
READ_EXAMPLES = 1_000  # that the language and the tokenizer are told by
ONE_CHARACTER = 0.9  # share of tokens of one character, from which texts are split into characters


@dataclass(frozen=True)
class Inspection:
    """What was found in the files of a request."""

    reader: str
    recognition: Recognition
    languages: Sequence[Language]  # of the texts, and of their translations
    dataset: Mapping[str, Any]  # its configuration
    unlabelled: Mapping[str, Any] | None  # that of texts without labels
    report: Mapping[str, Any]  # of `prepare`
    amount: Amount
    words: Mapping[str, int]  # of vectors' corpora: field -> tokens


def inspect(request: Request) -> Inspection:
    """Reads all files of a request as `prepare` does, into a folder that is removed again.

    Raises:
        InputError: they are malformed, disagree, or cannot be told from others; one line says which option helps.
    """
    labelled = {split: paths for split, paths in request.files.items() if split != "unlabelled"}
    kind, settings = request.kind, request.setting("dataset")
    wanted = Wanted(kind.field, kind.entities, request.setting("options"))
    reader, recognition = recognise(labelled["train"], wanted, request.reader)
    options = {**recognition.options, **request.setting("options")}
    examples = _examples(reader, options, labelled["train"])
    sample = list(islice(examples, READ_EXAMPLES))
    languages, files = _languages(sample, kind, settings), _files(labelled)
    tokenizers = _tokenizers(sample, kind, languages)
    of_tokens = tokenizers["tokenizer"] if any(each.tokens for each in sample) else ""
    settings = with_tokenizer_of_vectors(request, of_tokens)
    config = {
        "source": "files",
        "version": _version(files),
        "language": languages[0].code,
        **({"target_language": languages[1].code} if kind.translates else {}),
        **tokenizers,
        "reader": reader,
        **({"options": options} if options else {}),
        "files": files,
        "licence": "own data",
        "citation": "none",
    }
    is_continuous = kind.writes and reader == "whole_file"
    count = 1_000 if is_continuous else len(sample) + sum(1 for _ in examples)
    config |= _subwords(count, kind, settings)
    if is_continuous:
        config["continuous"] = True
    if "dev" not in labelled:
        config |= {"dev_share": dev_share_for(count), "seed": 1}
        config |= {} if is_continuous else {"remove_overlap": True}
    config |= settings
    unlabelled = _unlabelled(request, config)
    with tempfile.TemporaryDirectory() as folder:
        report, tokens = _prepared(config, request.name, Path(folder))
        words = {"tokens": tokens}
        if unlabelled:
            words["tokens"] += _prepared(unlabelled, f"{request.name}_unlabelled", Path(folder))[1]
        if kind.translates:
            counts = read_json(Path(folder) / request.name / "counts.json", dict[str, dict[str, int]])
            words["target_tokens"] = sum(counts["target_tokens"].values())
    _check(report, request, labelled)
    return Inspection(reader, recognition, languages, config, unlabelled, report, _amount(report), words)


def _examples(reader: str, options: Mapping[str, Any], paths: Sequence[Path]) -> Iterator[Example]:
    return build_config(plugins.load(READERS, reader).Reader, options, f"reader {reader}").read(paths)


def _languages(sample: Sequence[Example], kind: Kind, settings: Mapping[str, Any]) -> list[Language]:
    """The languages that the user has given, or that the texts are written in."""
    texts = {"language": [each.text for each in sample]}
    if kind.translates:
        texts["target_language"] = [each.target_text or "" for each in sample]
    found = []
    for key, of_key in texts.items():
        language = Language(settings[key], "as given") if key in settings else guess_language(of_key)
        if not language.code:
            option = f"--{key.replace('_', '-')}"
            raise InputError(f"cannot tell the language of the texts: {language.told_by}; give {option}, such as en")
        found.append(language)
    return found


def _tokenizers(sample: Sequence[Example], kind: Kind, languages: Sequence[Language]) -> dict[str, str]:
    """The tokenizers of texts, and of their translations."""
    tokens = [token for each in sample for token in each.tokens]
    characters = sum(len(token) == 1 for token in tokens) > ONE_CHARACTER * max(1, len(tokens))
    words = "words_lowercase" if kind.field in ("label", "labels") else "words"
    keys = ("tokenizer", "target_tokenizer")
    found = {
        key: words if suits(words, language.code) else "characters"
        for key, language in zip(keys, languages, strict=False)
    }
    if tokens:
        found["tokenizer"] = "characters" if characters else "words"
    if kind.writes:
        found["tokenizer"] = "characters"
    return found


def _subwords(count: int, kind: Kind, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a dataset in subwords: of translations, where there are enough of them, or where the user says so."""
    keys = ("tokenizer", "target_tokenizer") if kind.translates else ("tokenizer",)
    proposed = kind.translates and subwords_for(count) and not settings.keys() & keys
    if not proposed and SUBWORDS not in [settings.get(key) for key in keys]:
        return {}
    size = {"subword_vocab_size": subwords_for(count) or FEWEST_SUBWORDS}
    return {**(dict.fromkeys(keys, SUBWORDS) if proposed else {}), **size}


def _files(files: Mapping[str, Sequence[Path]]) -> dict[str, list[dict[str, str]]]:
    """The files of each split with their checksums."""
    return {
        split: [{"path": data_path(path), "sha256": content_checksum(path)} for path in paths]
        for split, paths in files.items()
        if paths
    }


def _version(files: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    """A version that another content of the files changes, and with it the signature of every metric."""
    import hashlib

    sums = [file["sha256"] for of_split in files.values() for file in of_split]
    return f"files-{hashlib.sha256(' '.join(sums).encode()).hexdigest()[:12]}"


def _unlabelled(request: Request, config: Mapping[str, Any]) -> dict[str, Any] | None:
    """The configuration of texts without labels: a dataset of its own, whose format may be another."""
    paths = request.files.get("unlabelled")
    if not paths:
        return None
    if config["tokenizer"] == SUBWORDS:
        raise InputError("--unlabelled: expected another tokenizer than subwords; give --tokenizer words")
    given = {key: value for key, value in request.setting("options").items() if key == "encoding"}
    reader, recognition = recognise(paths, Wanted("text", options=given))
    files = _files({"unlabelled": paths})
    return {
        "source": "files",
        "version": _version(files),
        "language": config["language"],
        "tokenizer": config["tokenizer"],
        "reader": reader,
        **({"options": dict(recognition.options)} if recognition.options else {}),
        "files": files,
        "licence": config["licence"],
        "citation": config["citation"],
    }


def _prepared(config: Mapping[str, Any], name: str, folder: Path) -> tuple[dict[str, Any], int]:
    """The report of a dataset, and the number of tokens that vectors learn from."""
    report = prepare(build_config(DatasetConfig, config, f"dataset {name}"), name, folder / name)
    splits = [report["splits"][split] for split in ("train", "unlabelled") if split in report["splits"]]
    return report, sum(split["tokens"] for split in splits)


def _amount(report: Mapping[str, Any]) -> Amount:
    train = report["splits"]["train"]
    labels = train.get("labels", {})
    share = max(labels.values()) / sum(labels.values()) if labels else 0.0
    return Amount(train["examples"], train["tokens"], train["lengths"]["99 %"], share)


def _check(report: Mapping[str, Any], request: Request, files: Mapping[str, Sequence[Path]]) -> None:
    """Refuses what no model can learn from, and files that disagree, unless the user accepts that."""
    train, where = report["splits"]["train"], files["train"][0]
    field = "tags" if request.kind.has_tags else "labels"
    names, one_each = train.get(field, {}), request.kind.field in ("label", "tags")
    if one_each and len(names) < 2:
        raise InputError(f"{where}: expected two {field} or more, got {', '.join(names) or 'none'}")
    if request.kind.field == "label" and len(names) > max(2, train["examples"] / 2):
        count = f"{len(names):,} different ones in {train['examples']:,} texts"
        raise InputError(f"{where}: expected labels that repeat, got {count}; choose others by --set options.KEY")
    for split in ("dev", "test"):
        if split not in files:
            continue
        shared = report["overlap"][f"train and {split}"]["examples"][split]
        if shared and "overlap" not in request.accept and not request.setting("dataset").get("remove_overlap"):
            advice = "--remove-overlap drops them from train, `--accept overlap` keeps them"
            told = f"expected other examples than those of train, got {shared:,} that train has as well"
            raise InputError(f"{files[split][0]}: {told}; {advice}")
        unseen = sorted(_names(report, split, request.kind) - _names(report, "train", request.kind))
        if unseen and "unseen" not in request.accept:
            shown = ", ".join(unseen[:5]) + (" ..." if len(unseen) > 5 else "")
            advice = "correct them, or `--accept unseen` keeps them, scored as wrong"
            names_of = "types of entities" if request.kind.entities else field
            raise InputError(f"{files[split][0]}: expected {names_of} that train has as well, got {shown}; {advice}")


def _names(report: Mapping[str, Any], split: str, kind: Kind) -> set[str]:
    """The labels, tags or types of entities of a split."""
    summary = report["splits"][split]
    if kind.entities:
        return {tag.partition("-")[2] for tag in summary.get("tags", ())} - {""}
    return {*summary.get("tags" if kind.has_tags else "labels", ())}
