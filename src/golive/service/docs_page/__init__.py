"""The page `/docs`: Swagger UI over the OpenAPI document, without anything from elsewhere."""
