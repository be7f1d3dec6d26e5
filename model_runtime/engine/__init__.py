"""Machinery that loads one approved artefact in a child process, predicts and explains."""
