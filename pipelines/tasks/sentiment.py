"""Sentiment: another name of text classification."""

from pipelines.tasks.text_classification import TextClassification

TASK = TextClassification
