"""Where the data comes from: what is allowed, which version there is, and its download."""
