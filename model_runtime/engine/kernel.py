"""The few calls of the Linux kernel that Python 3.11 has no function for. Child side; needs nothing but ctypes."""

import ctypes
import os
import platform
import signal

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 1, 22, 38, 39
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 16384, 1 << 18
MNT_DETACH = 2
CAPABILITY_VERSION = 0x20080522
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
MACHINE = platform.machine()

_libc = ctypes.CDLL(None, use_errno=True)
_libc.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
_libc.signal.restype = ctypes.c_void_p


def unshare(flags: int) -> None:
    """Leave the namespaces of these flags. OSError where the kernel does not allow it."""
    _checked(_libc.unshare(flags))


def prctl(option: int, value: int, pointer: "ctypes._CData | None" = None) -> int:
    """Set or read one property of this process."""
    argument = ctypes.byref(pointer) if pointer is not None else ctypes.c_ulong(0)
    return _checked(_libc.prctl(option, ctypes.c_ulong(value), argument, ctypes.c_ulong(0), ctypes.c_ulong(0)))


def syscall(number: int, *arguments: object) -> int:
    """A call by its number."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments))


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    """Mount a file system of a kind at a folder, or change how one is mounted."""
    _checked(_libc.mount(b"none", target.encode(), kind.encode() or None, ctypes.c_ulong(flags), options.encode()))


def exchange_root(folder: str) -> None:
    """Make the file system mounted at a folder the only one that there is."""
    os.chdir(folder)
    syscall(PIVOT_ROOT[MACHINE], b".", b".")
    _checked(_libc.umount2(b".", MNT_DETACH))
    os.chdir("/")


def drop_capabilities() -> None:
    """Give up every capability, also those inside an own user namespace."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _checked(_libc.capset(header, (ctypes.c_uint32 * 6)()))


def end_at_signal(number: signal.Signals) -> None:
    """End this process at a signal even as the first process of a namespace, which ignores what has no handler.

    The handler is the library's own `_exit`, so that it also runs while Python waits for a library.
    """
    _libc.signal(number, ctypes.cast(_libc._exit, ctypes.c_void_p))


def sethostname(name: bytes) -> None:
    """Rename the machine, as this process sees it."""
    _checked(_libc.sethostname(name, ctypes.c_size_t(len(name))))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
