"""The command `elman`: its help, its version, and commands that there are not."""

from importlib.metadata import version

import pytest

from pipelines.cli import COMMANDS, main


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"]])
def test_help_lists_every_command_and_tells_no_time(words, capsys):
    main(words)
    output = capsys.readouterr()
    assert all(f"  {name:<12}{summary}\n" in output.out for name, (_, summary) in COMMANDS.items())
    assert output.err == ""


def test_the_version_stands_alone(capsys):
    main(["--version"])
    assert capsys.readouterr() == (f"{version('elman')}\n", "")


def test_a_wrong_command_is_refused_with_the_nearest_one(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["tran"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == "error: no command 'tran'; did you mean 'train'?\n"
