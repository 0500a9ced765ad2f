"""Training end to end: the data that is made up, the rows that rates become, and the losses of the plain models."""

from dataclasses import replace
from itertools import pairwise, product
from typing import ClassVar

import numpy as np
import pytest

from benchmarks.speed import training
from benchmarks.speed.training_cases import CASES, DECILES, DEV, made, make_up
from benchmarks.speed.worker import INSTRUCTIONS
from embeddings import store
from pipelines.data.counts import read_counts
from pipelines.data.examples import read_dataset, read_examples
from pipelines.data.requirements import check_entities

SHORT = CASES[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_made_up_texts_are_a_dataset_of_the_lengths_of_real_ones(case, tmp_path):
    make_up(case, tmp_path / "data")
    examples = list(read_examples(tmp_path / "data/train.jsonl"))
    assert len(examples) == case.examples
    assert len(list(read_examples(tmp_path / "data/dev.jsonl"))) == DEV
    lengths = [len(example.tokens) for example in examples]
    tenths = np.quantile(lengths, np.arange(1, 10) / 10)
    np.testing.assert_allclose(tenths, DECILES[case.name][1:10], rtol=0.15, atol=1)
    assert sum(read_counts(tmp_path / "data")["tokens"].values()) == sum(lengths)
    assert read_dataset(tmp_path / "data", "name", "tokenizers")["tokenizers"]["tokens"] == "words"
    assert len({example.id for example in examples}) == case.examples


def test_made_up_entities_are_valid_tags_of_all_types(tmp_path):
    make_up(SHORT, tmp_path / "data")
    path = tmp_path / "data/train.jsonl"
    check_entities(list(read_examples(path)), path, "a test")
    assert set(read_counts(tmp_path / "data")["tags"]) == {
        "O", *(f"{place}-{kind}" for place in "BI" for kind in ("PER", "LOC", "ORG"))
    }  # fmt: skip


def test_a_part_of_real_data_has_the_counts_of_all_of_it(monkeypatch, tmp_path):
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path))
    case = replace(CASES[1], examples=700)
    whole = tmp_path / "prepared" / "ewt_pos"
    whole.parent.mkdir()
    make_up(CASES[1], whole)
    assert made(case, tmp_path / "ewt") == "ewt_pos"
    part = list(read_examples(tmp_path / "ewt/data/train.jsonl"))
    assert part == list(read_examples(whole / "train.jsonl"))[:700]
    assert read_counts(tmp_path / "ewt/data") == read_counts(whole)
    assert len(store.word_vectors(tmp_path / "ewt/random")) == 0


class Worker:
    """Stands in for a process that trains a number of tokens a second, which changes from round to round."""

    RATES: ClassVar = {"elman": [50, 90, 60], "torch-padded": [100, 20, 30], "torch-packed": [40, 40, 40]}

    def __init__(self, name, environment, module):
        assert environment == INSTRUCTIONS["avx2"]
        self.rates = iter([self.RATES[name][0]] * 2 + self.RATES[name])

    def ask(self, steps, **case):
        return {"seconds": 10 * steps / next(self.rates), "tokens": 10 * steps}

    def end(self):
        pass


def test_rates_are_medians_and_ratios_are_to_the_better_torch(monkeypatch, tmp_path):
    monkeypatch.setattr(training, "Worker", Worker)
    rates = training.measure(SHORT, tmp_path, list(Worker.RATES), INSTRUCTIONS["avx2"], 3)
    assert rates == pytest.approx({"elman": 60, "torch-padded": 30, "torch-packed": 40})
    rows = training.rows_of(rates, {})
    assert [row["ratio_to_torch"] for row in rows] == [1.5, 0.75, 1]
    assert {row["seconds_to_score"] for row in rows} == {None}


def test_the_score_is_the_best_that_both_reach(monkeypatch, tmp_path):
    told = {
        "elman": [{"first_step": 1, "seconds": 6.0}, {"score": 0.7, "seconds": 9.0}, {"score": 0.9, "seconds": 11.0}],
        "torch-packed": [{"first_step": 1, "seconds": 3}, {"score": 0.6, "seconds": 8}, {"score": 0.8, "seconds": 16}],
    }
    monkeypatch.setattr(training, "trained", lambda name, *_: told[name])
    monkeypatch.setattr(training, "import_seconds", lambda *_: 4.0)
    rates = {"elman": 60.0, "torch-padded": 30.0, "torch-packed": 40.0}
    found = training.to_score(SHORT, tmp_path, rates, {})
    assert found["elman"] == {"seconds_to_first_step": 6, "x_import_keras": 1.5, "score": 0.8, "seconds_to_score": 11}
    assert found["torch-packed"]["seconds_to_score"] == 16
    assert list(found) == ["elman", "torch-packed"]  # the faster of the two


def test_the_loss_of_the_plain_crf_is_that_of_all_sequences_counted():
    torch = pytest.importorskip("torch")
    from benchmarks.speed.torch_models import Tagger

    torch.manual_seed(1)
    tagger = Tagger.__new__(Tagger)
    torch.nn.Module.__init__(tagger)
    tagger.crf, tagger.transitions = True, torch.nn.Parameter(torch.randn(4, 4))
    emissions, tags = torch.randn(2, 3, 3), torch.tensor([[0, 2, 1], [1, 1, 0]])
    mask = torch.tensor([[True, True, True], [True, True, False]])
    tagger.forward = lambda inputs: tagger._potentials(emissions, mask)
    scores, score = tagger.transitions.detach(), {}
    for row, length in ((0, 3), (1, 2)):
        for sequence in product(range(3), repeat=length):
            ends = scores[3, sequence[0]] + scores[sequence[-1], 3]
            pairs = sum(scores[a, b] for a, b in pairwise(sequence))
            emitted = sum(emissions[row, step, tag] for step, tag in enumerate(sequence))
            score[row, sequence] = (ends + pairs + emitted).item()
    gold = score[0, (0, 2, 1)] + score[1, (1, 1)]
    total = sum(np.log(sum(np.exp(value) for (its, _), value in score.items() if its == row)) for row in (0, 1))
    loss = tagger.loss(None, tags, mask.float())
    assert loss.item() == pytest.approx((total - gold) / 5, rel=1e-5)
