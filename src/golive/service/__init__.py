"""The service: everything behind a request, without a transport."""
