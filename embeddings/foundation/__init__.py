"""What both packages stand on: errors, files, configuration, plug-ins, seeds, cost, progress."""
