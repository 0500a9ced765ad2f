"""What a sweep gives: a table of its trials, a picture, and the best configuration as a run."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from embeddings.foundation.config import read_yaml
from embeddings.foundation.errors import InputError
from embeddings.foundation.escaping import cell
from embeddings.foundation.files import atomic_file, write_json
from pipelines.evaluation.metrics import Metric
from pipelines.project.yaml_text import document, flow
from pipelines.reporting.plots import svg
from pipelines.sweeping.config import Plan
from pipelines.sweeping.picture import chart
from pipelines.sweeping.records import Record
from pipelines.sweeping.search import best_configuration, mean_score

BEST = "best"  # folder: a runs file, and word vectors where those were varied


def write_results(folder: Path, plan: Plan, records: Sequence[Record], metric: Metric) -> list[Record]:
    """Writes all that a sweep gives, and returns the trials of the best configuration.

    Raises:
        InputError: no configuration was trained with every seed.
    """
    best = best_configuration(records, len(plan.seeds), metric.better)
    if best is None:
        errors = [f"trial {record.number}: {record.error}" for record in records if record.error]
        why = errors[0] if errors else "none was trained to its end"
        raise InputError(f"{plan.where}: expected a complete configuration, got none of {len(records)} trials; {why}")
    rows = table(plan, records)
    header = list(dict.fromkeys(name for row in rows for name in row))
    with atomic_file(folder / "trials.csv") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    write_json(folder / "trials.json", [described(plan, record) for record in records])
    with atomic_file(folder / "trials.svg") as file:
        file.write(svg(chart(plan.space, records, metric)))
    write_best(folder / BEST, plan, best, metric)
    return best


def described(plan: Plan, record: Record) -> dict[str, Any]:
    """All that is known of a trial; its settings as a run's `set:` has them."""
    known = {name: value for name, value in asdict(record).items() if name not in ("drawn", "crashes")}
    return {**known, "set": plan.space.values(record.drawn)}


def table(plan: Plan, records: Sequence[Record]) -> list[dict[str, Any]]:
    """A flat row for each trial."""
    rows = []
    for record in records:
        row: dict[str, Any] = {
            "trial": record.number,
            "configuration": record.configuration,
            "seed": record.seed,
            "state": record.state,
        }
        row |= {each.name: each.value(record.drawn[each.name]) for each in plan.space.dimensions}
        row |= {"epochs": len(record.curve), "last_epoch": record.curve[-1] if record.curve else ""}
        for name, (value, low, high) in record.scores.items():
            row |= {name: value, f"{name}_low": low, f"{name}_high": high}
        rows.append({**row, **record.cost, "error": record.error})
    return rows


def write_best(folder: Path, plan: Plan, best: Sequence[Record], metric: Metric) -> None:
    """Writes the best configuration as a runs file of one run, and its word vectors' configuration where it has one."""
    values = plan.space.values(best[0].drawn)
    run = asdict(plan.run(values, plan.base.seed))
    seeds = ", ".join(str(record.seed) for record in best)
    name = f"{plan.sweep.run}-{plan.name}"
    about = f"The best of sweep {plan.name}: {metric.name} {metric.write(mean_score(best))} on dev, seed {seeds}."
    if plan.trains_vectors:
        run["source_vectors"] = f"{plan.base.source_vectors}-{plan.name}"
        own = {**read_yaml(plan.configs / "vectors" / f"{plan.base.source_vectors}.yaml"), **values["vectors"]}
        with atomic_file(folder / "vectors" / f"{run['source_vectors']}.yaml") as file:
            file.write(document(own, about))
    with atomic_file(folder / "runs.yaml") as file:
        file.write(f"# {about} Copy the line below `runs:` into the runs file.\nruns:\n  {name}: {flow(run)}\n")
