"""Numbers as options of commands give them."""

import pytest

from embeddings.foundation.options import count_option
from pipelines import predict, prepare, probe, repro, serve, train

COMMANDS = {
    "train-cpus": (train.main, "--cpus"),
    "predict-chunk": (predict.main, "--chunk"),
    "predict-cpus": (predict.main, "--cpus"),
    "predict-jobs": (predict.main, "--jobs"),
    "prepare-jobs": (prepare.main, "--jobs"),
    "probe-limit": (probe.main, "--limit"),
    "repro-jobs": (repro.main, "--jobs"),
    "repro-cpus": (repro.main, "--cpus"),
    "serve-texts": (serve.main, "--texts"),
}


def test_a_count_is_a_whole_number():
    assert count_option("12") == 12


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "many", ""])
@pytest.mark.parametrize(("main", "option"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_refuses_another_count_before_it_reads_anything(main, option, given, capsys):
    with pytest.raises(SystemExit) as exit_:
        main([f"{option}={given}"])
    assert exit_.value.code == 2
    assert f"argument {option}: expected a whole number of at least 1, got {given!r}\n" in capsys.readouterr().err
