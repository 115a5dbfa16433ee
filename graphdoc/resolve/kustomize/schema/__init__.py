"""OpenAPI and custom resource definitions, as far as a build heeds them."""
