"""How a metric's numbers are read: which way is better, and with how many decimals they are written."""

LOWER_IS_BETTER = frozenset({"nats_per_character", "bits_per_character", "perplexity", "character_error_rate"})


def decimals(metric: str) -> int:
    """Four of nats and bits, which lie between 0 and 10; two of others, which are percent."""
    return 4 if metric.endswith("_per_character") else 2
