"""SARIF of a pull request: one log with a run for each stack, of what the reports of two policies say together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

_STRICTNESS: Final = ("none", "note", "warning", "error")


def log(runs: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Join logs of one run each; without any, an empty one."""
    logs = list(runs)
    schema = logs[0]["$schema"] if logs else "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema, "version": "2.1.0", "runs": [run for one in logs for run in one["runs"]]}


def merged(logs: Sequence[Mapping[str, Any]], *, before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """
    Lay the logs of one stack over each other, the stricter result of each finding stays; None where there is no log.

    Results say whether the log of *before* has them and does not let them pass.
    """
    if not logs:
        return None
    last = logs[-1]["runs"][0]
    rules: dict[str, Any] = {}
    results: dict[tuple[str, str], dict[str, Any]] = {}
    for one in logs:
        run = one["runs"][0]
        rules |= {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
        for result in run["results"]:
            key = _key(result)
            if key not in results or _strictness(results[key]) < _strictness(result):
                results[key] = result
    index = {slug: number for number, slug in enumerate(rules)}
    was = before["runs"][0]["results"] if before else ()
    known = {_key(result) for result in was if "suppressions" not in result}
    run = {
        **last,
        "tool": {"driver": {**last["tool"]["driver"], "rules": list(rules.values())}},
        "results": [
            {
                **result,
                "ruleIndex": index[result["ruleId"]],
                "baselineState": "unchanged" if _key(result) in known else "new",
            }
            for result in results.values()
        ],
    }
    return {**logs[-1], "runs": [run]}


def _strictness(result: Mapping[str, Any]) -> tuple[bool, int]:
    """Rank a result; one that is suppressed counts least."""
    return "suppressions" not in result, _STRICTNESS.index(result["level"])


def _key(result: Mapping[str, Any]) -> tuple[str, str]:
    """Give what makes it the same finding in another log."""
    return result["ruleId"], result["partialFingerprints"]["datastores/v1"]
