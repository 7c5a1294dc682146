"""Environments side by side: what each is given, which differences are right, and which are not."""
