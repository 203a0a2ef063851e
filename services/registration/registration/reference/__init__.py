"""Reference: the official codes of occupations, regions, centres and languages, as data carried in the package."""
