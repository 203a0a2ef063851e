"""The standard cases of every consumer, applied to this service's."""

from ieum.testing.consumer_cases import *  # noqa: F403
