"""AWS Lambda: events become requests of the service, and its responses what each front takes."""
