"""Memory: workers that grow beyond their limit are replaced, and nobody loses a request."""
