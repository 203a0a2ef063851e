"""Live streams of other services, handed through to the page: the browser only ever talks to the portal."""
