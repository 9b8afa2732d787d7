"""A Pulumi provider on gRPC for the types of one package; it knows the protocol and no type."""

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2
from pulumi.runtime.proto.plugin_pb2 import PluginInfo

from localcloud import life
from localcloud.cloud import Cloud, Memory
from localcloud.difference import Change, Difference, differ, within
from localcloud.functions import FUNCTIONS
from localcloud.mishaps import MISHAPS, RefusedOnceError
from localcloud.resource import ResourceType, check
from localcloud.resources import TYPES
from localcloud.wire import Props, dump, load

VERSIONS: Final[Mapping[str, str]] = {"aws": "7.51.1", "mongodbatlas": "4.18.0", "random": "4.21.4"}
"""The plugin versions that we answer for; the SDK's in requirements.lock."""

_MESSAGE_LIMIT: Final = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]
# What the official providers accept of a stack's `aws:` or `mongodbatlas:` configuration and these honour, or may
# ignore: there are no credentials to check and one account only.
_CONFIG_KEYS: Final = frozenset(
    {"region", "allowedAccountIds", "profile", "version", "pluginDownloadURL"}
    | {"accessToken", "baseUrl", "clientId", "clientSecret", "privateKey", "publicKey"}
)


class UnknownThingError(Exception):
    """The program asked for a type or function that the local cloud does not have."""


@dataclass(slots=True)
class Regions:
    """The region of each stack's provider: an attached server serves every stack of every run."""

    _of: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, urn: str, region: str) -> None:
        """Remember the region that a stack's provider was configured with."""
        with self._lock:
            self._of[_stack(urn)] = region

    def of(self, urn: str, props: Props) -> str:
        """Give the region of a resource: its own, or its stack's."""
        return props.get("region") or self._of[_stack(urn)]


def _stack(urn: str) -> str:
    """`urn:pulumi:STACK::PROJECT::TYPE::NAME` -> stack and project."""
    return "::".join(urn.split("::")[:2])


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _explained(rpc: Callable[..., Any]) -> Callable[..., Any]:
    """Answer failures with a status that says what happened: FAILED_PRECONDITION means that nothing changed."""

    @wraps(rpc)
    def answer(self: "Provider", request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return rpc(self, request, context)
        except UnknownThingError as error:
            context.abort(grpc.StatusCode.NOT_FOUND, f"local cloud: {error}")
        except (life.FailedError, RefusedOnceError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"local cloud: {error}")
        except life.HalfMadeError as error:
            _abort_half_made(context, error)

    return answer


def _abort_half_made(context: grpc.ServicerContext, error: life.HalfMadeError) -> NoReturn:
    """Tell the engine to keep the resource in the state and to mend it in the next run."""
    detail = pb.ErrorResourceInitFailed(id=error.id, properties=dump(error.outputs), reasons=[str(error)])
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(error))


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the types of one package to every stack of every run, until the daemon ends."""

    def __init__(self, package: str, endpoint: str, memory: Memory) -> None:
        self._package, self._endpoint, self._memory = package, endpoint, memory
        self._regions = Regions()

    def _cloud(self, kind: ResourceType, request: Any, props: Props) -> Cloud:
        # What Atlas calls a region is a property of its own resources, and no place to ask AWS in.
        return self._in_region(self._regions.of(request.urn, {} if kind.global_ else props))

    def _in_region(self, region: str) -> Cloud:
        return Cloud(endpoint=self._endpoint, region=region, memory=self._memory)

    def _kind(self, urn: str) -> ResourceType:
        type_ = _type(urn)
        if type_ not in TYPES:
            raise UnknownThingError(f"the type {type_} is not imitated; `datastores local status` lists what is")
        return TYPES[type_]

    # The life of the provider.

    def Handshake(self, request: Any, context: Any) -> pb.ProviderHandshakeResponse:
        """Accept nothing special: the engine then sends plain values, and marks the secrets again by itself."""
        return pb.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Empty:
        """Serve a run that found this provider through PULUMI_DEBUG_PROVIDERS."""
        return Empty()

    def Cancel(self, request: Any, context: Any) -> Empty:
        """Go on: this comes at the end of every run, and other runs may be under way."""
        return Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> PluginInfo:
        """Answer for the version that the SDK asks for."""
        return PluginInfo(version=VERSIONS[self._package])

    def GetSchema(self, request: Any, context: Any) -> pb.GetSchemaResponse:
        """Describe the types just well enough for `pulumi import` to write code."""
        return pb.GetSchemaResponse(schema=json.dumps(schema(self._package)))

    def CheckConfig(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        """Refuse explicit providers and settings that would be ignored."""
        news = load(request.news)
        failures = [
            pb.CheckFailure(property=key, reason=f"the local cloud does not know the provider setting {key}")
            for key in sorted(news.keys() - _CONFIG_KEYS)
        ]
        if not _name(request.urn).startswith("default"):
            reason = "the local cloud serves default providers only: give a resource a region by its input `region`"
            failures.append(pb.CheckFailure(reason=reason))
        return pb.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: Any) -> pb.DiffResponse:
        """Say that nothing changed: a replaced provider would replace every resource."""
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)

    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> pb.ConfigureResponse:
        """Keep the stack's region."""
        region = load(request.args).get("region", "")
        if self._package == "aws" and not region:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "aws:region is not set in the stack's configuration")
        self._regions.keep(request.urn, region)
        return pb.ConfigureResponse(supportsPreview=True)

    # The life of a resource.

    @_explained
    def Check(self, request: pb.CheckRequest, context: Any) -> pb.CheckResponse:
        """Complete and judge the inputs."""
        kind = self._kind(request.urn)
        inputs, failures = check(kind, _name(request.urn), load(request.olds), load(request.news), request.randomSeed)
        said = [pb.CheckFailure(property=one.property, reason=f"local cloud: {one.reason}") for one in failures]
        return pb.CheckResponse(inputs=dump(inputs), failures=said)

    @_explained
    def Diff(self, request: pb.DiffRequest, context: Any) -> pb.DiffResponse:
        """Compare old and new inputs."""
        kind, news = self._kind(request.urn), load(request.news)
        return _response(kind, differ(kind, _before(kind, request, news), news, request.ignoreChanges))

    @_explained
    def Create(self, request: pb.CreateRequest, context: Any) -> pb.CreateResponse:
        """Make a resource, or say in a preview what is known of it."""
        kind, inputs = self._kind(request.urn), load(request.properties)
        if request.preview:
            return pb.CreateResponse(properties=dump(life.planned(kind, inputs)))
        name = _name(request.urn)
        with MISHAPS.around(name, "create"):
            id_, outputs = life.create(kind, self._cloud(kind, request, inputs), inputs, name)
        return pb.CreateResponse(id=id_, properties=dump(outputs))

    @_explained
    def Read(self, request: pb.ReadRequest, context: Any) -> pb.ReadResponse:
        """Look at a resource for a refresh, an import or a `get`."""
        kind, inputs, state = self._kind(request.urn), load(request.inputs), load(request.properties)
        found = life.read(kind, self._cloud(kind, request, inputs or state), request.id, inputs, state)
        if found is None:
            return pb.ReadResponse()
        return pb.ReadResponse(id=found.id, properties=dump(found.outputs), inputs=dump(found.inputs))

    @_explained
    def Update(self, request: pb.UpdateRequest, context: Any) -> pb.UpdateResponse:
        """Change a resource in place, or say in a preview what it would be."""
        kind, news = self._kind(request.urn), load(request.news)
        if request.preview:
            return pb.UpdateResponse(properties=dump(life.planned(kind, news, load(request.olds))))
        with MISHAPS.around(_name(request.urn), "update"):
            outputs = life.update(
                kind, self._cloud(kind, request, news), request.id, _before(kind, request, news), news
            )
        return pb.UpdateResponse(properties=dump(outputs))

    @_explained
    def Delete(self, request: pb.DeleteRequest, context: Any) -> Empty:
        """Delete a resource."""
        kind, state = self._kind(request.urn), load(request.properties)
        with MISHAPS.around(_name(request.urn), "delete"):
            life.delete(kind, self._cloud(kind, request, state), request.id, state)
        return Empty()

    @_explained
    def Invoke(self, request: pb.InvokeRequest, context: Any) -> pb.InvokeResponse:
        """Answer a data source."""
        args = load(request.args)
        if request.tok not in FUNCTIONS:
            raise UnknownThingError(
                f"the function {request.tok} is not imitated; it has {', '.join(sorted(FUNCTIONS))}"
            )
        function = FUNCTIONS[request.tok]
        if unknown := sorted(args.keys() - function.arguments):
            raise UnknownThingError(f"{request.tok} has no argument {', '.join(unknown)} in the local cloud")
        # An invoke does not say which stack it is for, so the region must be among its arguments.
        if "region" in function.arguments and "region" not in args:
            raise UnknownThingError(f"{request.tok} needs the argument region in the local cloud")
        answer = dump(function.answer(self._in_region(args.get("region", "")), args))
        said: dict[str, Any] = {"return": answer}  # a word of Python's own
        return pb.InvokeResponse(**said)


def _before(kind: ResourceType, request: Any, news: Props) -> Props:
    """Give the old inputs; what the program says for the first time counts as the state already has it."""
    state, said = load(request.olds), load(request.old_inputs)
    if kind.judged_by_state:
        kept = kind.write_only | kind.steering
        said = {**said, **{key: _then(kind, key, said, state) for key in said.keys() & state.keys() - kept}}
    return {**{key: _then(kind, key, news, state) for key in news.keys() & state.keys()}, **said}


def _then(kind: ResourceType, key: str, said: Props, state: Props) -> Any:
    """Give what the state has of an input, where it can be compared with what a program says."""
    return within(said[key], state[key]) if key in kind.told else state[key]


def _response(kind: ResourceType, difference: Difference) -> pb.DiffResponse:
    def detail(change: Change) -> pb.PropertyDiff:
        name = f"{change.kind}_REPLACE" if change.replaces else str(change.kind)
        return pb.PropertyDiff(kind=pb.PropertyDiff.Kind.Value(name), inputDiff=True)

    some = bool(difference.changes)
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if some else pb.DiffResponse.DIFF_NONE,
        diffs=sorted({change.property for change in difference.changes}),
        replaces=difference.replaces,
        detailedDiff={change.path: detail(change) for change in difference.changes},
        hasDetailedDiff=True,
        stables=[] if difference.replaces else sorted(kind.outputs & {"arn"}),
        deleteBeforeReplace=difference.delete_first,
    )


def schema(package: str) -> dict[str, Any]:
    """Give a Pulumi schema of the types of *package*: names of inputs, any type, and what is required."""
    anything = {"$ref": "pulumi.json#/Any"}
    return {
        "name": package,
        "version": VERSIONS[package],
        "resources": {
            kind.type: {
                "inputProperties": dict.fromkeys(sorted(kind.known), anything),
                "requiredInputs": sorted(kind.required),
                "properties": dict.fromkeys(sorted(kind.known | kind.outputs), anything),
            }
            for kind in TYPES.values()
            if kind.package == package
        },
    }


def serve(package: str, endpoint: str, memory: Memory | None = None) -> tuple[grpc.Server, int]:
    """Serve one of the packages of VERSIONS against moto at *endpoint*; give the started server and its port."""
    server = grpc.server(ThreadPoolExecutor(32, thread_name_prefix=package), options=_MESSAGE_LIMIT)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(package, endpoint, memory or Memory()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def summary() -> list[dict[str, Any]]:
    """Say of each type what is imitated, what is only remembered, and what a user gets on AWS only."""
    return [
        {
            "type": kind.type,
            "imitated": sorted(kind.applied),
            "remembered": sorted(kind.remembered),
            "steering": sorted(kind.steering | kind.write_only),
            "notImitated": kind.not_imitated,
        }
        for _, kind in sorted(TYPES.items())
    ]
