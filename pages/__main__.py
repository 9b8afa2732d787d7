"""`python -m pages`: write the pages of applications and transitions, pictures of costs, and the README's table."""

from pages.page import write

if __name__ == "__main__":
    write()
