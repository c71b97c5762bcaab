"""What the newest model of each pipeline is worth, as metrics."""
