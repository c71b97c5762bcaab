"""The figures of a number, and of several classes: of each, the table, and the rows that compute it."""
