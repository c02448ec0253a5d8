"""HTTP: the ASGI application around the service, and the server that runs it."""
