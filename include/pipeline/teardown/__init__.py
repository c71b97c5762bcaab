"""What runs leave behind, and how it is taken away."""
