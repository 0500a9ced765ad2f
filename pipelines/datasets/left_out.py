"""What a reader finds in a file but does not give, so that prepare can count it."""

from dataclasses import dataclass

from pipelines.data.examples import Example


@dataclass(frozen=True, slots=True)
class LeftOut(Example):
    """An example that takes part in nothing but the data report."""

    reason: str = ""  # what the report says was left out
