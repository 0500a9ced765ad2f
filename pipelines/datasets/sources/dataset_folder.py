"""Folders in the layouts of Hugging Face's datasets: files named by split, or what `save_to_disk` writes.

A file belongs to the split that its name, or that of a folder above it, says: `data/train-00000-of-00002.parquet`,
`validation.csv`, `test/0.jsonl`. A folder of `save_to_disk` has `dataset_dict.json`, and Arrow files in a folder a split.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import checksum
from embeddings.foundation.reading import read_json
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.fields import FieldOptions, table_rows
from pipelines.datasets.readers import json_lines, parquet
from pipelines.datasets.sources.files import data_path
from pipelines.datasets.table import NamedRows

# What a name says -> our split, as Hugging Face's datasets read it.
SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "dev"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
    **dict.fromkeys(("unsupervised", "unlabelled", "unlabeled"), "unlabelled"),
}
