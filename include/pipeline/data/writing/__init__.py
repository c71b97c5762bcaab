"""Rows of a table in another order, written as pandas writes them."""
