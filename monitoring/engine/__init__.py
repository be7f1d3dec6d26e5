"""Machinery of a watch: frames in, frozen values out; no database and no web."""
