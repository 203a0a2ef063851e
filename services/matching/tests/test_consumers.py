"""The standard cases of every consumer."""

from ieum.testing.consumer_cases import *  # noqa: F403
