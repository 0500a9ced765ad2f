"""The leaderboard of a runs file: every evaluated system beside those that it can be compared with."""

from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_file, atomic_folder
from pipelines.reporting import plots, table
from pipelines.reporting.comparison import ComparisonGroup, System, rank_systems
from pipelines.reporting.leaderboard import Leaderboard, write_leaderboard
from pipelines.reporting.page.contents import Places
from pipelines.reporting.page.rendering import report
from pipelines.reporting.systems import Folders, read_baselines, read_entries, read_runs


def rank_all(runs_file: Path, folders: Folders, data: Path, seed: int) -> Leaderboard:
    """Gathers every evaluated system of the runs file and ranks those that are comparable.

    Args:
        runs_file: with `runs:` and `baselines:`.
        folders: where the stages wrote.
        data: folder of prepared datasets.
        seed: of the bootstrap.

    Raises:
        InputError: nothing has been evaluated.
    """
    runs, baselines = read_entries(runs_file, "runs"), read_entries(runs_file, "baselines")
    found = [*read_runs(list(runs), folders), *read_baselines(baselines, folders)]
    if not found:
        raise InputError(f"{folders.evaluations}: nothing of {runs_file} has been evaluated; run `dvc repro`")
    groups: dict[ComparisonGroup, list[System]] = {}
    for _, group, system in found:
        groups.setdefault(group, []).append(system)
    ranked = [rank_systems(group, groups[group], data / group.dataset, seed) for group in groups]
    names = {(system.row.kind, name) for name, _, system in found}
    listed = [*(("run", name) for name in runs), *(("baseline", name) for name in baselines)]
    return Leaderboard(tuple(ranked), tuple(name for kind, name in listed if (kind, name) not in names))


def write_all(folder: Path, leaderboard: Leaderboard, places: Places) -> None:
    """Writes a leaderboard as JSON, Markdown and a plot, and the report, into a folder, whole or not at all."""
    texts = {"leaderboard.md": table.markdown(leaderboard), "report.html": report(leaderboard, places, texts=True)}
    texts["leaderboard.svg"] = plots.svg(plots.leaderboard_chart(leaderboard))
    with atomic_folder(folder) as temporary:
        write_leaderboard(temporary / "leaderboard.json", leaderboard)
        for name, text in texts.items():
            with atomic_file(temporary / name) as file:
                file.write(text)
