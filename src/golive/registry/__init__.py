"""The registry: versions and aliases of bundles, as a history that is only ever added to."""
