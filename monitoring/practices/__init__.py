"""Whether people really decide: near-total agreement and hasty review, each night (R06, R07)."""
