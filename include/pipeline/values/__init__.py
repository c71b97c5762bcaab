"""What people write: what one value may be, and what is wrong with one."""
