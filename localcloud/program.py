"""Run a Pulumi program in this process, for the engine that asked for it."""

import asyncio
import contextvars
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import grpc
from pulumi import RunError, log
from pulumi.runtime import reset_options, run_in_stack, set_all_config
from pulumi.runtime.proto.language_pb2 import RunRequest

_MOST_THREADS: Final = 128
_FRAMES_BEFORE: Final = (
    "<frozen ",
    *(f"{Path(file).parent}{os.sep}" for file in (__file__, runpy.__file__, log.__file__)),
)
"""Where code lies that runs a program: ours, Python's and the SDK's."""


def run(request: RunRequest, engine: str) -> bool:
    """Run the program and wait for all its resources; give False where it failed, having logged why."""
    program = main_file(request.info.program_directory, request.info.entry_point)
    os.chdir(request.pwd or program.parent)
    sys.path.insert(0, str(program.parent))
    sys.argv = [str(program), *request.args]
    return contextvars.copy_context().run(_run, request, engine, program)


def _run(request: RunRequest, engine: str, program: Path) -> bool:
    reset_options(
        project=request.project,
        stack=request.stack,
        root_directory=request.info.root_directory,
        parallel=request.parallel,
        engine_address=engine,
        monitor_address=request.monitor_address,
        preview=request.dryRun,
        organization=request.organization or "organization",
    )
    set_all_config(dict(request.config), list(request.configSecretKeys))
    # Of a task that nobody awaited the error is the program's error, which is told once, below.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    # Each resource that is being registered waits in a thread.
    loop.set_default_executor(ThreadPoolExecutor(min(max(request.parallel, 1) * 4, _MOST_THREADS)))
    try:
        loop.run_until_complete(run_in_stack(lambda: load(program)))
    except BaseException as error:  # noqa: BLE001  # whatever a program raises is the user's to see
        if isinstance(error, grpc.RpcError) and error.code() == grpc.StatusCode.UNAVAILABLE:
            return False  # the engine has stopped the run, and says why itself
        log.error(message(error))
        return False
    finally:
        _cancel_all(loop)
        sys.stdout.flush()
        sys.stderr.flush()
    return True


def load(program: Path) -> None:
    """Run a file as `__main__`; `sys.exit()` with a code is a failure, as it would be of a process."""
    try:
        runpy.run_path(str(program), run_name="__main__")
    except SystemExit as end:
        if end.code:
            text = end.code if isinstance(end.code, str) else f"the program ended itself with sys.exit({end.code})"
            raise RunError(text) from end


def message(error: BaseException) -> str:
    """Give what a program's author must see: a RunError's own words, or the traceback from the program on."""
    if isinstance(error, RunError):
        return str(error)
    if isinstance(error, grpc.RpcError):
        return f"the engine refused: {error.details()}"
    trace = traceback.TracebackException.from_exception(error)
    # The frames before are the SDK's and ours. An error with no frame of the program is shown whole.
    first = next((n for n, frame in enumerate(trace.stack) if not frame.filename.startswith(_FRAMES_BEFORE)), 0)
    del trace.stack[:first]
    return "".join(trace.format()).rstrip()


def main_file(folder: str, entry: str) -> Path:
    """Give the file that an entry point means: itself, or the `__main__.py` of a folder."""
    program = Path(os.path.normpath(Path(folder, entry or ".")))
    return program / "__main__.py" if program.is_dir() else program


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    """End what still waits: its errors follow from the one that was told."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()
