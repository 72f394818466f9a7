"""Runs the command line: ``python -m svdash --help``."""

from svdash.cli.commands import main

if __name__ == "__main__":
    main(prog_name="python -m svdash")
