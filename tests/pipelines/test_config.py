import shlex
from functools import partial

import pytest
import yaml
from dvc.utils.serialize import loads_yaml

from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.names import check_name
from pipelines import prepare
from pipelines.datasets.config import DatasetConfig
from pipelines.decoding.config import DecodingConfig
from pipelines.reporting.systems import read_entries
from pipelines.runs.config import load_baselines, load_run, load_runs
from pipelines.tasks.config import load_task

ODD_NAMES = (
    *("a b", "a;b", "a.b", "a/b", "../a", "-a", "--run", "_a", "", "a$b", "a|b", "a*", "a'b", "a\nb", "a\u00a0b", "#a"),
    *("100", "yes", "null", "true", "on", "~", "0x1f", "1_000", "010", "2020-01-01", 100, True, None, 1.5),
)
RATE = "ner.yaml: training: expected a finite number under 'learning_rate'"


@pytest.fixture
def project(tmp_path):
    """A runs file and configurations that a test may change before it loads them."""
    files = {
        "runs.yaml": {
            "runs": {
                "first": {
                    "task": "ner", "dataset": "d", "cell": "small", "layer": "lstm", "source_vectors": "v",
                    "target_vectors": "v", "seed": 1, "report_test": False,
                }
            }
        },
        "tasks/ner.yaml": {
            "task": "ner", "metrics": "entities", "monitor": "span_f1", "baselines": ["majority"],
            "model": {"word_vectors": "frozen"},
            "training": {"optimizer": "adam", "learning_rate": 0.1, "batch_size": 2, "epochs": 3, "patience": 1},
        },
        "cells/small.yaml": {
            "cell": "lstm", "units": 4, "depth": 1, "bidirectional": True, "dropout": 0.0, "clip_norm": 1.0,
        },
    }  # fmt: skip

    def load(name="first"):
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(yaml.safe_dump(content), encoding="utf-8")
        return load_run(tmp_path / "runs.yaml", name, tmp_path)

    return files, load


def test_a_run_overrides_one_key_and_keeps_the_rest(project):
    files, load = project
    files["runs.yaml"]["runs"]["first"]["set"] = {"training": {"epochs": 9}, "cell": {"units": 7}}
    _, task, cell = load()
    assert (task.training.epochs, task.training.batch_size, cell.units, cell.depth) == (9, 2, 7, 1)


def test_a_run_that_sets_nothing_may_say_so(project):
    files, load = project
    run, *_ = load()
    files["runs.yaml"]["runs"]["first"]["set"] = None
    assert load()[0] == run
    assert run.set == {}


def test_training_does_not_read_whether_test_is_scored(project):
    files, load = project
    run, *_ = load()
    files["runs.yaml"]["runs"]["first"]["report_test"] = True
    later, *_ = load()
    assert later != run
    assert later.trained() == run.trained()


def test_an_unknown_key_is_refused_with_the_nearest_one(project):
    files, load = project
    files["tasks/ner.yaml"]["training"]["learning_rat"] = 1
    with pytest.raises(InputError, match="learning_rat'; did you mean 'learning_rate'"):
        load()


def test_an_unknown_key_of_an_override_is_refused(project):
    files, load = project
    files["runs.yaml"]["runs"]["first"]["set"] = {"cell": {"unit": 3}}
    with pytest.raises(InputError, match="did you mean 'units'"):
        load()


def test_a_value_of_a_wrong_type_is_refused(project):
    files, load = project
    files["cells/small.yaml"]["units"] = "many"
    with pytest.raises(InputError, match="units"):
        load()


@pytest.mark.parametrize(
    ("path", "part", "key", "value"),
    [("cells/small.yaml", None, "units", 0), ("cells/small.yaml", None, "dropout", 1.0),
     ("tasks/ner.yaml", "training", "epochs", 0), ("tasks/ner.yaml", "training", "workers", 0),
     ("tasks/ner.yaml", "training", "workers", 3)],  # of a batch of two
)  # fmt: skip
def test_a_value_out_of_range_is_refused_with_the_file(project, path, part, key, value):
    files, load = project
    (files[path][part] if part else files[path])[key] = value
    with pytest.raises(InputError, match=f"{path}: (training: )?expected .*{key}"):
        load()


def test_a_number_with_an_exponent_is_one(project, tmp_path):
    _, load = project
    load()
    path = tmp_path / "tasks/ner.yaml"
    path.write_text(path.read_text().replace("learning_rate: 0.1", "learning_rate: 1e-05"))
    assert load_task(path).training.learning_rate == 0.00001


def test_a_whole_number_is_a_float_where_one_is_asked_for(project):
    files, load = project
    files["tasks/ner.yaml"]["training"]["learning_rate"] = 1
    assert isinstance(load()[1].training.learning_rate, float)


@pytest.mark.parametrize(
    ("value", "told"),
    [(float("nan"), f"{RATE}, got nan"), (float("-inf"), f"{RATE}, got -inf"), (10**400, f"{RATE}, got 1000"),
     ("1_0", f"{RATE}, got '1_0'$"),
     ("high", f"{RATE}, got 'high'$"),
     (True, f"{RATE}, got True"), (-0.1, "a learning_rate of at least 0, got -0.1")],
)  # fmt: skip
def test_a_rate_that_is_no_number_is_refused(project, value, told):
    files, load = project
    files["tasks/ner.yaml"]["training"]["learning_rate"] = value
    with pytest.raises(InputError, match=told):
        load()


def test_what_a_run_sets_wrongly_names_the_run_and_the_file(project):
    files, load = project
    files["runs.yaml"]["runs"]["first"]["set"] = {"training": {"epochs": 0}}
    with pytest.raises(InputError, match=r"runs\.yaml: run 'first', `set` over .*ner\.yaml: training: expected epochs"):
        load()
    files["runs.yaml"]["runs"]["first"]["set"] = {"cell": {"clip_norm": 0}}
    with pytest.raises(InputError, match=r"`set` over .*small\.yaml: expected clip_norm above 0, got 0\.0"):
        load()


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_some_library_does_not_take_is_refused(project, seed):
    files, load = project
    files["runs.yaml"]["runs"]["first"]["seed"] = seed
    with pytest.raises(InputError, match=f"run 'first': expected a seed from 0 to 4294967295, got {seed}"):
        load()


@pytest.mark.parametrize(
    "settings", [{"maximum_ratio": -1.0}, {"maximum_extra": -1}, {"maximum_ratio": 0.0, "maximum_extra": 0}]
)
def test_an_output_may_have_a_length(settings):
    with pytest.raises(ValueError, match="maximum_ratio and maximum_extra of at least 0, one of them above it"):
        DecodingConfig(**settings)


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        ("runs.yaml", {"runs": {"first": 3}}, "run 'first': expected a mapping of keys to values, got int"),
        ("runs.yaml", {"runs": {"first": {True: 1}}}, "run 'first': unknown key True"),
        ("tasks/ner.yaml", {"model": 3}, "ner.yaml: expected a mapping under 'model'"),
        ("tasks/ner.yaml", {"model": {"word_vectors": "frozen", "output": 3}}, "model: expected .* under 'output'"),
        ("tasks/ner.yaml", {"model": {"word_vectors": "frosen"}}, "under 'word_vectors', got 'frosen'; did you mean"),
        ("tasks/ner.yaml", {"model": {"word_vectors": "xyz"}}, "'word_vectors', got 'xyz'; known: frozen, fine_tuned"),
        ("tasks/ner.yaml", {"model": {"word_vectors": "frozen", "tag_scheme": "iob"}}, "got 'iob'; did you mean 'iob"),
    ],
)
def test_a_value_in_the_place_of_keys_is_refused(project, path, change, message):
    files, load = project
    files[path].update(change)
    with pytest.raises(InputError, match=message):
        load()


def test_an_unknown_run_is_refused_with_the_nearest_one(project):
    with pytest.raises(InputError, match="no run 'fist'; did you mean 'first'"):
        project[1]("fist")


def test_a_cell_that_is_not_built_of_the_runs_layer_is_refused(project):
    files, load = project
    files["cells/small.yaml"]["cell"] = "gru"
    with pytest.raises(InputError, match="built of 'gru', but `layer` says 'lstm'"):
        load()


@pytest.mark.parametrize("section", ["runs", "baselines"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_of_a_run_that_something_else_is_read_in_is_refused_with_its_line(project, tmp_path, section, name):
    files, load = project
    load()
    values = files["runs.yaml"]["runs"]["first"]
    kept = ("task", "dataset", "seed", "report_test") if section == "baselines" else tuple(values)
    files["runs.yaml"].setdefault(section, {})[name] = {key: values[key] for key in kept}
    (tmp_path / "runs.yaml").write_text(yaml.safe_dump(files["runs.yaml"]), encoding="utf-8")
    line = next(n for n, text in enumerate((tmp_path / "runs.yaml").read_text().split("\n"), 1) if text.startswith("  ")
                and not text.startswith(("   ", "  first")))  # fmt: skip
    own = {"runs": load_runs, "baselines": load_baselines}[section]
    for reader in (own, partial(read_entries, kind=section)):
        with pytest.raises(InputError) as refused:
            reader(tmp_path / "runs.yaml")
        kind = section.replace("runs", "run")
        assert str(refused.value) == (
            f"{tmp_path / 'runs.yaml'}:{line}: {kind} {name!r}: expected a name of a {kind} of letters, digits, `_` and"
            f" `-`, the first a letter or digit, that YAML reads as text, got {name!r}; rename it"
        )


@pytest.mark.parametrize(("name", "shown"), [("1e3", "1000.0"), ("a b", "'a b'")])
def test_an_odd_name_that_is_merged_is_refused_with_the_line_that_merges_it(tmp_path, name, shown):
    (tmp_path / "runs.yaml").write_text(f"more: &more\n  {name}: {{}}\nruns:\n  <<: *more\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"runs.yaml:3: run {shown}: expected a name of a run of letters"):
        load_runs(tmp_path / "runs.yaml")


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("key", ["task", "dataset", "cell", "layer", "source_vectors", "target_vectors"])
def test_a_name_in_a_run_that_something_else_is_read_in_is_refused(project, key, name):
    files, load = project
    files["runs.yaml"]["runs"]["first"][key] = name
    with pytest.raises(InputError, match=f"runs.yaml:2: run 'first': expected (a )?(str under )?'?{key}"):
        load()


@pytest.mark.parametrize("name", [*ODD_NAMES, "1e3", "12e03"])
def test_what_is_no_name_is_refused_wherever_it_is_asked(name):
    with pytest.raises(ValueError, match="expected a run of letters, digits, `_` and `-`"):
        check_name("run", name)


def test_a_name_that_is_too_long_for_a_file_is_refused():
    check_name("run", "я" * 100)
    with pytest.raises(ValueError, match="expected a run of at most 200 bytes, got 202: 'яяяя"):
        check_name("run", "я" * 101)


@pytest.mark.parametrize("name", ["a", "ner-bilstm-1", "20newsgroups", "lstm_2x160", "поэма", "1-a", "y", "nan"])
def test_other_names_are_the_same_to_the_shell_and_to_yaml(name):
    check_name("run", name)
    assert shlex.split(f"--run {name}") == ["--run", name]
    assert loads_yaml(f"runs: {{{name}: 1}}")["runs"] == {name: 1}


def test_the_file_of_a_dataset_gives_no_name_that_a_command_splits(tmp_path, capsys):
    (tmp_path / "my data.yaml").write_text("source: toy")
    with pytest.raises(SystemExit) as stopped:
        prepare.main(["--dataset", str(tmp_path / "my data.yaml"), "--output", str(tmp_path / "out")])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith(
        f"error: {tmp_path}/my data.yaml: expected a name of a dataset of letters"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("value", ["yes", "on", "No", "OFF"])
def test_a_truth_value_that_dvc_reads_as_text_is_refused(project, tmp_path, value):
    _, load = project
    load()
    text = (tmp_path / "runs.yaml").read_text()
    assert "report_test: false" in text
    (tmp_path / "runs.yaml").write_text(text.replace("report_test: false", f"report_test: {value}"))
    with pytest.raises(InputError, match=rf"runs.yaml:\d+: expected .*, got '{value}'; write true or false, or text"):
        load_runs(tmp_path / "runs.yaml")


def test_an_unknown_key_of_a_file_is_refused_with_the_nearest_one(tmp_path):
    about = dict.fromkeys(("version", "language", "tokenizer", "licence", "citation"), "a")
    content = {**about, "source": "files", "reader": "plain_text", "files": {"train": [{"pth": "a"}]}}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.yaml: unknown key 'pth'; did you mean 'path'\?"):
        load_config(DatasetConfig, tmp_path / "a.yaml")


@pytest.mark.parametrize("key", ["files", "options"])
def test_what_should_be_a_mapping_is_told_in_plain_words(tmp_path, key):
    about = dict.fromkeys(("version", "language", "tokenizer", "licence", "citation"), "a")
    content = {**about, "source": "files", "reader": "plain_text", "files": {}, key: "b"}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError, match=rf"a\.yaml: expected a mapping of keys to values under '{key}', got 'b'"):
        load_config(DatasetConfig, tmp_path / "a.yaml")


@pytest.mark.parametrize("content", [b"runs: \xff", b"runs: !!timestamp 2020-13-45"])
def test_what_no_yaml_can_hold_is_refused(tmp_path, content):
    (tmp_path / "runs.yaml").write_bytes(content)
    with pytest.raises(InputError, match=r"runs.yaml: not valid YAML: "):
        load_runs(tmp_path / "runs.yaml")


def test_broken_yaml_is_refused_with_its_line(tmp_path):
    (tmp_path / "runs.yaml").write_text("runs:\n  a: [1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"runs.yaml:\d+: not valid YAML"):
        load_runs(tmp_path / "runs.yaml")
