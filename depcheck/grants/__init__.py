"""The algebra of IAM's grants: what the policies of somebody allow together, and where that leads."""
