"""The model of the policy, one module for each part."""
