"""Contacts: how a person or an employer is reached, for whoever must write to them; every answer is kept as a look."""
