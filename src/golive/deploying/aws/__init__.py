"""AWS: settings become a graph of resources, the graph becomes templates and a plan."""
