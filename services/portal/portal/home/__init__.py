"""The first page: what Ieum is, the nation's figures as they move, and whom to look as."""
