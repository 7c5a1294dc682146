"""What a policy names in one place and refers to in another: environments, stores, services, activities."""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.environments import ORDER_OF, Environments
from depcheck.policy.words import WordError, nearest, shown, unknown


class Names:
    """The names of one file, gathered leniently before it is validated, so that every reference can be checked.

    ``environments`` is None where the file declares none: they are inferred later, and any name may be one.
    """

    __slots__ = ("activities", "environments", "own_activities", "stores", "used_activities")

    def __init__(
        self,
        *,
        environments: Environments | None = None,
        stores: tuple[str, ...] = (),
        activities: tuple[str, ...] = (),
        own_activities: tuple[str, ...] = (),
        used_activities: frozenset[str] = frozenset(),
    ) -> None:
        self.environments = environments
        self.stores = stores
        self.activities = activities
        self.own_activities = own_activities
        self.used_activities = used_activities

    @classmethod
    def gathered(cls, root: object, activities: tuple[str, ...]) -> Names:
        """The names in a policy as plain data, whatever is wrong with the rest of it."""
        declared = _map(_map(root).get("environments"))
        pipeline = _map(_map(root).get("pipeline"))
        used: set[str] = set(_texts(pipeline.get("order")))
        for deploy in _map(pipeline.get("deploys")).values():
            for key in ("before", "verify"):
                used.update(_texts(_map(deploy).get(key)))
        used.update(_map(pipeline.get("scheduled")))
        return cls(
            environments=Environments({name: _texts(_map(entry).get("aliases")) for name, entry in declared.items()})
            if declared
            else None,
            stores=tuple(_map(_map(_map(root).get("recovery")).get("stores"))),
            activities=activities,
            own_activities=tuple(_map(pipeline.get("activities"))),
            used_activities=frozenset(used),
        )

    def environment(self, word: str) -> str:
        """The name of the environment that a word means: a declared one, or a usual one that is not declared."""
        if self.environments is None:
            return ORDER_OF.get(word.lower(), word)
        known = self.environments.names
        name = word if word in known else self.environments.named(word)
        if name is None:
            meant = nearest(word, tuple(each for name in known for each in self.environments.aliases[name]))
            if meant is not None:
                raise WordError(f'unknown environment {shown(word)}, did you mean "{self.environments.named(meant)}"?')
            raise WordError(unknown("environment", word, tuple(known)))
        return name

    def store(self, word: str) -> str:
        """The name of a declared store, or the address of a store that is not declared."""
        if word in self.stores or "." in word:
            return word
        if not self.stores:
            raise WordError(f"unknown store {shown(word)}: recovery.stores declares none")
        raise WordError(unknown("store", word, self.stores))


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
