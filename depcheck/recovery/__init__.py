"""What a configuration can bring back after a loss, how much of it and how fast: recovery objectives, computed."""
