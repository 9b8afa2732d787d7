# ruff: noqa: INP001  scripts are run by their path
"""
What the policy pack costs on the real engine: a preview of many cheap resources with it and without, in turns.

A program that only makes resources stands in for the project's, on a local cloud of its own. Exit code 1 where the
preview with the pack takes more than the bound.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from rounds import interleaved, machine, table, timed

from localcloud import control, record
from localcloud.environment import local_mode
from localcloud.paths import CODE, Paths, here

BAD_SETUP: Final = 2
BOUND: Final = 1.3
STACK: Final = "clubapp-prod"
WITHOUT, WITH = "preview without the pack", "preview with the pack"
_FOLDERS: Final = ("cli", "components", "localcloud", "policies", "sizes", "stacks", "upgrades")

_PROGRAM: Final = '''
"""Many cheap resources of the types that stacks are made of."""

import json

import pulumi
import pulumi_aws as aws

TAGS = dict.fromkeys(("application", "environment", "phase", "owner", "costCentre", "dataClass"), "made")
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"
OPEN = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [OPEN]})
PROTECTED = pulumi.ResourceOptions(protect=True)
KINDS = (
    lambda name: aws.cloudwatch.LogGroup(name, kms_key_id=KEY, retention_in_days=365, tags=TAGS, opts=PROTECTED),
    lambda name: aws.dynamodb.Table(
        name,
        attributes=[{"name": "pk", "type": "S"}],
        billing_mode="PAY_PER_REQUEST",
        deletion_protection_enabled=True,
        hash_key="pk",
        point_in_time_recovery={"enabled": True},
        server_side_encryption={"enabled": True, "kms_key_arn": KEY},
        tags=TAGS,
        opts=PROTECTED,
    ),
    lambda name: aws.kms.Key(
        name,
        description=name,
        deletion_window_in_days=30,
        enable_key_rotation=True,
        policy=POLICY,
        tags=TAGS,
        opts=PROTECTED,
    ),
    lambda name: aws.elasticache.ParameterGroup(name, description=name, family="valkey8", tags=TAGS),
    lambda name: aws.ec2.Subnet(
        name, vpc_id="vpc-1", cidr_block="10.0.0.0/24", availability_zone="eu-central-1a", tags=TAGS
    ),
)
for number in range(COUNT):
    KINDS[number % len(KINDS)](f"made-{number}")
'''


def project(root: Path, count: int) -> None:
    """Copy the project, with a program that makes so many resources."""
    for name in _FOLDERS:
        shutil.copytree(CODE / name, root / name)
    shutil.copy2(CODE / "Pulumi.yaml", root)
    (root / "__main__.py").write_text(_PROGRAM.replace("COUNT", str(count)), encoding="utf-8")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/policy_pack.py --rounds 5 --json",
    )
    parser.add_argument("--resources", type=int, default=1000, help="how many are previewed (default: 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is run (default: 5)")
    parser.add_argument("--quick", action="store_true", help="100 resources, one round, and no bound")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    count, rounds = (100, 1) if options.quick else (options.resources, options.rounds)
    if not here().pulumi.exists():
        sys.stderr.write(f"error: there is no pulumi CLI at {here().pulumi}: get it with `make up`\n")
        return BAD_SETUP
    with tempfile.TemporaryDirectory(prefix="datastores-benchmark-") as folder:
        root = Path(folder, "project")
        root.mkdir()
        project(root, count)
        paths = Paths(root=root, local=Path(folder, ".local"))
        paths.engine.mkdir(parents=True)
        paths.pulumi.symlink_to(here().pulumi)
        control.start(paths)
        try:
            # From the project's folder: there `--policy-pack policies` is the pack.
            os.chdir(root)
            environment = local_mode(paths, record.required(paths), os.environ)
            pulumi = str(paths.bin / "pulumi")
            timed([pulumi, "stack", "init", STACK], environment)
            preview = [pulumi, "preview", "--stack", STACK]
            found = interleaved(
                {
                    WITHOUT: lambda: timed(preview, environment),
                    # What the pack finds here, missing keys and alarms, is no matter: all of it must only be told.
                    WITH: lambda: timed([*preview, "--policy-pack", "policies"], environment),
                },
                rounds,
            )
        finally:
            os.chdir(CODE)
            control.stop(paths)
    ratio = found[WITH].median / found[WITHOUT].median
    said = {
        "resources": count,
        "seconds": {name: one.plain() for name, one in found.items()},
        "ratio": round(ratio, 2),
        "bound": BOUND,
        "machine": machine(),
    }
    lines = [
        f"preview of {count} resources, medians of {rounds} rounds",
        *table(found),
        f"ratio {ratio:.2f}; at most {BOUND} is wanted",
    ]
    sys.stdout.write((json.dumps(said, indent=2) if options.json else "\n".join(lines)) + "\n")
    return int(not options.quick and ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
