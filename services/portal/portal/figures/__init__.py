"""Indicators of the nation, its regions and centres, down to the events behind each figure."""
