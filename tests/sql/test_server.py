"""Connections: TLS, the server's name verified, and plain words for what goes wrong."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sql.errors import BootstrapError
from tests.sql.certificates import authority
from tests.sql.installation import debian
from tests.sql.running import ADMINISTRATOR, HOST, Running, running

pytestmark = pytest.mark.xdist_group("sql-bootstrap")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(debian, "heka") as found:
        yield found


def test_a_connection_is_encrypted(server: Running):
    with server.connect(*ADMINISTRATOR) as connection:
        row = connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()

    assert row == (True,)


def refusal(
    server: Running, *, password: str = ADMINISTRATOR[1], user: str = ADMINISTRATOR[0], **changes: object
) -> str:
    with pytest.raises(BootstrapError) as refused:  # each test compares the message
        replace(server.server, **changes).connect(user, password)
    return str(refused.value)


def test_another_name_than_the_certificates_is_refused(server: Running):
    said = refusal(server, host="other.example.rds.amazonaws.com")

    assert said.startswith(
        "the server's certificate is not made out to other.example.rds.amazonaws.com: --host must be"
    )
    assert f'server certificate for "{HOST}" does not match host name' in said


def test_a_certificate_that_a_stranger_has_signed_is_refused(server: Running, tmp_path: Path):
    authority(tmp_path, HOST, "a stranger")

    said = refusal(server, root_certificate=tmp_path / "ca.pem")

    assert f"is signed by nobody in {tmp_path / 'ca.pem'}" in said
    assert "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem" in said


def test_a_root_certificate_that_is_none_is_refused(server: Running, tmp_path: Path):
    file = tmp_path / "ca.pem"
    file.write_text("no certificate", encoding="utf-8")

    assert f"{file} holds no certificates in PEM form" in refusal(server, root_certificate=file)


def test_a_login_that_is_refused_is_said(server: Running):
    said = refusal(server, user="nobody")

    assert said.startswith("the server refuses the login nobody: its password is not that of the connection secret")


def test_a_server_that_is_not_there_is_said(server: Running):
    said = refusal(server, port=1)

    assert said.startswith(f"the server {HOST} cannot be reached at 127.0.0.1:1: run this inside the VPC")
