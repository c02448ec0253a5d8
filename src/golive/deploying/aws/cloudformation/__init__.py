"""The graph as a template of CloudFormation."""
