"""What earlier runs made: which models were accepted, which one is used again, what the gate asks."""
