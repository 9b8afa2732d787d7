"""What a pull request does to stacks and to what judges them, as data and as one comment."""
