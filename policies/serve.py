"""The analyzer protocol: read a resource once, ask only the controls of its type. Knows no control of its own."""

# ruff: noqa: N802, ARG002  names and arguments are the protocol's

import gc
import os
import signal
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any, Final

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from policies.control import Control, Level, Scope
from policies.exemptions import CONTROLS as ABOUT_EXEMPTIONS
from policies.exemptions import LEVELS as OWN_LEVELS
from policies.exemptions import Exemption, Ledger
from policies.facts import facts_of, remedy_of
from policies.frameworks import References
from policies.levels import Place, place_of, settings_of
from policies.plain import account_allowed
from policies.reading import reference_to
from policies.remedies import laid_in
from policies.stack import Stack
from policies.values import Resource
from policies.verdict import Finding, Verdict, findings_of
from policies.wire import dependencies_of, from_wire, in_stack, settings_from_wire

_TO_WIRE: Final = {Level.OFF: pb.DISABLED, Level.ADVISORY: pb.ADVISORY, Level.MANDATORY: pb.MANDATORY}
# What is left after a remedy stops the deployment, as the engine has it too.
_FROM_WIRE: Final = {**{wire: level for level, wire in _TO_WIRE.items()}, pb.REMEDIATE: Level.MANDATORY}
_SHOWN: Final = 5
"""How many resources the summary of a control names."""
_WATCH_SECONDS: Final = 1.0
_MESSAGE_BYTES: Final = 400 << 20
"""What the engine's own servers accept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """What a pack says of itself."""

    name: str
    version: str
    controls: Sequence[Control]
    frameworks: References
    level_of: Callable[[Control, Place], Level]
    exemptions: Sequence[Exemption] = ()
    today: date = field(default_factory=lambda: datetime.now(tz=UTC).date())


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers the engine's questions; one pack serves one run."""

    def __init__(self, described: Described) -> None:
        self._about = described
        self._controls = {control.slug: control for control in (*described.controls, *ABOUT_EXEMPTIONS)}
        self._pending: dict[tuple[str, str], pb.AnalyzeRequest] = {}
        # By URN, until the stack's request, which is as big: it shows outputs, and what the program says is judged.
        self._inputs: dict[str, pb.AnalyzeRequest] = {}
        self._facts = facts_of("", {})
        self._set_place(place_of("", {}))
        self._stack = self._account = ""
        self._ledger = self._new_ledger()

    def _new_ledger(self) -> Ledger:
        return Ledger(self._about.exemptions, stack=self._stack, today=self._about.today)

    def _set_place(self, place: Place) -> None:
        self._doubt, self._leaving = place.doubt, place.leaving
        table = {control.slug: self._about.level_of(control, place) for control in self._about.controls}
        self._by_table = {**table, **OWN_LEVELS}
        self._settings = {slug: settings_of(control, place) for slug, control in self._controls.items()}
        self._remedied: set[str] = set()
        self._set_levels(self._by_table)

    def _set_levels(self, levels: dict[str, Level]) -> None:
        """Sort the controls that are on, once after each change of levels."""
        self._levels = dict(levels)
        on = [control for slug, control in self._controls.items() if levels[slug] is not Level.OFF]
        self._of_stack = [control for control in on if control.scope is Scope.STACK]
        of_resource = [control for control in on if control.scope is Scope.RESOURCE]
        self._of_type: defaultdict[str, list[Control]] = defaultdict(list)
        for control in of_resource:
            for type_ in control.types:
                self._of_type[type_].append(control)
        # Without this the engine would count them as passed, for each resource of every other type.
        self._elsewhere = cache(partial(_elsewhere, of_resource))

    def Handshake(self, request: Any, context: Any) -> pb.AnalyzerHandshakeResponse:
        """Have nothing to negotiate."""
        return pb.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """Tell the version."""
        return plugin_pb2.PluginInfo(version=self._about.version)

    def ConfigureStack(
        self, request: pb.AnalyzerStackConfigureRequest, context: Any
    ) -> pb.AnalyzerStackConfigureResponse:
        """Learn environment and phase; the engine calls this before it asks for the levels."""
        self._set_place(place_of(request.stack, request.config))
        self._stack, self._account = request.stack, account_allowed(request.config)
        self._facts = facts_of(request.stack, request.config)
        self._ledger = self._new_ledger()
        return pb.AnalyzerStackConfigureResponse()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> pb.AnalyzerInfo:
        """Tell every control, with its level at this place: the engine gives that level back in Configure."""
        info = pb.AnalyzerInfo(name=self._about.name, version=self._about.version, supportsConfig=True)
        info.policies.extend(self._described(control) for control in self._controls.values())
        return info

    def _described(self, control: Control) -> pb.PolicyInfo:
        about = pb.PolicyInfo(
            name=control.slug,
            description=control.sentence(self._settings[control.slug]),
            remediation_steps=f"{control.fix}.",
            policy_type=pb.POLICY_TYPE_STACK if control.scope is Scope.STACK else pb.POLICY_TYPE_RESOURCE,
            enforcementLevel=_TO_WIRE[self._levels[control.slug]],
            severity=pb.PolicySeverity.ValueType(control.severity),
            tags=[control.group],
        )
        settings = self._settings[control.slug]
        about.configSchema.properties.update(
            {name: {**schema, "default": settings[name]} for name, schema in control.settings.items()}
        )
        requirements = self._about.frameworks.get(control.slug, ())
        # A policy has one framework on the wire: the first is told there, all of them as tags.
        for first in requirements[:1]:
            about.framework.name, about.framework.version = first.name, first.version
            about.framework.reference = ", ".join(first.ids)
        about.tags.extend(f"{one.key}:{id_}" for one in requirements for id_ in one.ids)
        return about

    def Configure(self, request: pb.ConfigureAnalyzerRequest, context: grpc.ServicerContext) -> Empty:
        """Take levels and settings, all or none: the engine accepts misspelt names silently, so they end here."""
        asked = {slug: config for slug, config in request.policyConfig.items() if slug != "all"}
        if wrong := sorted(self._mistakes(asked)):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "; ".join(wrong))
        for slug, config in asked.items():
            self._settings[slug].update(settings_from_wire(config.properties))
        self._remedied = {slug for slug, config in asked.items() if config.enforcementLevel == pb.REMEDIATE}
        self._set_levels(self._levels | {slug: _FROM_WIRE[config.enforcementLevel] for slug, config in asked.items()})
        return Empty()

    def _mistakes(self, asked: dict[str, pb.PolicyConfig]) -> Iterable[str]:
        for slug, config in asked.items():
            control = self._controls.get(slug)
            if not control:
                yield f"no such control: {slug}"
                continue
            if config.enforcementLevel == pb.REMEDIATE and not control.remedy:
                yield f"{slug} cannot remediate: write mandatory, advisory or disabled"
            for name in config.properties.fields:
                if name not in control.settings:
                    yield f"no such setting: {slug}.{name}, it has {', '.join(control.settings) or 'none'}"

    def Analyze(self, request: pb.AnalyzeRequest, context: Any) -> pb.AnalyzeResponse:
        """Judge one resource by its inputs."""
        self._inputs[request.urn] = request
        response = pb.AnalyzeResponse()
        response.CopyFrom(self._elsewhere(request.type))
        if controls := self._of_type.get(request.type):
            resource = from_wire(request)
            for control in controls:
                found = self._judged([resource], control)
                if any(finding.verdict is Verdict.CANNOT_TELL for finding in found):
                    self._pending[request.urn, control.slug] = request
                self._answer(response, found)
        return response

    def _judged(self, resources: Iterable[Resource], control: Control, stack: Stack | None = None) -> list[Finding]:
        return list(findings_of(control, resources, stack, self._settings[control.slug], self._leaving))

    def _answer(self, response: pb.AnalyzeResponse, found: Iterable[Finding]) -> None:
        """Add what the engine has to know of a control: what cannot be told yet neither passed nor failed."""
        reasons: dict[str, str] = {}
        for finding in found:
            match finding.verdict:
                case Verdict.VIOLATES if exempted := self._ledger.exempts(finding):
                    reasons.setdefault(finding.control.slug, f"Exempted {exempted.exemption.terms}")
                case Verdict.VIOLATES:
                    response.diagnostics.append(self._diagnostic(finding))
                case Verdict.NOT_APPLICABLE | Verdict.CANNOT_TELL:
                    reasons.setdefault(finding.control.slug, finding.message)
                case Verdict.COMPLIES:
                    pass
        for slug, reason in reasons.items():
            response.not_applicable.add(policy_name=slug, reason=reason)

    def _diagnostic(self, finding: Finding) -> pb.AnalyzeDiagnostic:
        slug, message = finding.control.slug, finding.message
        level = self._levels[slug]
        if self._doubt and level is self._by_table[slug]:
            message += f" Judged at the strictest level, because {self._doubt}."
        return self._told(finding.control, message, level, finding.urn)

    def _told(self, control: Control, message: str, level: Level, urn: str = "") -> pb.AnalyzeDiagnostic:
        return pb.AnalyzeDiagnostic(
            policyName=control.slug,
            policyPackName=self._about.name,
            policyPackVersion=self._about.version,
            description=control.sentence(self._settings[control.slug]),
            message=message,
            enforcementLevel=_TO_WIRE[level],
            severity=pb.PolicySeverity.ValueType(control.severity),
            urn=urn,
        )

    def AnalyzeStack(self, request: pb.AnalyzeStackRequest, context: Any) -> pb.AnalyzeResponse:
        """Judge relations by outputs, and once more what no single resource could tell; sum up what stays open."""
        response = pb.AnalyzeResponse()
        inputs, self._inputs = self._inputs, {}
        messages = {message.urn: message for message in request.resources}
        readers = {reference_to(urn): partial(in_stack, one, inputs.get(urn)) for urn, one in messages.items()}
        stack = Stack(readers, account=self._account)
        open_: list[Finding] = []
        for found in [*self._related(stack, response), *self._settled(messages)]:
            self._answer(response, (one for one in found if one.verdict is not Verdict.CANNOT_TELL))
            unclear = [one for one in found if one.verdict is Verdict.CANNOT_TELL]
            open_.extend(one for one in unclear if not self._ledger.exempts(one))
        response.diagnostics.extend(self._summaries(open_))
        response.diagnostics.extend(self._of_exemptions())
        return response

    def _of_exemptions(self) -> Iterable[pb.AnalyzeDiagnostic]:
        """Say once per exemption what it was used for, and what is wrong with one."""
        ledger, self._ledger = self._ledger, self._new_ledger()
        used: defaultdict[Exemption, dict[str, None]] = defaultdict(dict)  # each name once, in order
        for one in ledger.exempted:
            used[one.exemption][one.finding.name] = None
        for exemption, names in used.items():
            control = self._controls[exemption.control]
            sentence = control.sentence(self._settings[control.slug])
            what = f" [{exemption.part}]" if exemption.part else ""
            message = f"Exempted{what} for {_some(list(names))} {exemption.terms}. {sentence}"
            yield self._told(control, message, Level.ADVISORY)
        for finding in ledger.findings(slug for slug, level in self._levels.items() if level is not Level.OFF):
            level = self._levels[finding.control.slug]
            if level is not Level.OFF:
                yield self._told(finding.control, finding.message, level)

    def _related(self, stack: Stack, response: pb.AnalyzeResponse) -> Iterable[list[Finding]]:
        """Judge by resource, as what is not applicable is told by resource; what the stack lacks, once."""
        for control in self._of_stack:
            resources = [resource for type_ in control.types for resource in stack.of(type_)]
            if not resources:
                response.not_applicable.add(policy_name=control.slug, reason=f"none of {', '.join(control.types)}")
            for together in [resources] if control.on_stack else [[one] for one in resources]:
                yield self._judged(together, control, stack)

    def _settled(self, messages: dict[str, pb.AnalyzerResource]) -> Iterable[list[Finding]]:
        """Judge again what could not be told: only the stack's request says which resources a value comes from."""
        pending, self._pending = self._pending, {}
        for (urn, slug), message in pending.items():
            told = dependencies_of(messages[urn]) if urn in messages else None
            found = self._judged([from_wire(message, told)], self._controls[slug])
            # What was a violation already was told then.
            told_then = {one.id for one in self._judged([from_wire(message)], self._controls[slug]) if not one.unknown}
            yield [one for one in found if one.verdict is not Verdict.NOT_APPLICABLE and one.id not in told_then]

    def _summaries(self, findings: Sequence[Finding]) -> Iterable[pb.AnalyzeDiagnostic]:
        """Say once per control what cannot be told yet."""
        of_control: defaultdict[str, dict[str, None]] = defaultdict(dict)  # each place once, in order
        for finding in findings:
            of_control[finding.control.slug][f"{finding.name} ({finding.unknown})"] = None
        for slug, places in of_control.items():
            control = self._controls[slug]
            message = (
                f"Cannot tell yet for {_some(list(places))}: known only when it is deployed. "
                f"{control.sentence(self._settings[slug])}"
            )
            yield self._told(control, message, Level.ADVISORY)

    def Remediate(self, request: pb.AnalyzeRequest, context: Any) -> pb.RemediateResponse:
        """Put right what is at the level `remediate`: each answer holds what those before it changed."""
        response = pb.RemediateResponse()
        if not self._remedied:
            return response
        remedied = [one for one in self._of_type.get(request.type, ()) if one.slug in self._remedied]
        for control in remedied:
            properties = self._put_right(request, control)
            if properties is not None:
                request.properties.CopyFrom(properties)
                response.remediations.add(
                    policyName=control.slug,
                    policyPackName=self._about.name,
                    policyPackVersion=self._about.version,
                    description=control.sentence(self._settings[control.slug]),
                    properties=properties,
                )
        return response

    def _put_right(self, request: pb.AnalyzeRequest, control: Control) -> Struct | None:
        """Give the inputs as they comply; None leaves them as they are."""
        resource = from_wire(request)
        found = self._judged([resource], control)
        is_wrong = any(one.verdict is Verdict.VIOLATES and not self._ledger.covers(one) for one in found)
        changes = remedy_of(control, resource, self._facts) if is_wrong else {}
        changed = laid_in(request.properties, changes)
        return None if changed == request.properties else changed

    def Cancel(self, request: Any, context: Any) -> Empty:
        """Have nothing to interrupt: the engine ends this process itself."""
        return Empty()


def _some(names: Sequence[str]) -> str:
    """Name some, and count the rest."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _elsewhere(controls: Sequence[Control], type_: str) -> pb.AnalyzeResponse:
    return pb.AnalyzeResponse(
        not_applicable=[
            pb.PolicyNotApplicable(policy_name=control.slug, reason=f"only for {', '.join(control.types)}")
            for control in controls
            if type_ not in control.types
        ]
    )


def serve(described: Described, *, engine: str) -> None:
    """
    Print the port as the first line and serve until SIGINT or SIGTERM, or until the engine is gone; never return.

    An engine that is killed does not end its plugins: every second this looks whether the language host that
    started it still is its parent, and whether somebody listens at *engine*. What is no `host:port` is not asked (the
    official language host does not pass the address on).
    """
    parent = os.getppid()
    _die_of_signals()
    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", _MESSAGE_BYTES)])
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(described), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    gc.freeze()
    _tell(port)
    host, _, number = engine.rpartition(":")
    watched = bool(host) and number.isdigit()
    while os.getppid() == parent and (not watched or _listens(host, int(number))):
        time.sleep(_WATCH_SECONDS)
    # Not a return: the interpreter would wait for the end of a request whose answer nobody reads.
    os._exit(0)


def _tell(port: int) -> None:
    try:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(0)  # whoever started it was gone before it could serve


def _die_of_signals() -> None:
    """
    Leave it to the kernel to end this process, whatever it does and whatever it was started with.

    A handler that sets a `threading.Event` hangs where the second of two signals finds it inside `set`: the lock of
    an Event cannot be taken twice, and both the engine and the language host end a pack.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)


def _listens(host: str, port: int) -> bool:
    """Only a refusal is an answer: an engine that is slow, or a machine without a free port, is no engine gone."""
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    except OSError:
        return True
    return True
