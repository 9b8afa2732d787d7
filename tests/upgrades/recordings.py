"""What the real engine said."""

from pathlib import Path

PREVIEWS = Path(__file__).parent / "previews"


def policed() -> str:
    """Give the events of a preview of clubapp-prod, without a budget, that unlocks a table: those about policies."""
    return (PREVIEWS / "policed-prod.jsonl").read_text(encoding="utf-8")
