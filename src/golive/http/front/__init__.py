"""The front: HTTP/1.1 on asyncio, as lean as it can be; see `server`."""
