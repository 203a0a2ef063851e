"""Record looks: every look at a person's record, kept two years in a chain that shows when it was touched."""
