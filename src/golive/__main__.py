"""`python -m golive`: the command line."""

from golive.cli.main import main

if __name__ == "__main__":
    main()
