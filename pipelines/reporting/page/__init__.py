"""The report: one HTML page that needs no network, made of the leaderboard and of what the stages wrote."""
