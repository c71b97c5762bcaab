"""How well scores put positives before negatives: areas below curves, with their intervals."""
