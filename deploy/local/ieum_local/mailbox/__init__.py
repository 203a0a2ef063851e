"""The local mail server: real SMTP in, a page and a JSON list of what arrived. Nothing leaves this machine."""
