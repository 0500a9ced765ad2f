"""What word vectors are worth: runs that differ in their vectors alone, beside what is known of the vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings import store
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_json
from pipelines.reporting.leaderboard import AllPairs, Gap, Group, Standing
from pipelines.reporting.systems import Description, settings_of

KINDS = {"source_vectors": "tokens", "target_vectors": "target_tokens"}  # of a run; and whose words they are of
INTRINSIC = {"wordsim353": "WordSim-353", "simlex999": "SimLex-999", "analogies": "analogies"}


@dataclass(frozen=True)
class Worth:
    """A run, or runs of several seeds, and the vectors that it reads."""

    standing: Standing
    vectors: str
    algorithm: str
    dimensions: int | None
    words: int | None
    gap: Gap | None  # to the first of the table; of that there is none
    intrinsic: Mapping[str, float]  # with coverage, in percent
    coverage: float | None  # of the tokens of dev, in percent


def worth_of_vectors(group: Group, trained: Path, vectors: Path) -> list[list[Worth]]:
    """A table of each set of runs that differ in their vectors alone: random ones first, else the worst, then the best.

    Args:
        group: of the leaderboard.
        trained: folder of run folders.
        vectors: folder of word vectors, of which some may be missing.
    """
    if not group.pairs:
        return []
    runs = {row.system: row.name for row in group.rows if row.kind == "run"}
    sets: dict[str, list[tuple[Standing, dict[str, str]]]] = {}
    for standing in group.pairs.standings:
        if standing.rows[0] in runs:
            config = read_json(trained / runs[standing.rows[0]] / "config.json", Description)
            names = {kind: config["run"].get(kind, "") for kind in KINDS}
            sets.setdefault(settings_of(config, *KINDS), []).append((standing, names))
    tables = []
    for members in sets.values():
        differing = [kind for kind in KINDS if len({names[kind] for _, names in members}) > 1]
        if differing:
            found = [(standing, " → ".join(names[kind] for kind in differing)) for standing, names in members]
            about = {name: _about(vectors / name.split(" → ")[0]) for _, name in found}
            found.sort(key=lambda each: about[each[1]]["algorithm"] != "random")
            base = found[0] if about[found[0][1]]["algorithm"] == "random" else found[-1]
            ordered = [base, *(each for each in found if each is not base)]
            tables.append(_table(group.pairs, ordered, about, trained, runs, KINDS[differing[0]]))
    return tables


def _table(
    pairs: AllPairs,
    members: Sequence[tuple[Standing, str]],
    about: Mapping[str, Mapping[str, Any]],
    trained: Path,
    runs: Mapping[str, str],
    field: str,
) -> list[Worth]:
    base = members[0][0].name
    return [
        Worth(
            standing=standing,
            vectors=name,
            **about[name],
            gap=None if standing.name == base else pairs.gap(standing.name, base),
            coverage=_coverage(trained / runs[standing.rows[0]] / "coverage.json", field),
        )
        for standing, name in members
    ]


def _about(folder: Path) -> dict[str, Any]:
    """What an artefact of vectors tells of itself; nothing where it is not here."""
    if not folder.is_dir():
        return {"algorithm": "", "dimensions": None, "words": None, "intrinsic": {}}
    artefact, config = store.read(folder), store.provenance(folder).get("config", {})
    return {
        "algorithm": config.get("algorithm", ""),
        "dimensions": artefact.vectors.shape[1],
        "words": len(artefact.words),
        "intrinsic": store.scores(folder),
    }


def _coverage(path: Path, field: str) -> float | None:
    """The share of dev's tokens whose words have a vector, in percent."""
    if not path.exists():
        return None
    found = read_json(path, dict[str, dict[str, dict[str, float]]], PARSED_BYTES)
    return found.get(field, {}).get("dev", {}).get("tokens")
