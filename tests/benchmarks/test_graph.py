"""What `make graph` writes, in a copy of the configurations."""

import shutil
from pathlib import Path

import pytest
import yaml

from benchmarks.graph import main

ROOT = Path(__file__).parents[2]
FILES = ("dvc.yaml", "README.md", "metrics/leaderboard.json", *(f"benchmarks/{name}" for name in ("dvc.yaml",
         "runs.yaml", "results.json", "speed/README.md", "speed/recurrent.json")), *(f"docs/{name}" for name in (
         "experiments.md", "ru/README.md", "results-light.svg", "results-dark.svg")),
         "pipelines/project/template/graph.yaml")  # fmt: skip


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A copy of the files that the command reads, and the current folder."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(path, before, after):
    text = Path(path).read_text(encoding="utf-8")
    assert text.count(before) == 1
    Path(path).write_text(text.replace(before, after), encoding="utf-8")


def add_run(line, path="configs/runs.yaml"):
    edit(path, "\nruns:\n", f"\nruns:\n  {line}\n")


def graph(path="dvc.yaml"):
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def test_a_run_of_a_new_dataset_and_new_vectors_is_one_line(repository, capsys):
    shutil.copy("configs/datasets/toy_ner.yaml", "configs/datasets/my_cities.yaml")
    shutil.copy("configs/datasets/lee_news.yaml", "configs/datasets/my_news.yaml")
    shutil.copy("configs/vectors/russian_skip_gram.yaml", "configs/vectors/my_vectors.yaml")
    text = Path("configs/vectors/my_vectors.yaml").read_text(encoding="utf-8")
    Path("configs/vectors/my_vectors.yaml").write_text(text.replace("toy_translation", "my_news"), encoding="utf-8")
    add_run("my-run: {<<: *ner, dataset: my_cities, cell: gru, layer: gru, source_vectors: my_vectors}")
    before = graph()
    main()
    assert capsys.readouterr().out == "dvc.yaml\n"
    after = graph()
    assert after["stages"].pop("vectors-my_vectors")["deps"] == ["embeddings", "data/my_news"]
    added = {*after["stages"]["prepare"].pop("foreach")} - {*before["stages"]["prepare"].pop("foreach")}
    assert added == {"my_cities", "my_news"}
    assert after["stages"] == before["stages"]
    curves = {name: plot["y"] for plots in after["plots"] for name, plot in plots.items()}
    assert curves["ner on my_cities"] == {"runs/my-run/history.csv": "val_span_f1"}
    assert "runs/my-run/history.csv" not in curves["ner on toy_ner"]
    main()
    assert capsys.readouterr().out == ""


def test_a_run_that_leaves_takes_along_what_it_alone_needs(repository):
    ensemble = "  trec-bigru_ngrams-ensemble: {<<: *scored, runs: [trec-bigru-skip_gram], ngrams: true}\n"
    edit("benchmarks/runs.yaml", ensemble, "")
    edit("benchmarks/runs.yaml", "  trec-bigru-skip_gram: {<<: *sentences, dataset: trec}\n", "")
    edit(
        "benchmarks/runs.yaml",
        "  sentiment-trec: {<<: *scored, task: text_classification_sentences, dataset: trec}\n",
        "",
    )
    before = graph("benchmarks/dvc.yaml")["stages"]
    main()
    after = graph("benchmarks/dvc.yaml")["stages"]
    assert {*before["prepare"]["foreach"]} - {*after["prepare"]["foreach"]} == {"trec"}


def test_vectors_whose_training_goes_on_come_with_those_of_before(repository):
    text = Path("configs/vectors/english_cbow.yaml").read_text(encoding="utf-8")
    Path("configs/vectors/first.yaml").write_text(f"{text}keep_output_weights: true\n", encoding="utf-8")
    Path("configs/vectors/second.yaml").write_text(f"{text}continue_from: vectors/first\n", encoding="utf-8")
    add_run("my-run: {<<: *ner, cell: gru, layer: gru, source_vectors: second}")
    main()
    stages = graph()["stages"]
    assert stages["vectors-second"]["deps"] == ["embeddings", "data/toy_pos", "data/lee_news", "vectors/first"]
    assert stages["vectors-first"]["deps"] == ["embeddings", "data/toy_pos", "data/lee_news"]


def test_a_stage_of_the_default_graph_is_changed_in_the_benchmarks_too(repository):
    edit("dvc.yaml", "        - pipelines/training\n", "        - pipelines/training\n        - data/new\n")
    main()
    assert "out/data/new" in graph("benchmarks/dvc.yaml")["stages"]["train"]["do"]["deps"]


def test_dvc_compares_the_values_of_datasets_and_of_tasks_that_decode(repository):
    add_run("my-run: {<<: *ner, task: captioning, dataset: digits_captions_en, cell: gru, layer: gru}")
    before = graph()["params"]
    main()
    added = ["configs/datasets/digits_captions_en.yaml", "configs/tasks/captioning.yaml"]
    assert sorted(graph()["params"]) == sorted([*before, *added])


def test_what_is_written_by_hand_stays(repository):
    edit("dvc.yaml", "\nplots:\n", "\nplots:\n  # mine\n")
    edit("README.md", "## Install", "## Installing")
    edit("benchmarks/dvc.yaml", "  probe:\n", "  probe:  # mine\n")
    files = [Path(path) for path in ("dvc.yaml", "README.md", "benchmarks/dvc.yaml")]
    before = [path.read_text(encoding="utf-8") for path in files]
    main()
    assert [path.read_text(encoding="utf-8") for path in files] == before


@pytest.mark.parametrize(
    ("path", "before", "after", "message"),
    [
        ("configs/runs.yaml", "dataset: toy_ner}\n  translation:", "dataset: toy_nr}\n  translation:",
         "configs/datasets/toy_nr.yaml: no such configuration file; did you mean 'toy_ner.yaml'?"),
        ("configs/runs.yaml", "source_vectors: english_cbow", "source_vectors: english_cbo",
         "configs/vectors/english_cbo.yaml: no such configuration file; did you mean 'english_cbow.yaml'?"),
        ("configs/runs.yaml", "source_vectors: english_cbow", "source_vectors: imdb_skip_gram",
         "configs/vectors/imdb_skip_gram.yaml: expected a corpus in data, where configs/runs.yaml has its datasets, "
         "got out/data/imdb; copy the configuration and change its corpus"),
        ("dvc.yaml", "  # Down to `baseline`", "  # To `baseline`",
         "dvc.yaml: expected the line '# Down to `baseline`', and below it 'baseline:'; put them back"),
        ("README.md", "<!-- /results -->", "",
         "README.md: expected the line '<!-- results -->', and below it '<!-- /results -->'; put them back"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_and_nothing_written(repository, capsys, path, before, after, message):
    edit(path, before, after)
    edit("configs/runs.yaml", "  pos-bigru-skip_gram: {<<: *pos, cell: bigru, layer: gru}\n", "")
    texts = [Path(name).read_text(encoding="utf-8") for name in FILES]
    with pytest.raises(SystemExit) as error:
        main()
    assert error.value.code == 2
    assert capsys.readouterr().err == f"error: {message}\n"
    assert [Path(name).read_text(encoding="utf-8") for name in FILES] == texts
