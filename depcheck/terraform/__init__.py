"""Terraform as Terraform means it: its types and values, its expression language, its functions."""
