"""`python -m algocare.cli`, the same as the command `algocare`."""

from algocare.cli.main import main

main()
