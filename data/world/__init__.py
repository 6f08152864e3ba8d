from .facts import BOUNDS, facts_of
from .parameters import SEEDS_FOR_BUILDING, SEEDS_FOR_REPORTING, WorldParameters
from .wording import is_held_out, without_held_out
from .write import World, build_world, write_world

__all__ = [
    "BOUNDS",
    "SEEDS_FOR_BUILDING",
    "SEEDS_FOR_REPORTING",
    "World",
    "WorldParameters",
    "build_world",
    "facts_of",
    "is_held_out",
    "without_held_out",
    "write_world",
]
