"""Command `remove`: removes from a project what `elman add` wrote for a dataset; outputs of stages stay."""

import argparse

from embeddings.foundation.errors import exits_on_input_error


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Removes a dataset from the project of the working directory."""
    parser = argparse.ArgumentParser(prog="elman remove", description=__doc__)
    parser.add_argument("name", metavar="NAME", help="name of the dataset")
    parser.add_argument("--dry-run", action="store_true", help="show what would be removed; change nothing")
    options = parser.parse_args(arguments)

    from pipelines.project.removal import outputs, plan_removal

    removal = plan_removal(options.name)
    if not options.dry_run:
        removal.write()
    print("would remove" if options.dry_run else "removed", *(f"  {path}" for path in removal.configs), sep="\n")
    print(f"  from configs/runs.yaml: {', '.join(removal.runs)}, and baselines\n  from dvc.yaml: their stages")
    if left := outputs(removal):
        print("\nstays, until you delete it", *(f"  {path}" for path in left), sep="\n")
        print("\n`rm -r` deletes it, `git rm -r` what is in git, and `dvc gc --workspace` its copies in DVC's cache")


if __name__ == "__main__":
    main()
