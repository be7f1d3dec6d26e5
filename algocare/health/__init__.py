"""Whether the service itself is well: what shuts its engines in, its database, its worker, its disk."""
