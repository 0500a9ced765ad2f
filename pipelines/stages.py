"""Command `stages`: writes the stages of configs/runs.yaml into dvc.yaml; run it after editing the file."""

import argparse

from embeddings.foundation.errors import exits_on_input_error


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Brings dvc.yaml up to date."""
    parser = argparse.ArgumentParser(prog="elman stages", description=__doc__)
    parser.parse_args(arguments)

    from pipelines.project.changes import write_all
    from pipelines.project.layout import GRAPH, check_project
    from pipelines.project.stages import graph_text

    check_project()
    before = GRAPH.read_text(encoding="utf-8")
    write_all({}, {GRAPH: graph_text})
    print(f"{GRAPH} {'was up to date' if GRAPH.read_text(encoding='utf-8') == before else 'is written'}")


if __name__ == "__main__":
    main()
