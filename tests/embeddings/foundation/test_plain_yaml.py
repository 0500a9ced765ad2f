"""What PyYAML and DVC's ruamel.yaml read differently is refused; all else is one thing to both."""

import itertools
import random

import pytest
import yaml
from dvc.utils.serialize import dumps_yaml, loads_yaml

from embeddings.foundation import plain_yaml
from embeddings.foundation.config import read_yaml
from embeddings.foundation.errors import InputError

LETTERS = "01789._:+-exobT~n=<"
WORDS = (
    "yes",
    "No",
    "ON",
    "off",
    "y",
    "N",
    "true",
    "TRUE",
    "tRUE",
    "null",
    "Null",
    "nULL",
    "~",
    ".inf",
    "-.Inf",
    ".NAN",
)
NUMBERS = (
    *(
        "1_000",
        "0x1F",
        "0b11",
        "0o17",
        "017",
        "190:20:30",
        "1e3",
        "1.5e3",
        "1.0e-3",
        "1.0e+3",
        "-.5",
        ".5",
        "12.",
        "+1",
    ),
    *(
        "2020-01-01",
        "2020-13-45",
        "2020-01-01 10:00:00",
        "=",
        "1.5",
        "007",
        "08",
        "0",
        "-0",
        "1,000",
        "+1",
        "٣",
        "1e400",
    ),
)


def test_what_is_read_is_what_dvc_reads():
    """Of every value of one or two letters, and of some longer ones."""
    draw = random.Random(1)
    values = ["".join(letters) for length in (1, 2) for letters in itertools.product(LETTERS, repeat=length)]
    values += ["".join(draw.choices(LETTERS, k=draw.randint(3, 8))) for _ in range(3000)]
    read = sum(alike(value) for value in values if value != "<<")  # which merges
    assert read > len(values) / 4


@pytest.mark.parametrize("value", [*WORDS, *NUMBERS])
def test_words_and_numbers_are_what_dvc_reads_or_refused(value):
    alike(value)


def alike(value):
    """Whether a value is read; if so, it must be what both readers say it is."""
    text = f"key: {value}\n"
    try:
        found = plain_yaml.read(text)["key"]
    except yaml.YAMLError:
        return False
    others = [loads_yaml(text)["key"]]
    if not isinstance(found, float):  # 1e-3 is text to PyYAML
        others.append(yaml.safe_load(text)["key"])
    for other in others:
        assert (type(found), repr(found)) == (type(other), repr(other)), value
    return True


@pytest.mark.parametrize(
    ("value", "repair"),
    [
        ("yes", "write true or false, or text in quotes"),
        ("Off", "write true or false, or text in quotes"),
        ("010", "write a number such as 10, 0.5 or 1e-3, or text in quotes"),
        ("1_000", "write a number such as 10, 0.5 or 1e-3, or text in quotes"),
        ("1:30", "write a number such as 10, 0.5 or 1e-3, or text in quotes"),
        ("2020-01-01", "write a date in quotes"),
    ],
)
@pytest.mark.parametrize("form", ["a: 1\nb: {}\n", "a: 1\n{}: b\n", "a:\n  [x, {}]\n", "a: {{b:\n  {}}}\n"])
def test_the_line_and_the_repair_are_told(tmp_path, value, repair, form):
    path = tmp_path / "a.yaml"
    path.write_text(form.format(value), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_yaml(path)
    assert str(refused.value) == (
        f"{path}:2: expected a value that YAML 1.1 and YAML 1.2, which DVC reads, read alike, got {value!r}; {repair}"
    )


@pytest.mark.parametrize("value", ["yes", "1e3", "010", "2020-01-01", "="])
@pytest.mark.parametrize("quoted", ['"{}"', "'{}'", "!!str {}", "|-\n  {}"])
def test_quoted_it_is_text(value, quoted):
    assert plain_yaml.read(f"a: {quoted.format(value)}\n") == {"a": value}


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "a:\n  {b: 1, b: 2}\n", "x: 1\n? a\n: 1\n'a': 2\n"])
def test_a_key_given_twice_is_refused(tmp_path, text):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(InputError, match=r"a\.yaml:\d: expected each key once, got '[ab]' again; remove one"):
        read_yaml(tmp_path / "a.yaml")


@pytest.mark.parametrize("value", [1e-05, 1e22, 123456789e-20, -0.5, 1.5e300])
def test_a_number_that_dvc_writes_is_the_same_number(value):
    assert plain_yaml.read(dumps_yaml({"a": value})) == {"a": value}
    assert plain_yaml.read(f"a: {value:e}") == {"a": float(f"{value:e}")}


def test_keys_may_be_merged_and_replaced():
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3}\nc: {<<: [*b, *a], x: 4}\n"
    assert plain_yaml.read(text) == loads_yaml(text)
    assert plain_yaml.read(text)["c"] == {"x": 4, "y": 3}


def test_a_directive_that_changes_what_values_mean_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text("%YAML 1.1\n---\na: y\n")
    with pytest.raises(InputError, match=r"a\.yaml:1: expected no %YAML line"):
        read_yaml(tmp_path / "a.yaml")
