"""What a model that had taken over its process would try. Runs inside a child; each attempt says how it ended."""

import ctypes
import mmap
import os
import resource
import signal
import socket
from collections.abc import Callable

from model_runtime.engine.messages import encode_message, parse_message, read_frame

libc = ctypes.CDLL(None, use_errno=True)
PARENT = os.getpid()
BUFFER = ctypes.create_string_buffer(4096)
PIPE_ERRORS = 2


def call(name: str | int, *arguments: object) -> int:
    """A function of the C library, or a call by its number on x86-64."""
    result = libc.syscall(ctypes.c_long(name), *arguments) if isinstance(name, int) else getattr(libc, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def connect(family: int, kind: int, address: object) -> None:
    with socket.socket(family, kind) as one:
        one.connect(address)


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def spawn() -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


def write(path: str) -> None:
    with open(path, "w") as file:
        file.write("x")


def read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(10)


def raise_limit(kind: int) -> None:
    resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def make_executable() -> None:
    page = mmap.mmap(-1, 4096)
    call("mprotect", ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page))), ctypes.c_size_t(4096), 7)


def memory_file() -> None:
    os.close(os.memfd_create("x"))


TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
PROBES: dict[str, Callable[[], object]] = {
    "connect by TCP": lambda: connect(socket.AF_INET, TCP, ("127.0.0.1", 9)),
    "connect by TCP, IPv6": lambda: connect(socket.AF_INET6, TCP, ("::1", 9)),
    "send by UDP": lambda: connect(socket.AF_INET, UDP, ("127.0.0.1", 9)),
    "open a Unix socket": lambda: socket.socket(socket.AF_UNIX).close(),
    "connect to an abstract Unix socket": lambda: connect(socket.AF_UNIX, TCP, "\0x"),
    "make a pair of sockets": lambda: socket.socketpair()[0].close(),
    "raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close(),
    "packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close(),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "read /etc/passwd": lambda: read("/etc/passwd"),
    "read the environment of the first process": lambda: read("/proc/1/environ"),
    "read the environment of its parent": lambda: read(f"/proc/{PARENT}/environ"),
    "write its own memory": lambda: write("/proc/self/mem"),
    "list the root": lambda: os.listdir("/"),
    "open the root": lambda: os.open("/", os.O_PATH),
    "open one folder up": lambda: os.open("../../../etc", os.O_RDONLY),
    "look whether a file is there": lambda: os.stat("/etc/passwd"),
    "write to /tmp": lambda: write("/tmp/algocare-escaped"),
    "write to /dev/shm": lambda: write("/dev/shm/algocare-escaped"),
    "make a folder": lambda: os.mkdir("/algocare-escaped"),
    "remove a file": lambda: os.unlink("/tmp/algocare-nothing"),
    "rename a file": lambda: os.rename("/tmp/algocare-nothing", "/tmp/algocare-other"),
    "make a link": lambda: os.symlink("/etc", "/algocare-escaped"),
    "change rights": lambda: os.chmod("/", 0o777),
    "make a device": lambda: os.mknod("/algocare-escaped", 0o20666, os.makedev(1, 3)),
    "change the folder": lambda: os.chdir("/etc"),
    "change the root": lambda: os.chroot("/"),
    "open by a handle": lambda: call(304, -100, BUFFER, 0),
    "execute a program": lambda: os.execve("/bin/true", ["true"], {}),
    "execute from memory": lambda: call(322, 1, b"", None, None, 0x1000),
    "fork": fork,
    "spawn": spawn,
    "start a thread": lambda: call(56, 0x3D0F00, 0, 0, 0, 0),
    "clone3": lambda: call(435, BUFFER, ctypes.c_size_t(88)),
    "trace its parent": lambda: call("ptrace", 16, PARENT, 0, 0),
    "be traced": lambda: call("ptrace", 0, 0, 0, 0),
    "read another's memory": lambda: call("process_vm_readv", PARENT, None, 0, None, 0, 0),
    "signal its parent": lambda: os.kill(PARENT, 0),
    "signal everybody": lambda: os.kill(-1, 0),
    "signal its group": lambda: os.killpg(0, 0),
    "take hold of a process": lambda: os.pidfd_open(1),
    "make a memory file": memory_file,
    "mount": lambda: call("mount", b"none", b"/", b"tmpfs", 0, 0),
    "unmount": lambda: call("umount2", b"/", 2),
    "pivot the root": lambda: call(155, b"/", b"/"),
    "own user namespace": lambda: call("unshare", 0x10000000),
    "own mounts": lambda: call("unshare", 0x00020000),
    "enter a namespace": lambda: call("setns", 0, 0),
    "become root": lambda: os.setuid(0),
    "become another group": lambda: os.setgid(0),
    "join groups": lambda: os.setgroups([0]),
    "take capabilities": lambda: call(
        "capset", (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
    ),
    "load into the kernel (bpf)": lambda: call(321, 0, BUFFER, 64),
    "load a module": lambda: call(175, BUFFER, 0, b""),
    "load a module from a file": lambda: call(313, 0, b"", 0),
    "load another kernel": lambda: call(246, 0, 0, 0, 0),
    "read keys": lambda: call(250, 0, -3, 0),
    "add a key": lambda: call(248, b"user", b"x", b"x", 1, -3),
    "relax by prctl": lambda: call("prctl", 4, 1, 0, 0, 0),
    "a milder seccomp filter": lambda: call(317, 1, 0, BUFFER),
    "a milder Landlock": lambda: call(444, 0, 0, 1),
    "raise the memory limit": lambda: raise_limit(resource.RLIMIT_AS),
    "raise the file limit": lambda: raise_limit(resource.RLIMIT_FSIZE),
    "raise the process limit": lambda: raise_limit(resource.RLIMIT_NPROC),
    "shared memory": lambda: call("shmget", 0, 4096, 0o1600),
    "message queue": lambda: call("msgget", 0, 0o1600),
    "semaphores": lambda: call("semget", 0, 1, 0o1600),
    "POSIX message queue": lambda: call(240, b"x", 0o102, 0o600, 0),
    "io_uring": lambda: call(425, 1, BUFFER),
    "userfaultfd": lambda: call(323, 0),
    "perf events": lambda: call(298, BUFFER, 0, -1, -1, 0),
    "executable memory": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    "memory made executable": make_executable,
    "watch files": lambda: call("inotify_init"),
    "watch all files": lambda: call("fanotify_init", 0, 0),
    "type into the terminal": lambda: call("ioctl", 0, 0x5412, BUFFER),
    "rename the machine": lambda: call("sethostname", b"x", 1),
    "another personality": lambda: call("personality", 0x0400000),
    "the ports of the machine": lambda: call(172, 3),
    "set the clock": lambda: call("clock_settime", 0, (ctypes.c_long * 2)(0, 0)),
    "run before others": lambda: call("sched_setscheduler", 0, 1, (ctypes.c_int * 1)(1)),
    "restart the machine": lambda: call("reboot", 0),
    "take a descriptor of another": lambda: call(438, 0, 0, 0),
    "copy a descriptor": lambda: os.dup(PIPE_ERRORS),
    "ask through the x32 interface": lambda: call(0x40000000 + 41, 1, 1, 0),
    "write to the kernel log": lambda: call("klogctl", 2, BUFFER, 1),
    "swap on a file": lambda: call("swapon", b"/x", 0),
    "quota": lambda: call("quotactl", 0, b"/x", 0, 0),
    "tell the time of another": lambda: call("process_vm_writev", PARENT, None, 0, None, 0, 0),
}
HARMLESS = (
    "read /etc/passwd",
    "list the root",
    "open a Unix socket",
    "fork",
    "make a memory file",
    "signal its parent",
)
"""Attempts that succeed in an ordinary process and do nothing to it."""


def attempt(name: str) -> str:
    try:
        PROBES[name]()
    except OSError as error:
        return f"refused: {os.strerror(error.errno or 0)}"
    except ValueError as error:
        return f"refused: {error}"
    return "succeeded"


def serve(inbox, outbox, layers) -> None:
    """Answer each request with the layers and how every attempt that it names ended."""
    while frame := read_frame(inbox):
        request = parse_message(frame[1])
        signal.setitimer(signal.ITIMER_REAL, 30)
        ended = {name: attempt(name) for name in request["names"] or PROBES}
        outbox.write(encode_message({"layers": list(layers), "ended": ended}))
        outbox.flush()
