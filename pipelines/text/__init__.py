"""Text: tokens, subwords, vocabularies, and what a word looks like."""
