"""Files of other forms, made into the one that is read on: CSV with commas, in UTF-8, with a header."""
