"""Terraform as Terraform means it: its types and values, its expression language, its functions, its modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.environments import Environments
    from depcheck.model import Command
    from depcheck.syntax.hcl_ast import HclFile
    from depcheck.terraform.loading import Result


def load(
    files: Mapping[str, HclFile],
    environments: Environments,
    *,
    read_text: Callable[[str], str | None],
    list_files: Callable[[str], Sequence[str]] | None = None,
    var_files: Sequence[str] = (),
    commands: Iterable[Command] = (),
) -> Result:
    """Evaluate every root module among the files in every environment.

    ``files`` are by their path below the scanned folder; a file inside a document is ``doc.md#/main.tf``. ``read_text``
    gives the text of any other file below it, ``list_files`` the paths of the files below a folder from there,
    ``var_files`` are the values files of the command line, ``commands`` those of scripts and workflows, which may say
    which values files belong to which environment.
    """
    from depcheck.terraform.loading import load as load_files

    return load_files(
        files, environments, read_text=read_text, list_files=list_files, var_files=var_files, commands=commands
    )
