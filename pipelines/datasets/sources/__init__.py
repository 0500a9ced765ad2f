"""Sources: where datasets come from. A module offers `Source`, a `DatasetConfig` with the keys that it reads."""
