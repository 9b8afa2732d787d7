"""How often AWS and Atlas allow a change, how long it takes, and from which sizes on: every figure with its source."""

from datetime import timedelta
from typing import Final

from upgrades.facts.fact import Outage, Wait

# How often

STORAGE: Final = Wait(
    of="storage",
    times=1,
    within=timedelta(hours=6),
    source="Amazon RDS User Guide, Working with storage: six hours, or until optimisation is done, whichever is later",
)
ON_DEMAND: Final = Wait(
    of="switch to on demand",
    times=4,
    within=timedelta(hours=24),
    source="Amazon DynamoDB Developer Guide, Considerations when switching capacity modes: a rolling window",
)
CAPACITY_DOWN: Final = Wait(
    of="lower capacity",
    times=4,
    within=timedelta(hours=24),
    source="Amazon DynamoDB Developer Guide, Service quotas: four a day at any time, one an hour after these",
)
TABLE_CLASS: Final = Wait(
    of="table class",
    times=2,
    within=timedelta(days=30),
    source="Amazon DynamoDB Developer Guide, Considerations when choosing a table class",
)
TTL: Final = Wait(
    of="time to live",
    times=1,
    within=timedelta(hours=1),
    source="DynamoDB API Reference, UpdateTimeToLive: up to an hour until another call for the table is accepted",
)
IO_OPTIMIZED: Final = Wait(
    of="I/O-Optimized",
    times=1,
    within=timedelta(days=30),
    source="Amazon Aurora User Guide, Storage configurations: once every 30 days to I/O-Optimized, back at any time",
)

# How much

GP3_SPLIT_GIB: Final = 400
"""From this size on PostgreSQL may set IOPS and throughput of gp3. Amazon RDS User Guide, gp3 storage; #28271."""
ATLAS_MAJOR_STEP: Final = 1
"""Major versions that Atlas moves a cluster at a time. MongoDB Atlas, Upgrade major MongoDB version for a cluster."""
TLS_IN_PLACE: Final = (7, 0, 5)
"""From this version on TLS is switched in place. Amazon ElastiCache User Guide, Enabling in-transit encryption."""

# How long: seconds

FAILOVER: Final = Outage(low=60, high=120)
"""Amazon RDS User Guide, Multi-AZ DB instance deployments: failover times are typically 60-120 seconds."""
AURORA_FAILOVER: Final = Outage(low=15, high=60)
"""Amazon Aurora User Guide, Fault tolerance: with a replica typically under 60 and often under 30 seconds."""
AURORA_ALONE: Final = Outage(low=60, high=600)
"""Amazon Aurora User Guide, Fault tolerance: without a replica under 10 minutes."""
AURORA_MEMBER: Final = Outage(low=15, high=600)
"""As the two above: it depends on whether there is a replica."""
CLASS_CHANGE: Final = Outage(low=180, high=900)
"""An instance that is alone moves to another machine: minutes, AWS promises no figure. Modifying a DB instance."""
RESTART: Final = Outage(low=30, high=600)
"""A restart with crash recovery: AWS promises no figure. Amazon RDS User Guide, Rebooting a DB instance."""
MINOR_VERSION: Final = Outage(low=60, high=900)
"""Both nodes of a Multi-AZ instance at once. Amazon RDS User Guide, Upgrading the PostgreSQL DB engine."""
MAJOR_VERSION: Final = Outage(low=600, high=3600)
"""Ten minutes and more, with the size of the catalogue. Amazon RDS User Guide, Upgrading the PostgreSQL DB engine."""
PROMOTION: Final = Outage(low=60, high=900)
"""The copy restarts before it takes writes. Amazon RDS User Guide, Promoting a read replica."""
NODE_SWAP: Final = Outage(low=1, high=60)
"""Amazon ElastiCache User Guide, Online vertical scaling: the last of the synchronisation, a few seconds."""
ELECTION: Final = Outage(low=0, high=12)
"""MongoDB Manual, Replica set elections: a median of up to 12 seconds with the default settings, for writes."""
TENANT_UPGRADE: Final = Outage(low=420, high=600)
"""MongoDB Atlas, Modify a cluster: from a shared tier to a dedicated one takes seven to ten minutes of downtime."""
NODE_AGAIN: Final = Outage(low=300, high=3600)
"""A replica or reader that is made anew copies first, or joins in minutes. Working with DB instance read replicas."""
