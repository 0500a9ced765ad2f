"""Part-of-speech tagging: aligned many-to-many, a part of speech for each token."""

from pipelines.tasks.config import SMALL_TRAINING
from pipelines.tasks.sequence_labelling import SequenceLabelling

CHARACTERS = {"encoder": "recurrent", "dimensions": 5, "units": 6}


class POSTagging(SequenceLabelling):
    """Gives each token its part of speech."""

    SMALL = tuple(
        {"metrics": "tagging", "monitor": "accuracy", "model": model, "training": SMALL_TRAINING}
        for model in (
            {"word_vectors": "fine_tuned"},
            {"word_vectors": "fine_tuned", "output": "crf", "characters": CHARACTERS},
            {"word_vectors": "fine_tuned", "characters": CHARACTERS, "word_shapes": True},
        )
    )


TASK = POSTagging
