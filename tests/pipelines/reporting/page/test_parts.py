"""Parts of the report, by hand."""

from collections import Counter

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from pipelines.data.examples import Example, write_examples, write_rows
from pipelines.evaluation.family import load_family
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.slices import Train
from pipelines.reporting.contrast import Side, contrast
from pipelines.reporting.leaderboard import Group, Row, Value
from pipelines.reporting.page import slices, survey
from pipelines.reporting.page.charts import costs, learning_curves, read_history
from pipelines.reporting.page.contents import contents
from pipelines.reporting.page.data_report import SHOWN_NAMES, read_data_report
from pipelines.reporting.page.examples import TEXT_CHARACTERS, chosen, described, notes, told
from pipelines.reporting.page.explanations import explained_examples
from pipelines.reporting.page.slices import Slicer
from pipelines.reporting.page.survey import OTHER, confusion_of, fitting
from pipelines.reporting.page.vector_worth import worth_of_vectors

ACCURACY = Metric("accuracy")


@pytest.mark.parametrize(
    ("most", "expected"),
    [(10, [0, 1, 2, 3, 4, 5]), (4, [0, 1, 3, 5]), (2, [1, 3]), (1, [1])],
)
def test_examples_on_which_systems_disagree_come_first_then_those_that_all_have_wrong(most, expected):
    """1 and 3 are right in one system, 0 and 5 in none, 2 and 4 in both."""
    right = np.array([[0, 1, 1, 0, 1, 0], [0, 0, 1, 1, 1, 0]], dtype=bool)
    assert chosen(right, most) == expected


def test_they_are_spread_over_the_split():
    right = np.zeros((1, 101), dtype=bool)
    assert chosen(right, 5) == [0, 25, 50, 75, 100]


def test_equal_predictions_stand_together_with_right_ones_first():
    example = Example("1", "text", ("text",), label="a")
    outputs = [{"label": "b"}, {"label": "a", "probabilities": {"a": 0.75, "b": 0.25}}, {"label": "b"}]
    found = described(example, outputs, [False, True, False], notes(example, outputs))
    assert found == {
        "id": "1",
        "text": "text",
        "gold": "a",
        "outputs": [
            {"text": "a", "systems": [1], "notes": ["75%"], "right": True},
            {"text": "b", "systems": [0, 2], "notes": ["", ""], "right": False},
        ],
    }


def test_several_labels_are_told_with_their_probabilities_and_none_as_such():
    example = Example("1", "text", ("text",), labels=("b", "a"))
    known = {"a": 0.75, "b": 0.5, "c": 0.1}
    outputs = [{"labels": ["b", "a"], "probabilities": known}, {"labels": [], "probabilities": known}, {"labels": []}]
    found = described(example, outputs, [True, False, False], notes(example, outputs))
    assert found["gold"] == "a, b"
    assert found["outputs"] == [
        {"text": "a, b", "systems": [0], "notes": ["75%, 50%"], "right": True},
        {"text": "(no label)", "systems": [1, 2], "notes": ["", ""], "right": False},
    ]
    without = Example("2", "text", ("text",), labels=())
    assert described(without, outputs[1:2], [True], [""])["gold"] == "(no label)"


def test_of_tags_the_wrong_ones_are_told():
    example = Example("1", "In Oslo today", ("In", "Oslo", "today"), tags=("O", "B-LOC", "O"))
    assert told(example, {"tags": ["O", "B-PER", "B-PER"]}) == "Oslo: B-PER; today: B-PER"
    assert told(example, {"tags": ["O", "B-LOC", "O"]}) == "all tags right"
    assert described(example, [], [], [])["tokens"] == [["In"], ["Oslo", "B-LOC"], ["today"]]


def test_several_labels_and_long_texts_are_told():
    example = Example("1", "x" * 1000, ("x",), labels=("b", "a"))
    found = described(example, [{"labels": ["c", "a"]}], [False], [""])
    assert (found["gold"], found["outputs"][0]["text"]) == ("a, b", "a, c")
    assert found["text"] == "x" * TEXT_CHARACTERS + " ..."


def test_a_translation_is_told_with_its_chrf():
    example = Example("1", "x", ("x",), target_text="ja gut", target_tokens=("ja", "gut"))
    assert notes(example, [{"text": "ja gut"}, {"text": "zz"}]) == ["chrF 100", "chrF 0"]


def test_examples_that_are_too_many_bytes_are_thinned_out():
    examples = [{"id": "ж" * 10} for _ in range(10)]  # 30 bytes each
    assert len(fitting(examples, 300)) == 10
    assert len(fitting(examples, 299)) == 5
    assert len(fitting(examples, 120)) == 4


def test_rare_labels_share_the_last_row_and_column_of_a_confusion_matrix(monkeypatch):
    monkeypatch.setattr(survey, "LABELS", 2)
    first = Counter({("a", "a"): 5, ("a", "c"): 1, ("b", "b"): 3, ("c", "d"): 2})
    found = confusion_of(["x", "y"], [first, Counter({("a", "b"): 6, ("c", "c"): 2, ("b", "b"): 3})])
    assert found["labels"] == ["a", "b", OTHER]
    assert found["systems"] == {"x": [[5, 0, 1], [0, 3, 0], [0, 0, 2]], "y": [[0, 6, 0], [0, 3, 0], [0, 0, 2]]}


def test_a_history_keeps_zeros_and_leaves_out_what_is_no_number(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,loss,val_accuracy\n0,0.5,70\n1,nan,71,9\n\n2,x\n")
    assert read_history(tmp_path / "history.csv") == [
        {"epoch": 0, "loss": 0.5, "val_accuracy": 70},
        {"epoch": 1, "val_accuracy": 71},
        {"epoch": 2},
    ]
    assert read_history(tmp_path / "none.csv") == []
    (tmp_path / "history.csv").write_text('epoch,loss\n0,"1"2\n')
    with pytest.raises(InputError, match=r"history\.csv:2: .* expected after .*; run the stage train again"):
        read_history(tmp_path / "history.csv")


def test_a_damaged_data_report_is_refused(tmp_path):
    (tmp_path / "report.json").write_text(
        '{"version": "1", "licence": "", "citation": "", "warnings": {}, "splits": {"dev": 3}}'
    )
    with pytest.raises(InputError, match=r"report\.json: expected object, got int at splits"):
        read_data_report(tmp_path)


def group(*rows):
    return Group("sentiment", "toy", ACCURACY, (), rows)


def row(name, **cost):
    return Row(name, "run", {"test": {"accuracy": Value(90, 88, 92)}}, {}, cost)


def test_learning_curves_show_the_headline_of_dev_first():
    found = learning_curves(group(), {"a": [{"epoch": 0, "loss": 0.5, "val_loss": 0.6, "val_accuracy": 70}]})
    assert found is not None
    assert [*found.fields] == ["val_accuracy", "loss", "val_loss"]
    assert [*found.fields.values()] == ["accuracy, dev", "loss, train", "loss, dev"]
    assert found.specification["encoding"]["y"]["field"] == "val_accuracy"
    assert learning_curves(group(), {"a": []}) is None


def test_costs_show_what_is_known_of_each_system():
    found = costs(group(row("a", wall_seconds=3, device="cpu"), row("b"), row("c")), "test", {"c": 2_500_000})
    assert found is not None
    assert [*found.fields] == ["wall_seconds", "onnx_megabytes"]
    values = found.specification["data"]["values"]
    assert [(each["system"], each.get("wall_seconds"), each.get("onnx_megabytes")) for each in values] == [
        ("a", 3, None),
        ("c", None, 2.5),
    ]
    assert costs(group(row("b")), "test", {}) is None


def test_a_data_report_has_sizes_lengths_and_the_most_frequent_labels(tmp_path):
    counts = {f"l{number:02}": 100 - number for number in range(SHOWN_NAMES + 1)}
    sizes = {"examples": 1200, "tokens": 9, "empty_texts": 0, "repeated": 1}
    splits = {"train": {**sizes, "lengths": {"min": 1, "max": 1500}, "labels": counts}, "dev": {**sizes, "lengths": {}}}
    report = {"version": "2", "licence": "CC0", "citation": "none", "warnings": {}, "splits": splits}
    assert read_data_report(tmp_path) is None
    write_json(tmp_path / "report.json", report)
    found = read_data_report(tmp_path)
    assert found is not None
    size, length, labels = found.tables
    assert size.rows[0] == ("train", "1,200", "9", "0", "1")
    assert length.rows == [("train", "1", "1,500")]
    assert (len(labels.rows), labels.rows[0]) == (SHOWN_NAMES, ("l00", "100"))
    assert labels.caption == f"Labels, the first {SHOWN_NAMES} of {SHOWN_NAMES + 1}"


def test_many_tokens_are_sliced_every_second_example(monkeypatch):
    monkeypatch.setattr(slices, "MOST_TOKENS", 20)  # two systems predict 4 x 4 = 16, or 5 x 4 = 20 of one example each
    references = [Example(str(n), "", ("w",) * 4, tags=("a",) * 4) for n in range(4)]
    slicer = Slicer(references, 2, Train(), 1)  # 2 systems x 4 examples x 5
    assert slicer.every == 2
    (of_length, *_) = slicer.scores(
        [{"tags": ["a"] * 4}, {"tags": ["b"] * 4}, {"tags": ["b"] * 4}, {"tags": ["b"] * 4}]
    )
    assert (of_length.items, of_length.value) == (8, 50)


CASES = {
    "perplexity": (Example("1", "ab", ("a", "b")), {"log_probabilities": [-1.0, -2.0], "unknown": []}),
    "captioning": (Example("1", "", (), target_text="zwei", target_tokens=tuple("zwei")), {"text": "zwo"}),
    "multilabel": (Example("1", "x y", ("x", "y"), labels=("a", "b")), {"labels": ["a"]}),
    "translation": (Example("1", "x", ("x",), target_text="ja", target_tokens=("ja",)), {"text": "nein"}),
}


@pytest.mark.parametrize("family", CASES)
def test_every_kind_of_prediction_is_surveyed_and_contrasted(family, tmp_path):
    """A language model answers nothing; what a captioner writes is a text, also as a label of a matrix."""
    example, output = CASES[family]
    write_examples(tmp_path / "test.jsonl", [example])
    write_rows(tmp_path / "predictions" / "a" / "test.jsonl", [{"id": "1", **output}])
    of_family = load_family(family)
    system = Row("a", "run", {"test": {of_family.MAIN[0].name: Value(1, 0, 2)}}, {}, {})
    board = Group("task", "toy", of_family.MAIN[0], (), (system,), None, family)
    whole, without = (
        survey.survey(board, of_family, tmp_path / "predictions", tmp_path, texts, 10_000) for texts in (True, False)
    )
    answers = family != "perplexity"
    assert (whole.browser is not None) == (whole.slices is not None) == answers
    assert without.browser is None
    assert (whole.confusion is not None) == (family == "captioning")
    assert without.confusion is None
    side = Side("a", [[output]])
    found = contrast(of_family, [example], side, side, Train(), 1)
    assert bool(found.slices) == answers
    assert (found.base_alone, found.system_alone, found.confusions) == ((), (), ())


def test_the_matrix_tells_who_is_better_from_both_sides(world):
    leaderboard, places = world
    (first, _) = contents(leaderboard, places, texts=False)
    assert first.group.pairs is not None
    names = [each.name for each in first.group.pairs.standings]
    assert names == ["sentiment-gru", "sentiment-lstm", "toy_sentiment-baselines/majority"]
    cells = [[each and (each.text, each.verdict) for each in line] for line in first.matrix]
    assert cells == [
        [None, ("+5.00", "same"), ("+47.50", "better")],
        [("-5.00", "same"), None, ("+42.50", "better")],
        [("-47.50", "worse"), ("-42.50", "worse"), None],
    ]


def test_runs_that_differ_in_vectors_alone_are_compared_with_what_is_known_of_the_vectors(world):
    """The vectors of the first run are not here: their algorithm is not known, and the worst run is the base."""
    first, second = contents(*world, texts=False)
    assert second.worth == []  # one run alone
    ((base, other),) = first.worth
    assert (base.vectors, base.standing.name, base.gap, base.words, base.coverage) == ("random", "sentiment-lstm", None,
                                                                                      None, 0)  # fmt: skip
    assert (other.vectors, other.algorithm, other.words, other.dimensions) == ("english_skip_gram", "skip_gram", 7, 3)
    assert other.gap is not None
    assert (other.gap.system, other.gap.base, other.gap.difference.value) == ("sentiment-gru", "sentiment-lstm", 5)
    assert (other.intrinsic["wordsim353"], other.coverage) == (12.5, 75)


def test_random_vectors_are_the_base_where_a_run_has_them_and_other_settings_are_not_compared(world, tmp_path):
    group = world[0].groups[0]
    random = {"vectors": np.zeros((0, 3), "float32"), "counts": np.zeros(0, int)}
    for name, config in (("random", {"algorithm": "random"}), ("english_skip_gram", {"algorithm": "skip_gram"})):
        (tmp_path / name).mkdir()
        for file, array in random.items():
            np.save(tmp_path / name / f"{file}.npy", array)
        write_json(tmp_path / name / "vocabulary.json", [])
        write_json(tmp_path / name / "provenance.json", {"tokenizer": None, "config": config})
    for run, vectors in (("sentiment-gru", "random"), ("sentiment-lstm", "english_skip_gram")):
        settings = {"seed": 1, "source_vectors": vectors, "target_vectors": "random"}
        write_json(tmp_path / "runs" / run / "config.json", {"run": settings, "task": {}, "dataset": {}})
    ((base, other),) = worth_of_vectors(group, tmp_path / "runs", tmp_path)
    assert (base.standing.name, base.algorithm, base.words, base.coverage) == ("sentiment-gru", "random", 0, None)
    assert other.gap is not None
    assert other.gap.difference.value == -5
    write_json(tmp_path / "runs/sentiment-gru/config.json", {"run": settings, "task": {"model": {}}, "dataset": {}})
    assert worth_of_vectors(group, tmp_path / "runs", tmp_path) == []


def test_weights_of_each_label_and_of_another_source_text_stand_apart(tmp_path):
    labels = {"labels": ["a", "b"], "probabilities": {"a": 0.75, "b": 0.5}}
    explanation = {"method": "leave_one_out", "weights": [[1.0, -0.256], [0.0, None]]}
    rows = [
        {"id": "1", "source_tokens": ["x", "y"], **labels, "explanation": explanation},
        {"id": "2", "source_tokens": ["z"], "labels": [], "explanation": {"method": "leave_one_out", "weights": []}},
    ]
    write_rows(tmp_path / "predictions/one/explanations.jsonl", rows)
    write_rows(tmp_path / "predictions/two/explanations.jsonl", [{**rows[0], "source_tokens": ["other"]}])
    examples = [Example("1", "x y", ("x", "y"), labels=("b", "a")), Example("2", "z", ("z",), labels=())]
    write_examples(tmp_path / "dev.jsonl", examples)
    board = [Row(name, "run", {}, {}, {}) for name in ("one", "two", "three")]
    found = explained_examples(board, tmp_path / "predictions", tmp_path)
    assert found == {
        "methods": ["leave_one_out"],
        "systems": ["one", "two"],
        "examples": [
            {
                "id": "1",
                "gold": "a, b",
                "tokens": ["x", "y"],
                "outputs": [
                    {"system": 0, "label": "a", "probability": 0.75, "weights": [1.0, -0.26]},
                    {"system": 0, "label": "b", "probability": 0.5, "weights": [0.0, None]},
                ],
            },
            {
                "id": "2",
                "gold": "(no label)",
                "tokens": ["z"],
                "outputs": [{"system": 0, "label": "", "probability": 0, "weights": []}],
            },
        ],
    }
    assert explained_examples(board[2:], tmp_path / "predictions", tmp_path) is None


def test_the_size_of_graphs_is_that_of_the_weights_beside_them_too(world):
    (first, _) = contents(*world, texts=False)
    sizes = {system: each.onnx_bytes for system, each in first.provenance.items()}
    assert sizes == {
        "sentiment-gru": 2_500_000,
        "sentiment-lstm": 2_500_000,
        "toy_sentiment-baselines/majority": 0,
    }
    (charted,) = (chart for chart in first.charts if chart.name == "costs")
    assert {"onnx_megabytes", "latency_milliseconds"} <= set(charted.fields)
