"""Where the data that ships with depcheck lies: ``rules/`` and ``schemas/``, in a wheel or in a checkout."""

from __future__ import annotations

import json
import os

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def data_file(folder: str, name: str) -> str:
    """The path of a data file (``rules``/``compiled.json``), whether depcheck is installed or run from a checkout."""
    installed = os.path.join(_PACKAGE, "_data", folder, name)
    return installed if os.path.exists(installed) else os.path.join(os.path.dirname(_PACKAGE), folder, name)


def load_json(folder: str, name: str) -> dict[str, object]:
    """A data file that holds a JSON object.

    Raises:
        FileNotFoundError: the installation is damaged.
    """
    with open(data_file(folder, name), encoding="utf-8") as file:
        loaded: object = json.load(file)
    if not isinstance(loaded, dict):
        raise ValueError(f"{folder}/{name} does not hold an object")
    return loaded
