"""The table of bad input: what a raw socket may send and what must come back. bad_input_test.py runs it."""
