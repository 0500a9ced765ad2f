"""The metadata of a model card, as the Hugging Face Hub reads it.

Reference: the Hub's specification of model cards, https://github.com/huggingface/hub-docs/blob/main/modelcard.md.
"""

from collections.abc import Mapping
from typing import Any

from embeddings.foundation.languages import main_language
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.scores import Score
from pipelines.exporting.provenance import Provenance
from pipelines.runs.trained_run import TrainedRun

# What a run reads and predicts -> the Hub's task.
PIPELINE_TAGS = {
    ("tokens", "label"): "text-classification",
    ("tokens", "labels"): "text-classification",
    ("tokens", "tags"): "token-classification",
    ("tokens", "tokens"): "text-generation",
    ("tokens", "target_tokens"): "translation",
    ("features", "label"): "image-classification",
    ("features", "target_tokens"): "image-to-text",
}
# The end of a metric's name -> the Hub's id of a metric; others have none there and keep their own.
METRICS = {
    "f1": "f1",
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "mcc": "matthews_correlation",
    "brier": "brier_score",
    "bleu": "bleu",
    "bleu_lowercase": "bleu",
    "character_error_rate": "cer",
}


def metadata(run: TrainedRun, about: Mapping[str, Any], licence: str, provenance: Provenance) -> dict[str, Any]:
    """The fields of a model card.

    Args:
        run: the run.
        about: its `config.json`.
        licence: of the model, one of the Hub's identifiers.
        provenance: what is known of it.
    """
    dataset = about["dataset"]
    languages = dict.fromkeys(main_language(code) for code in (dataset["language"], dataset["target_language"]) if code)
    name, tag = str(dataset.get("name", about["run"].get("dataset"))), PIPELINE_TAGS[run.task.reads, run.task.predicts]
    scored_on = str(dataset.get("held_out_of", name))
    vectors = ["word2vec"] if provenance.vectors else []
    fields: dict[str, Any] = {
        "language": [*languages],
        "license": licence,
        "library_name": "elman",
        "pipeline_tag": tag,
        "tags": [
            "elman",
            "onnx",
            *([] if "members" in about else ["keras"]),
            "recurrent-neural-network",
            *dict.fromkeys(each["cell"]["cell"].replace("_", "-") for each in about.get("members") or [about]),
            *vectors,
        ],
        "datasets": [name],
        "metrics": list(dict.fromkeys(hub_metric(each) for found in provenance.scores.values() for each in found)),
    }
    results = [
        {
            "task": {"type": tag, "name": about["task"]["task"]},
            "dataset": {"type": scored_on, "name": scored_on, "split": split},
            "metrics": [_result(metric, score) for metric, score in found.items()],
        }
        for split, found in provenance.scores.items()
        if found
    ]
    fields["model-index"] = [{"name": run.name, "results": results}] if results else []
    return {key: value for key, value in fields.items() if value}


def hub_metric(metric: Metric) -> str:
    """The Hub's id of a metric."""
    return next((found for end, found in METRICS.items() if metric.name.endswith(end)), metric.name)


def _result(metric: Metric, score: Score) -> dict[str, Any]:
    """A number, its interval and how it was computed."""
    args = {"low": score.low, "high": score.high, "interval": score.interval_method, "signature": score.signature}
    return {"type": hub_metric(metric), "name": metric.caption, "value": score.value, "args": args}
