"""Command `report`: rewrites the report of `compare`, and opens it.

It is one HTML file that needs no network: leaderboard, paired tests, learning curves, costs, confusion matrices, error
browser, attention and token attributions, configurations and data reports.
"""

import argparse
import logging
import webbrowser
from pathlib import Path

from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_file
from pipelines.reporting.leaderboard import read_leaderboard
from pipelines.reporting.page.contents import Places
from pipelines.reporting.page.rendering import report

log = logging.getLogger(__name__)

SHARED = Path("report_without_texts.html")


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the report of a leaderboard."""
    parser = argparse.ArgumentParser(prog="elman report", description=__doc__)
    parser.add_argument("--reports", type=Path, default="reports", help="folder with leaderboard.json")
    parser.add_argument("--data", type=Path, default="data", help="folder of prepared datasets")
    parser.add_argument("--predictions", type=Path, default="predictions", help="folder of predictions")
    parser.add_argument("--trained", type=Path, default="runs", help="folder of run folders")
    parser.add_argument("--vectors", type=Path, default="vectors", help="folder of word vectors")
    parser.add_argument("--without-texts", action="store_true", help="leave out sentences, predictions, samples, words")
    parser.add_argument(
        "--output", type=Path, help=f"file to write (default: report.html in --reports; without texts {SHARED})"
    )
    parser.add_argument("--open", action="store_true", help="open it in a browser")
    options = parser.parse_args(arguments)
    output = options.output or (SHARED if options.without_texts else options.reports / "report.html")
    leaderboard = read_leaderboard(options.reports / "leaderboard.json")
    places = Places(options.data, options.predictions, options.trained, options.vectors)
    text = report(leaderboard, places, texts=not options.without_texts)
    with atomic_file(output) as file:
        file.write(text)
    log.info(f"wrote {output}")
    if options.open and not webbrowser.open(output.resolve().as_uri()):
        log.info(f"no browser found; open {output} in one")


if __name__ == "__main__":
    main()
