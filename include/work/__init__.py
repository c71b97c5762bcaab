"""Work that takes long: several pieces of it at once, and how far it is."""
