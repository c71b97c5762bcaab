"""What a run is going to do, worked out before anything is made."""
