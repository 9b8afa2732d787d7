"""How much may be lost, how long a return may take, and the backups that keep it: one row a phase."""

from dataclasses import dataclass
from typing import Final

from sizes.limits import refuse, within
from sizes.load import at_least

# AWS Backup Developer Guide, "Quotas": a recovery point is kept 1 day to 100 years.
MAX_DAYS: Final = 36_500


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """What a growth phase promises about coming back, and the backups beside point-in-time recovery."""

    rpo_minutes: int
    """Minutes of writes that may be lost at most (recovery point objective)."""
    rto_minutes: int
    """Minutes until the restored store answers at most (recovery time objective)."""
    daily_days: int
    """Days that a daily backup is kept."""
    weekly_days: int
    """Days that a weekly backup is kept; 0: none is made."""
    monthly_days: int
    """Days that a monthly backup is kept; 0: none is made."""
    dr_days: int
    """Days that the copies of daily backups are kept in the DR region; 0: none is made."""
    drill_days: int
    """Days for which a drill that passed shows that the stores come back (`datastores drill`)."""
    test_every_days: int
    """Days between two tests that restore the newest backup (AWS Backup restore testing); 0: none is planned."""

    def __post_init__(self) -> None:
        """Reject what AWS Backup would reject, with all that is wrong at once."""
        refuse(
            (
                at_least("rpo_minutes", self.rpo_minutes, 1),
                at_least("rto_minutes", self.rto_minutes, 1),
                within("daily_days", self.daily_days, 1, MAX_DAYS),
                within("weekly_days", self.weekly_days, 0, MAX_DAYS),
                within("monthly_days", self.monthly_days, 0, MAX_DAYS),
                within("dr_days", self.dr_days, 0, MAX_DAYS),
                within("drill_days", self.drill_days, 1, 366),
                within("test_every_days", self.test_every_days, 0, 366),
            )
        )
