"""What to try next, and what to stop: Optuna's samplers and its asynchronous successive halving, on our records.

Optuna's study is in memory and made anew from the records, so that there is no second state that a kill could part
from them. Each draw has a seed of its own: that of trial 7 is the same whether the sweep was interrupted or not.
"""

import itertools
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Literal

import numpy as np

from pipelines.sweeping.records import Record
from pipelines.sweeping.space import Drawn, Space

Better = Literal["higher", "lower"]


class Search:
    """A study that follows the records of a sweep.

    Args:
        space: what may be drawn.
        method: `grid`, `random` or `tpe`.
        seed: of the draws.
        better: which scores are.
        halving: first epochs and how many trials one goes on of (asynchronous successive halving); None: none is
            stopped.

    Reference: Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning", section 3.3 (ASHA); Bergstra et
    al. 2011, "Algorithms for Hyper-Parameter Optimization", section 4 (TPE).
    """

    def __init__(
        self, space: Space, method: str, seed: int, better: Better, halving: tuple[int, int] | None = None
    ) -> None:
        optuna = import_module("optuna")  # of an extra
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.space, self.method, self.seed = space, method, seed
        self._optuna, self._distributions = optuna, space.distributions()
        pruner = optuna.pruners.NopPruner()
        if halving:
            pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=halving[0], reduction_factor=halving[1])
        direction = "maximize" if better == "higher" else "minimize"
        self._study = optuna.create_study(direction=direction, pruner=pruner)
        self._trials: dict[int, Any] = {}

    def draw(self, configuration: int) -> Drawn | None:
        """The settings of a new configuration; None after the last of a grid.

        Args:
            configuration: how many there were before.
        """
        if self.method == "grid":
            return next(itertools.islice(self.space.grid(), configuration, None), None)
        seed = int(np.random.SeedSequence([self.seed, configuration]).generate_state(1)[0])
        samplers = self._optuna.samplers
        random = self.method == "random"
        self._study.sampler = samplers.RandomSampler(seed) if random else samplers.TPESampler(seed=seed)
        trial = self._study.ask(self._distributions)
        drawn = dict(trial.params)
        self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)  # `follow` adds what becomes of it
        return drawn

    def follow(self, record: Record) -> None:
        """Takes a record in that is new, or is of an earlier process."""
        self._study.enqueue_trial(record.drawn)
        self._trials[record.number] = self._study.ask(self._distributions)
        self.compare(record, 1)
        if record.finished:
            self.end(record)

    def compare(self, record: Record, since: int) -> bool:
        """Takes the epochs of a trial in, from one on; gives whether the scheduler stops it."""
        trial, stops = self._trials[record.number], False
        for epoch, value in enumerate(record.curve[since - 1 :], start=since):
            trial.report(value, epoch)
            stops = trial.should_prune() or stops
        return stops

    def end(self, record: Record) -> None:
        """Takes note of the score of a finished trial."""
        states = self._optuna.trial.TrialState
        trial = self._trials.pop(record.number)
        if record.state == "complete":
            self._study.tell(trial, record.score)
        else:
            self._study.tell(trial, state=states.PRUNED if record.state == "stopped" else states.FAIL)


def best_configuration(records: Sequence[Record], seeds: int, better: Better) -> list[Record] | None:
    """The trials of the configuration with the best mean score, the first one of equals; None where none is complete.

    A configuration is complete when its trials with every seed are.
    """
    complete: dict[int, list[Record]] = {}
    for record in records:
        if record.state == "complete":
            complete.setdefault(record.configuration, []).append(record)
    whole: list[list[Record]] = [each for each in complete.values() if len(each) == seeds]
    sign = 1 if better == "higher" else -1
    return max(whole, key=lambda each: sign * mean_score(each), default=None)


def mean_score(records: Sequence[Record]) -> float:
    """The mean of the first metric of complete trials."""
    return float(np.mean([record.score or 0.0 for record in records]))
