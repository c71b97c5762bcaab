"""Earlier runs: which models were accepted, which one is used again, and the gate that accepts them."""
