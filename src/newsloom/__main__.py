"""`python -m newsloom` is the same as `newsloom`."""

from newsloom.cli import main

if __name__ == "__main__":
    main()
