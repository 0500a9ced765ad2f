"""Tasks, one file each; a task's configuration names the file, whose `TASK` is the task's class."""

SHARED = ("config", "task")  # modules that are no plug-ins
