"""A partnership of invented families over two years, in which everything goes wrong once and is caught."""
