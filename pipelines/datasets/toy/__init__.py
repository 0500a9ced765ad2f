"""The embedded data: a synchronous English-Russian grammar that writes as many sentences as wanted."""
