"""Where bundles go live: what a place needs is decided here, before anything is made there."""
