"""For operators (extra `ieum[ops]`): `python -m ieum.ops verify` proves from databases and topics that nothing is lost.

The same checker runs after every fault test. It reads tables and topics only, never the code it judges.
"""
