"""Is it still behaving? Watches, drift, performance, fairness, cases and committee reports."""
