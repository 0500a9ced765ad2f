"""Sentiment: the text classification whose labels are opinions."""

from pipelines.tasks.text_classification import TextClassification

TASK = TextClassification
