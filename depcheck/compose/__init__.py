"""Compose projects: files that belong together → services, volumes and what they are given, for each environment.

:func:`depcheck.compose.assembly.assemble` puts them together; :func:`depcheck.compose.projects.wanted` names the files
that have to be there for it.
"""
