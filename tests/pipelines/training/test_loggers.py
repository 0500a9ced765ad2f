"""What loggers write of a training that is worked out by hand, also of one that was interrupted."""

import csv

import keras
import pytest

from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from pipelines.tasks.config import TrainingConfig
from pipelines.training import loggers
from pipelines.training.fit import fit
from pipelines.training.loggers import make_loggers, require_loggers
from pipelines.training.resumption import Checkpoint

KEYS = {"optimizer": "sgd", "learning_rate": 0.5, "batch_size": 2, "epochs": 3, "patience": 3}
SETTINGS = {"run": {"seed": 1}, "task": {"training": {"epochs": 3}}}


class KilledError(Exception):
    pass


def train(problem, tmp_path, names, killed_after=99):
    """Trains with dev metrics 1, 5, 3, from a checkpoint where there is one; gives the losses."""
    model, batches = problem
    checkpoint = Checkpoint(tmp_path / "run", {}, [], 0.0)
    resumes = checkpoint.read() is not None
    values, seen = iter([1.0, 5.0, 3.0][1 if resumes else 0 :]), []

    def evaluate():
        seen.append(None)
        if len(seen) > killed_after:
            raise KilledError
        return {"metric": next(values)}

    callbacks = make_loggers(names, tmp_path / "logs", "ner-gru", SETTINGS, resumes=resumes)
    loss = keras.losses.MeanSquaredError(reduction="mean_with_sample_weight")
    fit(model, loss, batches, evaluate, TrainingConfig(**KEYS), "metric", 1.0, tmp_path / "history.csv", callbacks,
        checkpoint=checkpoint)  # fmt: skip
    with open(tmp_path / "history.csv") as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


def rows(tmp_path):
    with open(tmp_path / "logs/csv/ner-gru.csv") as file:
        return list(csv.DictReader(file))


def test_a_csv_file_has_each_epoch_with_its_learning_rate(problem, tmp_path):
    losses = train(problem, tmp_path, ["csv"])
    found = rows(tmp_path)
    assert [(row["epoch"], row["learning_rate"], row["val_metric"]) for row in found] == [
        ("0", "0.5", "1.0"),
        ("1", "0.5", "5.0"),
        ("2", "0.5", "3.0"),
    ]
    assert [float(row["loss"]) for row in found] == pytest.approx(losses)


def test_a_csv_file_goes_on_where_the_training_does(new_problem, tmp_path):
    with pytest.raises(KilledError):
        train(new_problem(), tmp_path, ["csv"], killed_after=1)
    assert [row["epoch"] for row in rows(tmp_path)] == ["0"]
    train(new_problem(), tmp_path, ["csv"])
    assert [(row["epoch"], row["val_metric"]) for row in rows(tmp_path)] == [("0", "1.0"), ("1", "5.0"), ("2", "3.0")]


def test_tensorboard_reads_metrics_of_train_and_dev_and_another_training_replaces_them(new_problem, tmp_path):
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason="no tensorboard")
    for _ in range(2):
        train(new_problem(), tmp_path, ["tensorboard"])
        (tmp_path / ".run.training.npz").unlink()  # as the stage does in the end
        found = {}
        for part in ("train", "validation"):
            events = reader.EventAccumulator(str(tmp_path / "logs/tensorboard/ner-gru" / part))
            events.Reload()
            found |= {f"{part} {tag}": [each.step for each in events.Tensors(tag)] for tag in events.Tags()["tensors"]}
        steps = [0, 1, 2]
        assert found == {
            "train epoch_loss": steps,
            "train epoch_learning_rate": steps,
            "validation epoch_metric": steps,
        }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # in MLflow's own use of SQLAlchemy
def test_mlflow_has_one_run_with_settings_and_metrics_also_of_an_interrupted_training(new_problem, tmp_path):
    mlflow = pytest.importorskip("mlflow", reason="no mlflow")
    with pytest.raises(KilledError):
        train(new_problem(), tmp_path, ["mlflow"], killed_after=1)
    losses = train(new_problem(), tmp_path, ["mlflow"])
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'logs/mlflow.db'}")
    (run,) = client.search_runs([client.get_experiment_by_name("elman").experiment_id])
    assert (run.info.run_name, run.info.status) == ("ner-gru", "FINISHED")
    assert run.data.params == {"run.seed": "1", "task.training.epochs": "3"}
    history = client.get_metric_history(run.info.run_id, "loss")
    assert [(each.step, each.value) for each in history] == [(n, pytest.approx(loss)) for n, loss in enumerate(losses)]


def test_a_logger_whose_package_is_missing_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(loggers, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"training\.loggers: mlflow needs the package mlflow.*elman\[loggers\]"):
        require_loggers(["csv", "mlflow"])
    require_loggers(["csv"])


def test_an_unknown_logger_is_refused_with_the_known_ones():
    assert build_config(TrainingConfig, {**KEYS, "loggers": ["csv"]}, "task.yaml").loggers == ("csv",)
    with pytest.raises(InputError, match=r"task\.yaml: expected a known value under 'loggers', got .*wandb"):
        build_config(TrainingConfig, {**KEYS, "loggers": ["wandb"]}, "task.yaml")
