"""`python -m newspan`."""

from newspan.cli import main

if __name__ == "__main__":
    main()
