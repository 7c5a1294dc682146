"""Checks of the plugin."""
