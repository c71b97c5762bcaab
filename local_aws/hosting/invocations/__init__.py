"""InvokeEndpoint and InvokeEndpointAsync: forwarded to a variant, and captured where that is asked for."""
