"""Code lists that forms are made of: occupations, regions, centres; asked of registration and kept for a while."""
