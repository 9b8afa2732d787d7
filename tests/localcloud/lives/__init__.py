"""Every life: a type of the local cloud without one fails the tests."""

from itertools import chain

from tests.localcloud.lives import dynamodb, kms, random, secretsmanager

LIVES = {life.kind.type: life for life in chain(dynamodb.LIVES, kms.LIVES, random.LIVES, secretsmanager.LIVES)}
