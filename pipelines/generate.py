"""Command `generate`: a language model continues a prompt, token by token."""

import argparse
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.seeds import seed_option
from pipelines.runs.engines import add_engine_option


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes a text on standard output, the prompt first."""
    parser = argparse.ArgumentParser(prog="elman generate", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder of a language model")
    add_engine_option(parser)
    parser.add_argument("--prompt", default="", help="text to continue (default: none)")
    parser.add_argument("--prime", help=argparse.SUPPRESS)  # what --prompt was called
    parser.add_argument("--temperature", type=float, default=1.0, help="lower: more probable tokens; 0: greedy (1)")
    parser.add_argument("--top-k", type=int, default=0, help="sample from the k most probable tokens (0: from all)")
    parser.add_argument(
        "--top-p", type=float, default=1.0, help="sample from the fewest tokens of this total probability (1)"
    )
    parser.add_argument("--length", type=int, default=500, help="maximum number of tokens (500)")
    parser.add_argument("--seed", type=seed_option, default=1, help="seed of the sampling (1)")
    options = parser.parse_args(arguments)
    if options.prime is not None:
        raise InputError("--prime: the option is now --prompt; rename it")
    if options.length < 0:
        raise InputError(f"--length: expected at least 0, got {options.length}")
    if any("\ud800" <= letter <= "\udfff" for letter in options.prompt):  # bytes that are no UTF-8
        raise InputError(f"--prompt: expected UTF-8, got {options.prompt!a}")

    from pipelines.decoding.sampling import Sampler

    sampler = Sampler(options.seed, options.temperature, options.top_k, options.top_p)

    import pipelines

    run = pipelines.load(options.run, options.engine)
    pieces = run.generate(options.prompt, sampler, options.length)
    print(run.task.detokenize.beginning(options.prompt), end="", flush=True)
    for piece in pieces:
        print(piece, end="", flush=True)
    print()


if __name__ == "__main__":
    main()
