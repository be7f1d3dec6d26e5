"""The stand-alone verifier that travels inside every compliance pack."""
