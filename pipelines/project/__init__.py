"""A DVC project on own data: its folder, its files of configuration, and the stages that follow from its runs."""
