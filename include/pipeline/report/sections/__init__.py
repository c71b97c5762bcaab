"""The report's sections. Each is a module, which gathers what it shows, and a template of the same name."""
