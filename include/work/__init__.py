"""Work that takes long: several pieces of it at once, or beside other work, and how far it is."""
