"""`python -m app.cli` is `good-citizen`."""

from app.cli import main

main()
