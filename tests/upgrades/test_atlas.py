"""Atlas' Administration API, asked as it is in the cloud, of a server that is made up, and of the local cloud's."""

import json
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from upgrades.atlas import Atlas
from upgrades.stopping import StopError

KEYS = {"MONGODB_ATLAS_PUBLIC_KEY": "public", "MONGODB_ATLAS_PRIVATE_KEY": "private"}
ACCOUNT = {"MONGODB_ATLAS_CLIENT_ID": "id", "MONGODB_ATLAS_CLIENT_SECRET": "secret"}
CHALLENGE = 'Digest realm="MMS Public API", domain="", nonce="n", algorithm=MD5, qop="auth", stale=false'


@dataclass
class Server:
    """Asks for a login as Atlas does, and writes down what it was asked."""

    address: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    bodies: list[bytes] = field(default_factory=list[bytes])
    status: int = 200


@pytest.fixture
def server() -> Generator[Server]:
    seen = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            login = self.headers.get("Authorization", "")
            seen.asked.append((self.command, self.path, login))
            status = seen.status if login else 401
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", CHALLENGE)
            self.end_headers()
            answer = {"id": "1", "stateName": "IDLE", "access_token": "token", "status": "queued"}
            self.wfile.write(json.dumps(answer).encode())

        def do_POST(self) -> None:
            seen.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def do_DELETE(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  likewise
            """Say nothing."""

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    seen.address = f"http://127.0.0.1:{listening.server_port}/"
    yield seen
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_with_keys_it_logs_in_by_a_digest(server: Server):
    atlas = Atlas(environment={**KEYS, "MONGODB_ATLAS_BASE_URL": server.address})

    assert atlas.cluster("p", "c", flex=False)["stateName"] == "IDLE"

    method, path, login = server.asked[-1]
    assert (method, path) == ("GET", "/api/atlas/v2/groups/p/clusters/c")
    assert login.startswith('Digest username="public"')


def test_a_flex_cluster_is_asked_for_where_atlas_has_it(server: Server):
    Atlas(environment={**KEYS, "MONGODB_ATLAS_BASE_URL": server.address}).cluster("p", "c", flex=True)

    assert server.asked[-1][1] == "/api/atlas/v2/groups/p/flexClusters/c"


def test_a_snapshot_is_begun_and_looked_at(server: Server):
    atlas = Atlas(environment={**KEYS, "MONGODB_ATLAS_BASE_URL": server.address})

    id_ = atlas.snapshot("p", "c", "before-1")

    assert (id_, atlas.snapshot_status("p", "c", id_)) == ("1", "queued")
    assert [one[:2] for one in server.asked if one[2]] == [
        ("POST", "/api/atlas/v2/groups/p/clusters/c/backup/snapshots"),
        ("GET", "/api/atlas/v2/groups/p/clusters/c/backup/snapshots/1"),
    ]


def test_a_restore_writes_a_cluster_as_it_was_at_a_second_over_another_one_of_its_project(server: Server):
    atlas = Atlas(environment={**KEYS, "MONGODB_ATLAS_BASE_URL": server.address})

    job = atlas.restore("p", "c", 1_700_000_000, target="copy")

    assert job == "1"
    assert server.asked[-1][:2] == ("POST", "/api/atlas/v2/groups/p/clusters/c/backup/restoreJobs")
    assert json.loads(server.bodies[-1]) == {
        "deliveryType": "pointInTime",
        "pointInTimeUTCSeconds": 1_700_000_000,
        "targetClusterName": "copy",
        "targetGroupId": "p",
    }


def test_a_cluster_goes_with_its_backups(server: Server):
    Atlas(environment={**KEYS, "MONGODB_ATLAS_BASE_URL": server.address}).delete("p", "copy")

    assert server.asked[-1][:2] == ("DELETE", "/api/atlas/v2/groups/p/clusters/copy?retainBackups=false")


@pytest.mark.parametrize(("sharded", "place"), [(False, "snapshots"), (True, "snapshots/shardedClusters")])
def test_snapshots_of_all_shards_are_asked_for_where_atlas_has_them(server: Server, place: str, *, sharded: bool):
    Atlas(environment={**KEYS, "MONGODB_ATLAS_BASE_URL": server.address}).snapshots("p", "c", sharded=sharded)

    assert server.asked[-1][1] == f"/api/atlas/v2/groups/p/clusters/c/backup/{place}?itemsPerPage=500"


def test_what_atlas_does_not_have_is_told(server: Server):
    server.status = 404

    with pytest.raises(StopError, match="Atlas has no /groups/p/clusters/c: restore it from a backup"):
        Atlas(environment={**KEYS, "MONGODB_ATLAS_BASE_URL": server.address}).cluster("p", "c", flex=False)


def test_without_keys_it_says_which_to_set():
    with pytest.raises(StopError, match="set MONGODB_ATLAS_PUBLIC_KEY and MONGODB_ATLAS_PRIVATE_KEY, or"):
        Atlas(environment={}).cluster("p", "c", flex=False)


def test_a_service_account_gets_a_token_first(server: Server):
    atlas = Atlas(environment={**ACCOUNT, "MONGODB_ATLAS_BASE_URL": server.address.replace("127.0.0.1", "localhost")})

    atlas.cluster("p", "c", flex=False)

    assert [(path, login) for _, path, login in server.asked] == [
        ("/api/oauth/token", "Basic aWQ6c2VjcmV0"),
        ("/api/atlas/v2/groups/p/clusters/c", "Bearer token"),
    ]
