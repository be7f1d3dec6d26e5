"""A child shuts itself in before it reads a byte of an artefact, and then looks what really holds. Child side.

Every step is tried and none is believed: a layer is named only after what it forbids was tried and failed. Which
layers a service may run without is decided outside, by who reads the names (`layers.py`).
"""

import contextlib
import errno
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator

from model_runtime.engine import kernel
from model_runtime.engine.kernel import prctl, unshare
from model_runtime.engine.landlock import give_up_files
from model_runtime.engine.layers import Layer
from model_runtime.engine.limits import CLEARED, OPEN_FILES, limits_hold, set_limits
from model_runtime.engine.seccomp import filter_calls

OWN = {
    Layer.MOUNTS: (kernel.CLONE_NEWNS, "mnt"),
    Layer.NETWORK: (kernel.CLONE_NEWNET, "net"),
    Layer.IPC: (kernel.CLONE_NEWIPC, "ipc"),
    Layer.HOST: (kernel.CLONE_NEWUTS, "uts"),
    Layer.PIDS: (kernel.CLONE_NEWPID, "pid"),
}
"""The namespaces that are left, one by one, after that of users, and what /proc calls them."""

COVERED = "/usr"
"""A folder that is there on every machine; the empty file system is mounted over it before it becomes the only one."""
ROOT_OPTIONS = "size=4k,nr_inodes=2,mode=555"
DENIED = {errno.EPERM, errno.EACCES}


def list_namespaces() -> dict[str, str]:
    """The namespaces of this process, by the kernel's names for them; empty where there is no /proc."""
    names = ("user", *(name for _, name in OWN.values()))
    with contextlib.suppress(OSError):
        return {name: os.readlink(f"/proc/self/ns/{name}") for name in names}
    return {}


def leave_namespaces() -> None:
    """Leave every namespace the kernel lets go of. That of processes is left by the next child only."""
    for flag in (kernel.CLONE_NEWUSER, *(flag for flag, _ in OWN.values())):
        with contextlib.suppress(OSError):
            unshare(flag)


def end_with_parent() -> None:
    """Be killed when the process that forked this one ends, however it ends. Only after `leave_namespaces`."""
    prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def shut_in(memory_mib: int, outside: dict[str, str]) -> tuple[str, ...]:
    """Give up everything but three pipes and `memory_mib` of memory; the names of the layers that were seen to hold.

    `outside` are the namespaces of the service. Call it after every import, in a process of one thread.
    """
    kernel.end_at_signal(signal.SIGALRM)
    held = {Layer.PROCESS, *_namespaces(outside)}
    if _environment_is_empty():
        held.add(Layer.ENVIRONMENT)
    set_limits(memory_mib)
    if Layer.MOUNTS in held:
        _try(_empty_root)
    _try(kernel.drop_capabilities)
    _try(lambda: prctl(kernel.PR_SET_NO_NEW_PRIVS, 1))
    could = {name: attempt() for name, attempt in ATTEMPTS.items()}
    _try(give_up_files)
    _close_others()
    held.update(_seen(memory_mib, could))
    _try(filter_calls)
    if could[Layer.SECCOMP] and not _can_open_a_socket():
        held.add(Layer.SECCOMP)
    return tuple(str(layer) for layer in Layer if layer in held)


def _seen(memory_mib: int, could: dict[Layer, bool]) -> Iterator[Layer]:
    """What is found out before the filter, which forbids to look."""
    if limits_hold(memory_mib):
        yield Layer.LIMITS
    if prctl(kernel.PR_GET_NO_NEW_PRIVS, 0) == 1:
        yield Layer.PRIVILEGES
    if not _can_rename_the_machine():
        yield Layer.CAPABILITIES
    if could[Layer.LANDLOCK] and not _can_list_the_root():
        yield Layer.LANDLOCK
    if not could[Layer.EMPTY_ROOT]:
        yield Layer.EMPTY_ROOT


def _namespaces(outside: dict[str, str]) -> Iterator[Layer]:
    inside = list_namespaces()
    for layer, name in ((Layer.USER, "user"), *((layer, name) for layer, (_, name) in OWN.items())):
        differs = bool(inside.get(name)) and bool(outside.get(name)) and inside[name] != outside[name]
        if differs and (layer is not Layer.PIDS or os.getpid() == 1):
            yield layer


def _environment_is_empty() -> bool:
    """Nothing but what every child gets, and no descriptor beside the three pipes and their copies."""
    try:
        with open("/proc/self/environ", "rb") as given:
            names = {entry.partition(b"=")[0].decode() for entry in given.read().split(b"\0") if entry}
    except OSError:
        names = set(os.environ)
    if not names <= set(CLEARED):
        return False
    # what libraries added for themselves
    for name in set(os.environ) - set(CLEARED):
        del os.environ[name]
    _close_others()
    return not any(_is_open(number) for number in range(PIPES, PIPES + OPEN_FILES))


PIPES = 5
"""Input, output and errors, and the two that `take_pipes` moved away."""


def _close_others() -> None:
    os.closerange(PIPES, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _empty_root() -> None:
    """See an empty file system that nothing can be written to, and no other."""
    kernel.mount("", "/", kernel.MS_REC | kernel.MS_PRIVATE)
    flags = kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("tmpfs", COVERED, flags, ROOT_OPTIONS)
    kernel.exchange_root(COVERED)


def _can_list_the_root() -> bool:
    try:
        os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))
    except OSError as error:
        return error.errno not in DENIED
    return True


def _sees_files() -> bool:
    return os.path.exists("/usr") or os.path.exists("/proc") or os.path.exists("/etc")


def _can_rename_the_machine() -> bool:
    """Needs a capability, also within an own namespace; the name is one that it has already."""
    try:
        kernel.sethostname(os.uname().nodename.encode())
    except OSError:
        return False
    return True


def _can_open_a_socket() -> bool:
    try:
        socket.socket(socket.AF_UNIX).close()
    except OSError as error:
        return error.errno not in DENIED
    return True


ATTEMPTS: dict[Layer, Callable[[], bool]] = {
    Layer.LANDLOCK: _can_list_the_root,
    Layer.EMPTY_ROOT: _sees_files,
    Layer.SECCOMP: _can_open_a_socket,
}
"""What a layer forbids, tried before it is there: something that never worked says nothing about the layer."""


def _try(step: Callable[[], object]) -> None:
    """A step that the kernel refuses is not an error: its layer is then not reported."""
    with contextlib.suppress(OSError):
        step()
