"""Generates from the runs: lists in dvc.yaml, its stages for benchmarks/dvc.yaml and new projects, tables, a picture.

`make graph` runs it after a runs file or a stage of dvc.yaml was edited, or figures were made anew. What it writes
stands below comments that say so; everything else in dvc.yaml, benchmarks/dvc.yaml and the pages is written by hand.
"""

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

from benchmarks.picture import pictures
from benchmarks.readme import (
    RUSSIAN,
    beside_baselines,
    layer_speeds,
    layer_table,
    leaderboard_tables,
    results_table,
    speed_in_short,
    translator_speeds,
    translators_table,
)
from benchmarks.summary import Headline
from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_file
from embeddings.foundation.reading import read_json
from pipelines.project.layout import GRAPH, RUNS
from pipelines.project.parts import Part
from pipelines.project.stages import (
    CURVES,
    DATASETS,
    ENSEMBLES,
    PARAMS,
    SELF_TRAINING,
    VECTORS,
    graph_text,
    params,
    read_needs,
    with_ensembles,
    with_installed_package,
    with_lists,
    with_self_training,
    with_stages,
)
from pipelines.project.yaml_text import WIDTH
from pipelines.reporting.leaderboard import read_leaderboard

BENCHMARKS_GRAPH, BENCHMARKS_RUNS = Path("benchmarks/dvc.yaml"), Path("benchmarks/runs.yaml")
README, IN_RUSSIAN, EXPERIMENTS = Path("README.md"), Path("docs/ru/README.md"), Path("docs/experiments.md")
LEADERBOARD, RESULTS = Path("metrics/leaderboard.json"), Path("benchmarks/results.json")
LAYERS, SPEED = Path("benchmarks/speed/recurrent.json"), Path("benchmarks/speed/README.md")
TEMPLATE = Path("pipelines/project/template/graph.yaml")

STAGES = Part("stages:", "params:")
SHARED = Part("  # Down to `variant`", "  variant:")
THEIR_PARAMS = Part("params:")
TITLE = "The stages of this project's runs. `dvc repro` runs those that are stale."
INSTALLED = """\
  installed:  # its version is a dep of every stage, in place of code: after an upgrade they all run again
    cmd: python -m pipelines.cli --version > elman_version.txt
    always_changed: true
    outs:
      - elman_version.txt:
          cache: false

"""


@exits_on_input_error
def main() -> None:
    """Writes the files that are not as they have to be, and prints their paths."""
    for path, text in texts().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            with atomic_file(path) as file:
                file.write(text)
            print(path)


def texts() -> dict[Path, str]:
    """What each file has to hold."""
    default, benchmarks = (path.read_text(encoding="utf-8") for path in (GRAPH, BENCHMARKS_GRAPH))
    of_benchmarks = read_needs(BENCHMARKS_RUNS, "out/data")

    shown = beside_baselines(read_json(RESULTS))
    shared = with_ensembles(with_stages(default, of_benchmarks), BENCHMARKS_RUNS)
    shared = with_self_training(shared, BENCHMARKS_RUNS)
    benchmarks = SHARED.replace(benchmarks, in_benchmarks(shared[STAGES.find(shared, GRAPH)]), BENCHMARKS_GRAPH)
    benchmarks = THEIR_PARAMS.replace(benchmarks, params(of_benchmarks), BENCHMARKS_GRAPH)
    return {
        GRAPH: graph_text(default),
        BENCHMARKS_GRAPH: benchmarks,
        TEMPLATE: template(default),
        **pages(shown),
        **pictures(shown),
    }


def pages(shown: Mapping[str, tuple[Headline, Headline]]) -> dict[Path, str]:
    """Pages with their tables, each between two comments with its name; `shown` are the results that README shows."""
    layers, translators = layer_speeds(read_json(LAYERS)), translator_speeds(SPEED.read_text(encoding="utf-8"))
    tables = {
        README: {
            "results": results_table(shown),
            "speed": speed_in_short(layers, translators),
            "layers": layer_table(layers),
            "translators": translators_table(translators),
        },
        IN_RUSSIAN: {
            "results": results_table(shown, RUSSIAN),
            "speed": speed_in_short(layers, translators, RUSSIAN),
        },
        EXPERIMENTS: {"leaderboard": leaderboard_tables(read_leaderboard(LEADERBOARD))},
    }
    texts = {}
    for page, parts in tables.items():
        texts[page] = page.read_text(encoding="utf-8")
        for name, lines in parts.items():
            texts[page] = Part(f"<!-- {name} -->", f"<!-- /{name} -->").replace(texts[page], "".join(lines), page)
    return texts


def template(default: str) -> str:
    """The dvc.yaml that a new project begins with: the stages of the default graph on nothing yet."""
    emptied = {DATASETS: "      []\n", VECTORS: "", SELF_TRAINING: "", ENSEMBLES: "", PARAMS: "\n", CURVES: ""}
    for part, content in emptied.items():
        default = part.replace(default, content, GRAPH)
    default = re.sub(r"^  - [^\n]*:\n(    .*\n)+(?=  # Down to the end)", "", default, flags=re.MULTILINE)
    default = with_installed_package(default).replace("`make graph`", "`elman stages`")
    default = re.sub(r"\A#.*\n", f"# {TITLE}\n", default)
    return with_lists(default.replace("stages:\n", f"stages:\n{INSTALLED}", 1))


def in_benchmarks(stages: str) -> str:
    """Stages of dvc.yaml as benchmarks/dvc.yaml has them: on its runs, and what stays out of git in one folder."""
    stages = re.sub(r"^ *#.*\n|  #.*$", "", stages, flags=re.MULTILINE)
    stages = re.sub(r"(?<= )(data|vectors|runs|predictions|evaluations|costs)(?=[/\s])", r"out/\1", stages)
    stages = stages.replace(str(RUNS), BENCHMARKS_RUNS.name)
    return re.sub(r"^( +)cmd: >-\n((?:\1  .*\n)+)", folded, stages, flags=re.MULTILINE)


def folded(command: re.Match[str]) -> str:
    """A command on lines that begin with its options."""
    words = " ".join(command[2].split())
    options = re.sub(r" (?!--)", "\0", words)
    lines = textwrap.wrap(options, WIDTH - len(command[1]) - 2, break_on_hyphens=False, break_long_words=False)
    return "\n".join([f"{command[1]}cmd: >-", *(f"{command[1]}  {line}" for line in lines), ""]).replace("\0", " ")


if __name__ == "__main__":
    main()
