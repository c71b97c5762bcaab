"""Models, endpoint configurations and endpoints, and the calls that endpoints answer."""
