"""What a stage costs the machine."""

import resource
import sys


def peak_memory_megabytes() -> float:
    """The most memory that this process has held so far, in 10^6 bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)
