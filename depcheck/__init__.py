"""depcheck holds deployment configuration against what its owners promised."""

__version__ = "0.1.0"
