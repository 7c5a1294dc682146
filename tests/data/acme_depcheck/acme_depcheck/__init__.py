"""Rules of a fictional company: the smallest complete plugin."""
