"""The graph as a configuration of Terraform."""
