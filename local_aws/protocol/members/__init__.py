"""The members of requests: what becomes of each of them."""
