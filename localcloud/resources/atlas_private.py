"""MongoDB Atlas: private endpoints, half of each in Atlas and half in AWS."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from localcloud.atlas.addresses import ENDPOINT, SERVICE
from localcloud.atlas.kept import Kept
from localcloud.atlas.store import STORE, new_id, refuse
from localcloud.atlas.tiers import is_region, to_atlas, to_aws
from localcloud.cloud import Cloud
from localcloud.resource import ResourceType
from localcloud.resources.ec2 import find
from localcloud.wire import Props

# Atlas' half: a service in its own account

_RANDOM: Final = 17
"""Hexadecimal digits of AWS's ids."""


def _made_service(_: Cloud, inputs: Props) -> Props:
    region = to_aws(inputs["region"])
    for other in STORE.of(ENDPOINT, inputs["projectId"]):
        if to_aws(other["region"]) == region:
            message = f"A private endpoint service already exists for region {to_atlas(region)}."
            refuse("PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION", message)
    return {
        "privateLinkId": new_id(),
        "endpointServiceName": f"com.amazonaws.vpce.{region}.vpce-svc-{(new_id() + new_id())[:_RANDOM]}",
        "regionName": to_atlas(region),
    }


def _endpoint_id(record: Props) -> str:
    return f"{record['projectId']}-{record['privateLinkId']}-{record['providerName']}-{record['region']}"


def _check_without_endpoints(_: Cloud, record: Props) -> None:
    if any(one["privateLinkId"] == record["privateLinkId"] for one in STORE.of(SERVICE, record["projectId"])):
        message = "the private endpoint service still has private endpoints; please delete them first."
        refuse("ATLAS_GENERAL_ERROR", f"Reason: {message}")


_ENDPOINTS: Final = Kept(
    kind=ENDPOINT,
    id=_endpoint_id,
    made=_made_service,
    leaving=_check_without_endpoints,
    hidden=frozenset({"deleteOnCreateTimeout"}),
)


def _read_endpoint(cloud: Cloud, id_: str) -> Props | None:
    found = _ENDPOINTS.read(cloud, id_)
    if found is None:
        return None
    services = [one for one in STORE.of(SERVICE, found["projectId"]) if one["privateLinkId"] == found["privateLinkId"]]
    return {
        **found,
        "errorMessage": "",
        "interfaceEndpoints": sorted(one["endpointServiceId"] for one in services),
        "status": "AVAILABLE" if services else "WAITING_FOR_USER",
    }


def _same_region(one: str, other: str) -> bool:
    return to_atlas(one) == to_atlas(other)


def _endpoint_rules(inputs: Props) -> Iterator[str]:
    if inputs["providerName"] != "AWS":
        yield f"providerName must be AWS in the local cloud, got {inputs['providerName']!r}"
    if not is_region(to_atlas(inputs["region"])):
        yield f"INVALID_REGION: No region {inputs['region']} exists for provider AWS."
    for one in inputs.get("supportedRemoteRegions", ()):
        if not is_region(one):
            yield f"INVALID_REGION: No region {one} exists for provider AWS."
        if one == to_atlas(inputs["region"]):
            yield f"supportedRemoteRegions must not include the endpoint's own region, got {one}"


PRIVATE_LINK_ENDPOINT: Final = ResourceType(
    type="mongodbatlas:index/privateLinkEndpoint:PrivateLinkEndpoint",
    create=_ENDPOINTS.create,
    read=_read_endpoint,
    update=_ENDPOINTS.update,
    delete=_ENDPOINTS.delete,
    applied=frozenset({"projectId", "providerName", "region", "supportedRemoteRegions"}),
    steering=frozenset({"deleteOnCreateTimeout"}),
    required=frozenset({"projectId", "providerName", "region"}),
    outputs=frozenset(
        {"endpointServiceName", "errorMessage", "interfaceEndpoints", "privateLinkId", "regionName", "status"}
    ),
    replace=frozenset({"projectId", "providerName", "region"}),
    sticky=frozenset({"deleteOnCreateTimeout"}),
    rules=(_endpoint_rules,),
    same={"region": _same_region},
    judged_by_state=True,
    global_=True,
    not_imitated="nothing listens; beside shared clusters only it is accepted, and leads nowhere; Azure and Google "
    "Cloud",
)

# The user's half: an interface endpoint in the user's VPC


def _accepted(cloud: Cloud, inputs: Props) -> Props:
    """Accept an interface endpoint, which must lead to the service that is named."""
    link = inputs["privateLinkId"]
    service = next((one for one in STORE.of(ENDPOINT, inputs["projectId"]) if one["privateLinkId"] == link), None)
    if service is None:
        refuse("ATLAS_GENERAL_ERROR", f"Reason: no private endpoint service with ID {link} exists.")
    id_ = inputs["endpointServiceId"]
    if STORE.get(SERVICE, _service_id(inputs)):
        refuse("ATLAS_GENERAL_ERROR", f"Reason: a private endpoint with ID {id_} exists already.")
    places = {to_aws(one) for one in (service["region"], *service.get("supportedRemoteRegions", ()))}
    if not any(_leads(replace(cloud, region=place), id_, service["endpointServiceName"]) for place in sorted(places)):
        message = f"{id_} is no interface endpoint to {service['endpointServiceName']} in {service['region']}"
        refuse("ATLAS_GENERAL_ERROR", f"Reason: {message}: Atlas would wait for it, and say REJECTED.")
    return {
        "endpoint": _endpoint_id(service),
        "awsConnectionStatus": "AVAILABLE",
        "deleteRequested": False,
        "errorMessage": "",
        "interfaceEndpointId": id_,
        "portMappingEnabled": False,
    }


def _leads(cloud: Cloud, id_: str, name: str) -> bool:
    """Say whether an interface endpoint in a region leads to a service."""
    found = find(cloud, "describe_vpc_endpoints", "vpc-endpoint-id", id_) if id_.startswith("vpce-") else None
    return found is not None and found["State"] != "deleted" and found["ServiceName"] == name


def _service_id(record: Props) -> str:
    return "--".join(record[key] for key in ("projectId", "privateLinkId", "endpointServiceId", "providerName"))


_SERVICES: Final = Kept(kind=SERVICE, id=_service_id, made=_accepted, hidden=frozenset({"deleteOnCreateTimeout"}))


def _read_service(cloud: Cloud, id_: str) -> Props | None:
    found: dict[str, Any] | None = _SERVICES.read(cloud, id_)
    return {key: value for key, value in found.items() if key != "endpoint"} if found else None


def _service_rules(inputs: Props) -> Iterator[str]:
    if inputs["providerName"] != "AWS":
        yield f"providerName must be AWS in the local cloud, got {inputs['providerName']!r}"


PRIVATE_LINK_ENDPOINT_SERVICE: Final = ResourceType(
    type="mongodbatlas:index/privateLinkEndpointService:PrivateLinkEndpointService",
    create=_SERVICES.create,
    read=_read_service,
    delete=_SERVICES.delete,
    applied=frozenset({"endpointServiceId", "privateLinkId", "projectId", "providerName"}),
    steering=frozenset({"deleteOnCreateTimeout"}),
    required=frozenset({"endpointServiceId", "privateLinkId", "projectId", "providerName"}),
    outputs=frozenset(
        {"awsConnectionStatus", "deleteRequested", "errorMessage", "interfaceEndpointId", "portMappingEnabled"}
    ),
    sticky=frozenset({"deleteOnCreateTimeout"}),
    rules=(_service_rules,),
    judged_by_state=True,
    global_=True,
    not_imitated="an endpoint that AWS deletes afterwards stays AVAILABLE; Azure and Google Cloud",
)

TYPES: Final = (PRIVATE_LINK_ENDPOINT, PRIVATE_LINK_ENDPOINT_SERVICE)
