"""How the parts start: application, command line, worker."""
