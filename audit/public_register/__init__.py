"""The public register: every model in plain English, for anybody, without anything about anybody (R43, R44)."""
