"""The leaderboard as Markdown and on the terminal."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from embeddings.foundation import escaping
from embeddings.foundation.escaping import printable
from pipelines.evaluation.metrics import Metric
from pipelines.reporting.leaderboard import Group, Leaderboard, Row, Value

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDE = 120  # columns that hold the vectors as well; taken where the output is no terminal

Column = tuple[str, Callable[[Row], str]]  # header; from a row to its cell


def markdown(leaderboard: Leaderboard) -> str:
    """The whole leaderboard as a Markdown page."""
    lines = [
        "# Leaderboard",
        "",
        "Values are percent, except for BLEU and chrF (as sacreBLEU prints them), nats, bits and perplexity, with 95 %",
        "bootstrap intervals; ↓ marks lower-is-better metrics. Dev selects: rows are sorted by the headline metric on",
        "dev, bold marks the best, and a run is compared with the baseline that is best on dev. The verdict is that of",
        "test where test is scored, else of dev: a dagger (†) marks a run that does not beat the baseline, it loses;",
        "it is unclear if the interval of the difference, on the same resamples for both, contains 0. Baselines are in",
        "italics. Systems that share a letter under `group` show no significant difference at 5 % in the headline, on",
        "test or else on dev: every two are tested on the same resamples, with p-values adjusted for all pairs (Romano",
        "and Wolf 2005). Time, tokens/s, memory and latency are those of the machine that trained; latency is the",
        "median of sentences that ONNX Runtime predicts one at a time on one thread.",
    ]
    for group in leaderboard.groups:
        columns = _columns(group)
        lines += ["", f"## {escaping.markdown(group.task)} on {escaping.markdown(group.dataset)}", ""]
        lines += [_line(header for header, _ in columns), _line("---" for _ in columns)]
        lines += [_line(cell(row) for _, cell in columns) for row in group.rows]
        lines += _of_seeds(group)
        lines += ["", *(f"{split}: `{_code(text)}`  " for split, text in group.rows[0].signatures.items())]
        for row in group.rows:
            for sample in row.samples:
                lines += [
                    "",
                    f"Sampled from {escaping.markdown(row.name)} after {sample.step:,} steps, loss {sample.loss:.2f}:",
                    "",
                ]
                lines += [f"    {printable(line)}" for line in sample.text.split("\n")]
    if leaderboard.missing:
        lines += ["", f"Not evaluated: {escaping.markdown(', '.join(leaderboard.missing))}"]
    return "\n".join(lines) + "\n"


def marked(row: Row, is_best: bool) -> str:
    """A system's name in Markdown: the best bold, a run below the best baseline with a dagger, baselines in italics."""
    name = escaping.markdown(row.name)
    name = f"*{name}*" if row.kind == "baseline" else name
    name = f"**{name}**" if is_best else name
    return f"{name} †" if row.verdict == "loses" else name


def print_leaderboard(leaderboard: Leaderboard, console: "Console | None" = None) -> None:
    """Prints the leaderboard with the headline metrics only."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = console or Console()
    if not console.is_terminal:
        console.width = max(console.width, WIDE)
    for group in leaderboard.groups:
        best = next((row.name for row in group.rows if row.kind == "baseline"), "none")
        caption = f"{group.headline.caption} ± half its 95 % interval; best baseline on dev: {best}"
        caption += "; group: systems that share a letter show no significant difference" if group.pairs else ""
        caption += "; over baseline: on test" if any(row.decisive == "test" for row in group.rows) else ""
        title = Text(printable(f"{group.task} on {group.dataset}"), "bold")
        console.print(title.append(printable(f": {caption}"), "not bold"), highlight=False)
        table = Table(box=None, padding=(0, 1, 0, 0))
        for name, _ in (columns := _terminal_columns(group, vectors=console.width >= WIDE)):
            justify = "left" if name in ("system", "cell", "vectors") else "right"
            table.add_column(name, justify=justify, no_wrap=name != "system", overflow="fold")
        for row in group.rows:
            style = {"loses": "red", "unclear": "yellow"}.get(row.verdict, "" if row.kind == "run" else "italic")
            table.add_row(*(_terminal_cell(cell(row)) for _, cell in columns), style=style)
        console.print(table, "")
    if leaderboard.missing:
        console.print(printable(f"Not evaluated: {', '.join(leaderboard.missing)}"), markup=False)


def _columns(group: Group) -> list[Column]:
    """The columns of the Markdown page."""
    return [
        ("system", lambda row: marked(row, row is group.rows[0])),
        ("cell", lambda row: escaping.markdown(row.architecture)),
        ("vectors", _vectors_and_use),
        *(
            (f"{metric.title} {split}", _score(split, metric, _with_interval))
            for metric in (group.headline, *group.side)
            for split in group.splits
        ),
        *(
            (f"over best baseline, {split}", _difference(split, group.headline, _signed_with_interval))
            for split in group.splits
        ),
        ("verdict", lambda row: _verdict(row) + group.of_dev(row)),
        *([("group", _letters(group))] if group.pairs else []),
        ("time", lambda row: duration(row.cost.get("wall_seconds"))),
        ("tokens/s", lambda row: whole(row.cost.get("tokens_per_second"))),
        ("parameters", lambda row: whole(row.cost.get("parameters"))),
        ("peak memory, MB", lambda row: whole(row.cost.get("peak_memory_megabytes"))),
        ("latency, ms", lambda row: milliseconds(row.cost.get("latency_milliseconds"))),
    ]


def _terminal_columns(group: Group, vectors: bool) -> list[Column]:
    """The columns of the terminal: intervals as half their width."""

    def over(row: Row) -> str:
        return _difference(row.decisive, group.headline, _signed)(row)

    return [
        ("system", lambda row: row.name),
        ("cell", lambda row: row.architecture or "baseline"),
        *([("vectors", lambda row: _vectors(row).replace("→ ", "→\n"))] if vectors else []),
        *((split, _score(split, group.headline, _with_half_width)) for split in group.splits),
        ("over baseline", lambda row: over(row) + _shown_verdict(row) + group.of_dev(row).replace(" ", "\n", 1)),
        *([("group", _letters(group))] if group.pairs else []),
        ("time", lambda row: duration(row.cost.get("wall_seconds"))),
        ("tokens/s", lambda row: whole(row.cost.get("tokens_per_second"))),
    ]


def _vectors(row: Row) -> str:
    return " → ".join(name for name in (row.source_vectors, row.target_vectors) if name)


def _verdict(row: Row) -> str:
    return f"loses to {escaping.markdown(row.baseline)}" if row.verdict == "loses" else row.verdict


def _shown_verdict(row: Row) -> str:
    return {"loses": " loses", "unclear": " unclear"}.get(row.verdict, "")


def _letters(group: Group) -> Callable[[Row], str]:
    pairs = group.pairs
    return lambda row: pairs.letters(row) if pairs else ""


def _of_seeds(group: Group) -> list[str]:
    """Lines of a table of the systems with several seeds."""
    several = [each for each in group.pairs.standings if len(each.rows) > 1] if group.pairs else []
    if not several or not group.pairs:
        return []
    metric, split = group.headline, group.pairs.split
    lines = ["", "Runs that differ in their seed alone: mean with the interval of examples and seeds, and deviation."]
    lines += ["", _line(iter(("system", "seeds", f"{metric.title} {split}", "deviation", "group")))]
    lines += [_line(iter(["---"] * 5))]
    for each in several:
        cells = [escaping.markdown(each.name), str(len(each.rows)), _with_interval(metric, each.score)]
        lines.append(_line(iter([*cells, metric.write(each.deviation or 0.0), each.letters])))
    return lines


def _vectors_and_use(row: Row) -> str:
    return escaping.markdown(f"{_vectors(row)}, {row.word_vectors.replace('_', '-')}") if row.word_vectors else ""


def _score(split: str, metric: Metric, show: Callable[[Metric, Value], str]) -> Callable[[Row], str]:
    """The cell of a metric."""

    def cell(row: Row) -> str:
        value = row.scores.get(split, {}).get(metric.name)
        return show(metric, value) if value else ""

    return cell


def _difference(split: str, metric: Metric, show: Callable[[Metric, Value], str]) -> Callable[[Row], str]:
    return lambda row: show(metric, row.difference[split]) if split in row.difference else ""


def _with_interval(metric: Metric, value: Value) -> str:
    return f"{metric.write(value.value)} [{metric.write(value.low)}, {metric.write(value.high)}]"


def _signed_with_interval(metric: Metric, value: Value) -> str:
    low, high = (metric.write(each, signed=True) for each in (value.low, value.high))
    return f"{metric.write(value.value, signed=True)} [{low}, {high}]"


def _with_half_width(metric: Metric, value: Value) -> str:
    return f"{metric.write(value.value, fewer=1)} ±{metric.write((value.high - value.low) / 2, fewer=1)}"


def _signed(metric: Metric, value: Value) -> str:
    return metric.write(value.value, signed=True, fewer=1)


def _line(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """A text between backticks."""
    return printable(text).replace("`", "'")


def _terminal_cell(text: str) -> "Text":
    from rich.text import Text

    return Text("\n".join(map(printable, text.split("\n"))))


def duration(seconds: Any) -> str:
    """Seconds as text: seconds below two minutes, minutes above; empty where there are none."""
    if not isinstance(seconds, int | float):
        return ""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def milliseconds(number: Any) -> str:
    """Milliseconds as text, with fewer decimals the more there are; empty where there are none."""
    if not isinstance(number, int | float):
        return ""
    return f"{number:.{2 if number < 1 else 1 if number < 10 else 0}f}"


def whole(number: Any) -> str:
    """A number as text, without decimals and with thousands set off."""
    return f"{number:,.0f}" if isinstance(number, int | float) else ""
