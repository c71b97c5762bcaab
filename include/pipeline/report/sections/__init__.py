"""The report's sections: of each a module, which gathers what it shows, and a template of the same name."""
