"""
What we assume of use where neither a usage file nor the application says anything.

All of it is our choice. Each is printed with the estimate, with the value that it comes to.
"""

from decimal import Decimal
from typing import Final

CHANGED_DAILY: Final = Decimal("0.02")
"""The share of a database that changes in a day: so much is added to its backups for every day that is kept."""
USED_SHARE: Final = Decimal("0.5")
"""The share of the allocated storage that is used."""
AVERAGE_OF_BUSIEST: Final = Decimal("0.25")
"""What an average hour has of the commands of the busiest one."""
COMMAND_KIB: Final = Decimal("0.5")
"""KiB of a command and its answer together."""
OTHER_ZONE: Final = Decimal("0.5")
"""The share of the traffic that goes to another zone."""
SECONDS: Final = Decimal(730 * 3600)
"""In a month."""
KIB_IN_GIB: Final = Decimal(1024 * 1024)
MONITORING_GIB: Final = Decimal("0.3")
"""GiB a month of Enhanced Monitoring for an instance that is looked at every minute."""
IO_MILLIONS_PER_GIB: Final = Decimal(4)
"""Millions of I/O requests of Aurora a month for each GiB of data."""
REPLICATED_SHARE: Final = Decimal("0.25")
"""The share of Aurora's I/O that is writes, which another region gets too."""
ACU_SHARE: Final = Decimal("0.25")
"""How far between its bounds a serverless instance is on average."""
EXPIRED_SHARE: Final = Decimal("0.5")
"""Items that expire, in proportion to writes, where a table has a TTL: they are deleted in replica regions too."""
LOG_GIB: Final = Decimal("0.5")
"""GiB a month that a log group takes in."""
FLOW_LOG_GIB: Final = Decimal(1)
"""GiB a month of flow logs for each subnet."""
ENDPOINT_GIB: Final = Decimal(1)
NAT_GIB: Final = Decimal(10)
KEY_REQUESTS_THOUSANDS: Final = Decimal(20)
ROTATED: Final = Decimal(2)
"""Rotated versions of a key that are charged at most."""
SECRET_CALLS_THOUSANDS: Final = Decimal(10)
NOTIFICATIONS: Final = Decimal(100)
OBJECT_GIB: Final = Decimal("0.1")
"""GiB of an object in a bucket."""
RESTORE_HOURS: Final = Decimal(1)
"""Hours that a restore takes, beside the time that the copy is kept to be looked at."""
