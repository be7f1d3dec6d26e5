"""A seccomp filter that lets through what calculating needs and answers "not permitted" to all other calls. Child side.

It is a list of what is allowed, so that a call the kernel learns tomorrow is refused today. Memory can never be made
executable. The numbers are those of asm/unistd for each machine; on another machine there is no filter, and the layer
is not reported.
"""

import ctypes
import errno
import struct

from model_runtime.engine.kernel import MACHINE, PR_SET_SECCOMP, prctl

MODE_FILTER = 2
ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, JUMP_EQUAL, JUMP_FROM, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, MACHINE_AT, THIRD_ARGUMENT_AT = 0, 4, 32
PROT_EXEC = 4
FOREIGN_FROM = 0x40000000
"""On x86-64 the calls of the x32 interface begin here; no machine has as many of its own."""

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED = {
    "x86_64": {
        "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "munmap": 11, "brk": 12,
        "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "readv": 19, "writev": 20, "select": 23,
        "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35, "setitimer": 38, "getpid": 39, "exit": 60,
        "uname": 63, "gettimeofday": 96, "getrusage": 98, "sysinfo": 99, "times": 100, "sigaltstack": 131,
        "gettid": 186, "futex": 202, "sched_getaffinity": 204, "restart_syscall": 219, "clock_gettime": 228,
        "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "ppoll": 271, "set_robust_list": 273,
        "getcpu": 309, "getrandom": 318, "membarrier": 324, "rseq": 334,
    },
    "aarch64": {
        "read": 63, "write": 64, "close": 57, "fstat": 80, "ppoll": 73, "lseek": 62, "munmap": 215, "brk": 214,
        "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "readv": 65, "writev": 66,
        "sched_yield": 124, "mremap": 216, "madvise": 233, "nanosleep": 101, "setitimer": 103, "getpid": 172,
        "exit": 93, "uname": 160, "gettimeofday": 169, "getrusage": 165, "sysinfo": 179, "times": 153,
        "sigaltstack": 132, "gettid": 178, "futex": 98, "sched_getaffinity": 123, "restart_syscall": 128,
        "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "exit_group": 94, "set_robust_list": 99,
        "getcpu": 168, "getrandom": 278, "membarrier": 283, "rseq": 293,
    },
}  # fmt: skip
MAPPING = {"x86_64": (9, 10), "aarch64": (222, 226)}
"""mmap and mprotect: allowed unless the memory is to be executable."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def filter_calls() -> None:
    """Refuse this process every call that is not on the list, for good. OSError where that cannot be done."""
    if MACHINE not in MACHINES:
        raise OSError(errno.ENOSYS, "There is no list of calls for this machine.")
    program = assemble(MACHINE)
    prctl(PR_SET_SECCOMP, MODE_FILTER, _Program(len(program) // 8, program))


def assemble(machine: str) -> bytes:
    """The filter for a machine, as the kernel reads it: eight bytes an instruction."""
    refuse = _step(RETURN, ERRNO | errno.EPERM)
    steps = [
        _step(LOAD, MACHINE_AT),
        _step(JUMP_EQUAL, MACHINES[machine], 1, 0),
        _step(RETURN, KILL_PROCESS),
        _step(LOAD, NUMBER_AT),
        _step(JUMP_FROM, FOREIGN_FROM, 0, 1),
        refuse,
    ]
    for number in sorted(ALLOWED[machine].values()):
        steps += [_step(JUMP_EQUAL, number, 0, 1), _step(RETURN, ALLOW)]
    for number in MAPPING[machine]:
        steps += [
            _step(JUMP_EQUAL, number, 0, 4),
            _step(LOAD, THIRD_ARGUMENT_AT),
            _step(JUMP_SET, PROT_EXEC, 1, 0),
            _step(RETURN, ALLOW),
            refuse,
        ]
    return b"".join([*steps, refuse])


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
