"""The whole message for every way to get a stack file wrong."""

import pytest

from tests.stacks.written import RIGHT, SECRET, TAG, Lines, changed

KEYS = (
    "phase, choices, hop, restores, rotations, rotation, network, drNetwork, drRegion, owner, costCentre, alarmEmail, "
    "monthlyBudget, officeHours, dns, sizes, unlock, irreversible, atlas"
)
STORES = "main, presence, venue-counts, devices, idempotency, cache"
USD = "a positive amount of USD with at most 2 decimals, such as 60 or 59.90"
REQUIRED = (
    "aws:region is required: a region of AWS, such as eu-central-1",
    "datastores:phase is required: one of mvp, growth, scale, enterprise",
    "datastores:drRegion is required: a region of AWS, such as eu-central-1",
    f"datastores:owner is required: {TAG}",
    f"datastores:costCentre is required: {TAG}",
)


BROKEN_LINES = [
    # phase
    (
        "datastores:phase: grwth",
        ["datastores:phase must be one of mvp, growth, scale, enterprise, got 'grwth': did you mean 'growth'?"],
    ),
    ("datastores:phase: [mvp]", ["datastores:phase must be one of mvp, growth, scale, enterprise, got a list"]),
    ("datastores:phase: true", ["datastores:phase must be one of mvp, growth, scale, enterprise, got 'true'"]),
    ("datastores:phase: ~", ["datastores:phase must be one of mvp, growth, scale, enterprise, got nothing"]),
    (
        "datastores:phase: MVP",
        ["datastores:phase must be one of mvp, growth, scale, enterprise, got 'MVP': did you mean 'mvp'?"],
    ),
    # keys and namespaces
    ("datastores:pahse: mvp", ["datastores:pahse is not a key: did you mean 'phase'?"]),
    ("datastores:cost_center: x", ["datastores:cost_center is not a key: did you mean 'costCentre'?"]),
    ("datastores:xyzzy: 1", [f"datastores:xyzzy is not a key: allowed are {KEYS}"]),
    ("datastore:phase: mvp", ["datastore:phase is not a key: did you mean 'datastores:phase'?"]),
    ("other:thing: 1", ["other:thing is not a key: settings are datastores:…, aws:… or pulumi:…"]),
    ("a:b:c: 1", ["a:b:c is not a key: settings are datastores:…, aws:… or pulumi:…"]),
    (
        "aws:defaultTags: {tags: {a: b}}",
        ["aws:defaultTags is not an accepted key: allowed are region, allowedAccountIds, profile, assumeRoles"],
    ),
    ("aws:regoin: eu-west-1", ["aws:regoin is not an accepted key: did you mean 'region'?"]),
    ("phase: mvp", ["datastores:phase is written twice, here as 'phase': leave one out"]),
    # secrets
    ("datastores:owner: {secure: AAAB}", [f"datastores:owner {SECRET}"]),
    ("datastores:network: {vpcId: {secure: AAAB}}", [f"datastores:network {SECRET}"]),
    ("datastores:unlock: [{secure: AAAB}]", [f"datastores:unlock {SECRET}"]),
    # texts and figures
    ("datastores:owner: [clubapp-team]", [f"datastores:owner must be {TAG}, got a list"]),
    ("datastores:owner: 'a#b'", [f"datastores:owner must be {TAG}, got 'a#b'"]),
    ("datastores:alarmEmail: me", ["datastores:alarmEmail must be an e-mail address, got 'me'"]),
    ("datastores:monthlyBudget: true", [f"datastores:monthlyBudget must be {USD}, got 'true'"]),
    ("datastores:monthlyBudget: 0", [f"datastores:monthlyBudget must be {USD}, got '0'"]),
    ("datastores:monthlyBudget: 1.505", [f"datastores:monthlyBudget must be {USD}, got '1.505'"]),
    ("datastores:monthlyBudget: $60", [f"datastores:monthlyBudget must be {USD}, got '$60'"]),
    # regions and accounts
    (
        "aws:region: eu-centrl-1",
        ["aws:region must be a region of AWS, such as eu-central-1, got 'eu-centrl-1': did you mean 'eu-central-1'?"],
    ),
    (
        "datastores:drRegion: eu-central-1",
        ["datastores:drRegion must differ from aws:region, got 'eu-central-1' for both"],
    ),
    (
        "datastores:drRegion: us-gov-west-1",
        [
            (
                "datastores:drRegion must be in the partition of aws:region, aws (nothing is copied between "
                "partitions), got 'us-gov-west-1' of aws-us-gov"
            )
        ],
    ),
    (
        'aws:allowedAccountIds: [123456789012, "12"]',
        [
            "aws:allowedAccountIds[0] must be 12 digits in quotes, got 123456789012",
            "aws:allowedAccountIds[1] must be 12 digits in quotes, got '12'",
        ],
    ),
    ("aws:allowedAccountIds: []", ["aws:allowedAccountIds must be a list of 1 or more AWS account ids, got 0"]),
    (
        "aws:assumeRoles: [{roleArn: deploy}]",
        [
            (
                "aws:assumeRoles[0].roleArn must be the ARN of a role, such as arn:aws:iam::123456789012:role/deploy, "
                "got 'deploy'"
            )
        ],
    ),
    # network
    (
        "datastores:network: {vpcId: vpc-1, subnetId: [a], clientSecurityGroupId: 5}",
        [
            "datastores:network.vpcId must be an id such as vpc-0a1b2c3d4e5f60718, got 'vpc-1'",
            "datastores:network.subnetId is not a key: did you mean 'subnetIds'?",
            "datastores:network.clientSecurityGroupId must be an id such as sg-0a1b2c3d4e5f60718, got 5",
            "datastores:network.subnetIds is required: a list of subnets",
        ],
    ),
    (
        "datastores:network: {vpcId: vpc-12345678, subnetIds: [subnet-12345678], clientSecurityGroupId: sg-12345678}",
        ["datastores:network.subnetIds must be a list of 2 or more subnets, got 1"],
    ),
    (
        "datastores:network: vpc-12345678",
        ["datastores:network must be a mapping of vpcId, subnetIds, clientSecurityGroupId, got 'vpc-12345678'"],
    ),
    # sizes
    (
        "datastores:sizes: {presense: {backupDays: 0}}",
        ["datastores:sizes.presense is not a store of clubapp: did you mean 'presence'?"],
    ),
    ("datastores:sizes: [presence]", [f"datastores:sizes must be a mapping of {STORES}, got a list"]),
    (
        "datastores:sizes: {presence: {backupDay: 0}}",
        ["datastores:sizes.presence.backupDay is not a field of a table size: did you mean 'backupDays'?"],
    ),
    (
        "datastores:sizes: {presence: {backupDays: true}}",
        ["datastores:sizes.presence.backupDays must be a whole number, got true"],
    ),
    (
        "datastores:sizes: {presence: {backupDays: 99}}",
        ["datastores:sizes.presence.backupDays must be between 0 and 35, got 99"],
    ),
    (
        "datastores:sizes: {presence: {billing: {maxReadUnit: 1, maxWriteUnits: 0.5}}}",
        [
            "datastores:sizes.presence.billing.maxReadUnit is not a key: did you mean 'maxReadUnits'?",
            "datastores:sizes.presence.billing.maxWriteUnits must be a whole number, got 0.5",
        ],
    ),
    (
        "datastores:sizes: {presence: {billing: {maxReadUnits: 0}}}",
        ["datastores:sizes.presence.billing.maxReadUnits must be between 1 and 39999, got 0"],
    ),
    (
        "datastores:sizes: {main: {instanceClass: db.t4g.mikro}}",
        [
            (
                "datastores:sizes.main.instanceClass must be one RDS has for PostgreSQL "
                "(db.t4g.micro … db.r8g.16xlarge), got 'db.t4g.mikro': did you mean 'db.t4g.micro'?"
            )
        ],
    ),
    (
        "datastores:sizes: {main: {replicas: [ap], storageGib: 50, maxStorageGib: 40, multiAz: 1}}",
        [
            (
                "datastores:sizes.main.replicas[0] must be one of api, analytics, monitoring, got 'ap': "
                "did you mean 'api'?"
            ),
            "datastores:sizes.main.maxStorageGib must be between 55 (10 % above storageGib) and 65536, got 40",
            "datastores:sizes.main.multiAz must be true or false, got 1",
        ],
    ),
    (
        "datastores:sizes: {cache: {shards: 2}}",
        ["datastores:sizes.cache is refused: 2 shards need clusterMode enabled, got disabled"],
    ),
    (
        "datastores:sizes: {cache: {clusterMode: enable}}",
        [
            (
                "datastores:sizes.cache.clusterMode must be one of disabled, compatible, enabled, got 'enable': "
                "did you mean 'enabled'?"
            )
        ],
    ),
    # hop
    (
        "datastores:hop: {to: grow, step: 0, sizes: {cache: {nodeType: cache.t4g.small, shards: 1}, disk: {}}}",
        [
            "datastores:hop.to must be one of mvp, growth, scale, enterprise, got 'grow': did you mean 'growth'?",
            "datastores:hop.step must be a whole number from 1 on, got 0",
            "datastores:hop.sizes.cache.clusterMode is required: one of disabled, compatible, enabled",
            "datastores:hop.sizes.cache.replicasPerShard is required: a whole number",
            "datastores:hop.sizes.cache.snapshotDays is required: a whole number",
            f"datastores:hop.sizes.disk is not a store of clubapp: allowed are {STORES}",
        ],
    ),
    (
        "datastores:hop: {to: growth, step: true}",
        [
            "datastores:hop.step must be a whole number from 1 on, got true",
            "datastores:hop.sizes is required: full rows of the stores that differ from the phase's row",
        ],
    ),
    # what this application has not
    ("datastores:choices: {databases: both}", ["datastores:choices.databases is not a choice: clubapp has none"]),
    ("datastores:atlas: {organisation: x}", ["datastores:atlas is refused: clubapp has no store on Atlas"]),
    (
        "datastores:irreversible: [vault-lock, atlas-complianse]",
        [
            "datastores:irreversible[0] 'vault-lock' is refused: the vaults of dev have no lock",
            (
                "datastores:irreversible[1] must be one of vault-lock, atlas-compliance, got 'atlas-complianse': "
                "did you mean 'atlas-compliance'?"
            ),
        ],
    ),
    # unlock
    (
        "datastores:unlock: [cach, 5]",
        [
            "datastores:unlock[0] must be a store of clubapp, got 'cach': did you mean 'cache'?",
            "datastores:unlock[1] must be the name of a store, got 5",
        ],
    ),
    ("datastores:unlock: cache", ["datastores:unlock must be a list of stores, got 'cache'"]),
    ("datastores:unlock: [cache, cache]", ["datastores:unlock must name each of its stores once, got cache, cache"]),
]

BROKEN_FILES = [
    ("", [*REQUIRED]),
    ("config:\n", [*REQUIRED]),
    ("config: {", ["is not YAML: line 1, column 10: expected the node content, but found '<stream end>'"]),
    (
        "config:\n\tphase: mvp\n",
        ["is not YAML: line 2, column 1: found character '\\t' that cannot start any token"],
    ),
    ("config: \x07", ["is not YAML: line 1, column 9: '\\x07' must not stand in a file"]),
    (RIGHT + "  datastores:phase: mvp\n", ["is not YAML: line 7, column 3: datastores:phase is written twice"]),
    (
        RIGHT + "  datastores:sizes: {main: {backupDays: 1, backupDays: 2}}\n",
        ["is not YAML: line 7, column 44: backupDays is written twice"],
    ),
    (
        RIGHT + "  datastores:monthlyBudget: .inf\n",
        ["is not YAML: line 7, column 29: .inf is no number that a setting can have"],
    ),
    (
        RIGHT + "  datastores:owner2: !secret x\n",
        ["is not YAML: line 7, column 22: the tag of 'x' is not accepted: leave it out"],
    ),
    (
        "a: 1\n---\nb: 2\n",
        ["is not YAML: line 2, column 1: expected a single document in the stream, but found another document"],
    ),
    ("config: &all {a: *all}\n", ["is not YAML: line 1, column 9: an alias must not hold itself"]),
    ("- config\n", ["the file must be a mapping with the key config, got a list"]),
    ("config: 5\n", ["config must be a mapping of settings, got 5"]),
    (
        "confg:\n  datastores:phase: mvp\n",
        ["confg is not a key of a stack file: did you mean 'config'?"],
    ),
    (
        RIGHT + "enviroment: []\n",
        ["enviroment is not a key of a stack file: allowed are config, encryptionsalt, encryptedkey, secretsprovider"],
    ),
]


@pytest.mark.parametrize(("line", "expected"), BROKEN_LINES, ids=[line for line, _ in BROKEN_LINES])
def test_a_broken_setting_is_answered_with_what_is_allowed(mistakes: Lines, line: str, expected: list[str]):
    assert mistakes(changed(line)) == expected


@pytest.mark.parametrize(("text", "expected"), BROKEN_FILES, ids=range(len(BROKEN_FILES)))
def test_a_broken_file_is_answered_with_its_place(mistakes: Lines, text: str, expected: list[str]):
    assert mistakes(text) == expected
