"""Models, endpoint configurations and endpoints, and InvokeEndpoint."""
