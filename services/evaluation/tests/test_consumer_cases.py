"""The standard cases of every consumer, on the producers' own examples."""

from ieum.testing.consumer_cases import *  # noqa: F403
