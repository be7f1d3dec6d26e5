"""Landlock: a process gives up every file, every network address and every signal to others. Child side.

A ruleset that handles all rights and has no rule allows nothing. What the kernel does not know yet cannot be handled,
so the rights follow the version it announces (https://docs.kernel.org/userspace-api/landlock.html).
"""

import ctypes

from model_runtime.engine.kernel import syscall

CREATE_RULESET, RESTRICT_SELF = 444, 446
ASK_VERSION = 1
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""Number of rights on files, by the version that brought the newest of them."""
NET_FROM, SCOPES_FROM = 4, 6
BIND_AND_CONNECT = SCOPE_SOCKETS_AND_SIGNALS = 0b11


def give_up_files() -> None:
    """Allow this process nothing that Landlock knows of. OSError where the kernel has no Landlock."""
    version = syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(ASK_VERSION))
    words = _rights(version)
    attributes = (ctypes.c_uint64 * len(words))(*words)
    ruleset = syscall(
        CREATE_RULESET,
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
        ctypes.c_uint32(0),
    )
    # the descriptor of the ruleset is closed with all others before an artefact is read
    syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))


def _rights(version: int) -> list[int]:
    files = max(count for since, count in FILE_RIGHTS.items() if since <= version)
    words = [(1 << files) - 1]
    if version >= NET_FROM:
        words.append(BIND_AND_CONNECT)
    if version >= SCOPES_FROM:
        words.append(SCOPE_SOCKETS_AND_SIGNALS)
    return words
