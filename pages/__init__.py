"""The page of each application, and the README's table of phases: written from what the applications say."""
