"""Tasks, one file each; a task's configuration names the file, whose `TASK` is the task's class."""

# modules that are no plug-ins: the contract, and what tasks share
SHARED = ("capabilities", "classification", "config", "encoder_decoder", "label_weights", "sequence_labelling", "task")
