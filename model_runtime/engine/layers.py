"""The layers that can stand between a model file and the service, by the names that are stored with every score."""

from collections.abc import Collection, Sequence
from enum import StrEnum


class Layer(StrEnum):
    """One thing that keeps a child in. A child names those whose effect it has seen, never those it asked for."""

    PROCESS = "process"
    ENVIRONMENT = "environment"
    LIMITS = "limits"
    PRIVILEGES = "privileges"
    CAPABILITIES = "capabilities"
    USER = "user"
    PIDS = "pids"
    NETWORK = "network"
    IPC = "ipc"
    HOST = "host"
    MOUNTS = "mounts"
    EMPTY_ROOT = "empty_root"
    LANDLOCK = "landlock"
    SECCOMP = "seccomp"


TITLES = {
    Layer.PROCESS: "A process of its own",
    Layer.ENVIRONMENT: "No environment and no open files of the service",
    Layer.LIMITS: "Limits on memory, processor time, files and processes",
    Layer.PRIVILEGES: "No new privileges",
    Layer.CAPABILITIES: "No capabilities",
    Layer.USER: "Own user namespace",
    Layer.PIDS: "Sees no other process",
    Layer.NETWORK: "Own network, with nothing in it",
    Layer.IPC: "No shared memory or queues with others",
    Layer.HOST: "Own host name",
    Layer.MOUNTS: "Own mounts",
    Layer.EMPTY_ROOT: "An empty file system",
    Layer.LANDLOCK: "Landlock: no file, no network address, no signal to others",
    Layer.SECCOMP: "Seccomp: only calls that calculating needs",
}
"""What each layer is called on the health page."""

LEAST = frozenset({Layer.PROCESS, Layer.ENVIRONMENT, Layer.LIMITS})
"""Without these there is no score anywhere."""

NAMESPACES = frozenset({Layer.USER, Layer.PIDS, Layer.NETWORK, Layer.IPC, Layer.HOST, Layer.MOUNTS})
EXPECTED = NAMESPACES | {Layer.LANDLOCK, Layer.SECCOMP, Layer.PRIVILEGES, Layer.EMPTY_ROOT, Layer.CAPABILITIES}
"""Without these a service starts only where somebody accepted that in writing."""


def find_missing(layers: Collection[str], wanted: Collection[Layer]) -> tuple[Layer, ...]:
    """The wanted layers that are not among `layers`, in the order in which they are declared."""
    return tuple(layer for layer in Layer if layer in wanted and layer not in layers)


def read_layers(value: object) -> tuple[str, ...]:
    """The layers a child names, each known and named once; anything else reads as none at all."""
    known = {str(layer) for layer in Layer}
    if not isinstance(value, Sequence) or not all(isinstance(name, str) and name in known for name in value):
        return ()
    return tuple(value) if len(set(value)) == len(value) else ()
