"""Who sent a request: access keys, and signatures as AWS verifies them."""
