"""Text to syntax trees, one module per language. Nothing here knows what a rule is."""
