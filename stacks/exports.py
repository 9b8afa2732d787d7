"""How the outputs of a stack are named."""


def export_name(store: str, key: str) -> str:
    """`venue-counts`, `tableArn` -> `venueCountsTableArn`."""
    first, *rest = store.split("-")
    return first + "".join(part.capitalize() for part in rest) + key[0].upper() + key[1:]
