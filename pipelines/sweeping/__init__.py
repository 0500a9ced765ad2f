"""A sweep: many trainings of one run with other settings, their records, and what was best."""
