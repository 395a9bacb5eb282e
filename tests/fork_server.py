"""Starts our commands at the cost of a fork: a process that has imported all they need.

    python tests/fork_server.py SOCKET

A client hands over its words, folder, environment and standard streams, and gets the process id and
then the exit code of a process that is its own: forked before anything ran, with a reactor of its
own. Signals that the client gets are handed on. The client is the text `CLIENT`: written to a file
called `scrapy`, `python`, `pytest` or `warcio`, it is that command.
"""

import array
import atexit
import gc
import importlib
import json
import multiprocessing.process
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import scrapy.cmdline
import warcio.cli

CLIENT = """\
#!{python} -IS
import array, json, os, signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
asked = json.dumps([[os.path.abspath(sys.argv[0]), *sys.argv[1:]], os.getcwd(), dict(os.environ)])
streams = array.array("i", [0, 1, 2])
server.sendmsg([b"%08d" % len(asked.encode())], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
server.sendall(asked.encode())
told = server.makefile()
child = int(told.readline())
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, _: os.kill(child, number))
server.sendall(b"!")
os.close(0), os.close(1)
code = int(told.readline())
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""
#: What commands import late, besides our own: nothing that makes Twisted's reactor.
_LIBRARIES = ("scrapy.crawler", "trafilatura", "htmldate", "dateparser")
_PACKAGES = ("cleaning", "crawler", "scrapy.commands")


def serve(address: str) -> list[str]:
    """Answer clients until stdin ends; in each process forked for one, return its words."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen(16)
    ended, wake = socket.socketpair()
    wake.setblocking(False)  # noqa: FBT003  (it takes no name)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    clients: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([server, ended, sys.stdin], [], [])
        if server in ready:
            client, _ = server.accept()
            words, folder, environment, streams = _receive(client)
            child = os.fork()
            if child == 0:
                # No signal is lost: the client is ready to hand them on.
                client.recv(1)
                for inherited in (server, ended, wake, client, *clients.values()):
                    inherited.close()
                _become(words, folder, environment, streams)
                return words
            _start(client, child, streams)
            clients[child] = client
        elif ended in ready:
            ended.recv(64)
            _tell_ended(clients)
        else:
            sys.exit()


def _start(client: socket.socket, child: int, streams: list[int]) -> None:
    """Leave the client's streams to its process, and tell it which that is."""
    for stream in streams:
        os.close(stream)
    client.sendall(b"%d\n" % child)


def _tell_ended(clients: dict[int, socket.socket]) -> None:
    """Tell the clients of the processes that have ended how they did."""
    for child in list(clients):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            with clients.pop(child) as client, suppress(OSError):
                client.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _receive(client: socket.socket) -> tuple[list[str], str, dict[str, str], list[int]]:
    streams = array.array("i")
    head, passed, _, _ = client.recvmsg(8, socket.CMSG_SPACE(3 * streams.itemsize))
    streams.frombytes(passed[0][2])
    with client.makefile("rb") as sent:
        words, folder, environment = json.loads(sent.read(int(head)))
    return words, folder, environment, list(streams)


def _become(words: list[str], folder: str, environment: dict[str, str], streams: list[int]) -> None:
    """Take over the client's folder, environment and streams."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # What a command starts by itself is started here too.
    sys.executable = str(Path(words[0]).with_name("python"))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    # By this its workers find the file that they are to import.
    multiprocessing.process.ORIGINAL_DIR = folder  # type: ignore[attr-defined]
    os.environ.clear()
    os.environ.update(environment)


def _run(words: list[str]) -> Any:
    """What the command of that name does; its exit code."""
    name, rest = Path(words[0]).name, words[1:]
    sys.argv = words
    if name == "scrapy":
        return scrapy.cmdline.execute(words)
    if name == "pytest":
        return pytest.main(rest)
    if name == "warcio":
        return warcio.cli.main()
    return _run_python(rest)


def _run_python(words: list[str]) -> None:
    """`python -m MODULE ...`, `python -c CODE ...` or `python FILE ...`."""
    sys.path.insert(0, "")
    if words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        exec(words[1], {"__name__": "__main__"})  # noqa: S102  (that is what it is for)
    elif words[0] == "-m":
        sys.argv = words[1:]
        # else it is said that it was imported before
        sys.modules.pop(words[1], None)
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


def _import_all() -> None:
    for name in _LIBRARIES:
        importlib.import_module(name)
    for package in map(importlib.import_module, _PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    if "twisted.internet.reactor" in sys.modules:
        sys.exit("something imports Twisted's reactor early: all commands would share it")


def _end(words: list[str]) -> None:
    """Run a command, and end as Python does; but leave the memory, which is shared, as it is."""
    code: Any = 1
    try:
        code = _run(words)
    except SystemExit as error:
        code = error.code
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:  # noqa: BLE001  (as Python itself does with what nobody has caught)
        sys.excepthook(*sys.exc_info())
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  (as multiprocessing does)
    atexit._run_exitfuncs()  # noqa: SLF001
    for stream in (sys.stdout, sys.stderr):
        # It may be gone, or closed by the command.
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(int(code or 0))


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent)
    _import_all()
    gc.freeze()
    _end(serve(sys.argv[1]))
