"""The built-in data: a synchronous English-Russian grammar that generates any number of sentences."""
