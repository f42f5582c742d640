"""`python -m formgen` is the command `formgen`."""

from formgen.cli.main import main

if __name__ == "__main__":
    main()
