"""What each recipient wants to be told, where, when and in which language."""
