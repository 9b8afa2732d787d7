"""DynamoDB's limits, as data. Amazon DynamoDB Developer Guide, "Quotas", "On-demand capacity mode", "Table classes"."""

from datetime import timedelta
from typing import Final

MAX_INDEXES: Final = 20
MAX_LOCAL_INDEXES: Final = 5
MAX_PROJECTED: Final = 100
MAX_RECOVERY_DAYS: Final = 35
SWITCHES: Final = (4, timedelta(hours=24))
"""How often a table may be switched to on-demand, and in what time."""
CLASS_CHANGES: Final = (2, timedelta(days=30))
CLASSES: Final = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")
INSIGHTS: Final = ("ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS")
