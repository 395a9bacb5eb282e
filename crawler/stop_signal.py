"""Ctrl-C and SIGTERM as a wish to end, so that what is being done is done whole first."""

import os
import select
import signal
from contextlib import ExitStack
from types import FrameType
from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignal:
    """Use it in a `with` statement, in the main thread; a second signal ends at once, as always."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._signal: int | None = None

    def __enter__(self) -> Self:
        self._pipe, inlet = os.pipe()
        os.set_blocking(inlet, False)
        for end in (self._pipe, inlet):
            self._stack.callback(os.close, end)
        # A signal is written there as well, which ends a wait that it comes just before.
        self._stack.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(inlet))
        for number in _SIGNALS:
            before = signal.signal(number, self._take)
            self._stack.callback(signal.signal, number, before)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def came(self) -> bool:
        """Whether to end."""
        return self._signal is not None

    @property
    def exit_code(self) -> int:
        """As shells have it: 130 after Ctrl-C, 143 after SIGTERM; 0 where nothing came."""
        return 0 if self._signal is None else 128 + self._signal

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until there is a signal; whether to go on."""
        if not self.came:
            select.select([self._pipe], [], [], seconds)
        return not self.came

    def _take(self, number: int, _: FrameType | None) -> None:
        self._signal = number
        for each in _SIGNALS:
            default = signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL
            signal.signal(each, default)
