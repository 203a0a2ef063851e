"""Notifications: tells people, once, through the channel they chose."""
