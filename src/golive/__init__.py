"""golive takes a trained model to a production endpoint and keeps watching it there."""
