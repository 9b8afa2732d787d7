"""The import file has every resource where the program expects it."""

from imports.document import import_file
from imports.expected import expected_stores
from imports.found import find
from stacks.render import render
from stacks.settings import Settings

PROJECT = "0123456789abcdef01234567"


def test_an_atlas_cluster_brings_its_project_along():
    stores = expected_stores("devora-dev", render(Settings.read("devora-dev")))
    found = find(stores["documents"], f"{PROJECT}-devora-dev-documents", "eu-central-1")

    assert found is not None
    assert [(one["type"], one["name"], one.get("id")) for one in import_file([found])["resources"]] == [
        ("datastores:components:Atlas", "documents", None),
        ("mongodbatlas:index/advancedCluster:AdvancedCluster", "documents-cluster", f"{PROJECT}-devora-dev-documents"),
        ("mongodbatlas:index/project:Project", "documents-project", PROJECT),
    ]


def test_an_atlas_id_without_a_project_is_unfit():
    stores = expected_stores("devora-dev", render(Settings.read("devora-dev")))

    found = find(stores["documents"], "devora-cluster", "eu-central-1")

    assert found is not None
    assert found.unfit == "must be <project id, 24 hexadecimal digits>-<name of the cluster>"
