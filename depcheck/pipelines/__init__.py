"""Pipelines as a whole: what runs before and after a deployment, over jobs, steps, called workflows and scripts.

``units`` tells every job (and every script that deploys by itself) with all that it does, in order; ``conditions``
decides in which situations a condition holds; ``starts`` which events and branches can start a job; ``deployments``
joins them to the deployments of each environment.
"""
