"""Contracts: every event a service promises, as JSON Schema beside an example, compatible with all its history.

`python -m ieum.contracts write` writes the schemas from the event classes. `check` fails on any difference, on an
example that does not fit, on a consumer's view that asks for more than is promised, and on a change that is not
compatible with every earlier version in git.
"""
