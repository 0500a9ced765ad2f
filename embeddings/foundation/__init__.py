"""What both packages are built on: errors, messages, files, configuration, plug-ins, seeds, cost, progress."""
