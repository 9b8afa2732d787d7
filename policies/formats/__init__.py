"""A report for people, programs, code scanning, test viewers and pull requests."""
