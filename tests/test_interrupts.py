"""Ctrl-C waits for the end of what must not be broken off, and comes then."""

from __future__ import annotations

import signal
import threading

import pytest

from formgen.interrupts import interrupts_held


def test_ctrl_c_comes_when_the_block_has_ended() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt):
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            done.append("all of it")
        done.append("nothing after it")
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_threads_are_left_alone() -> None:
    done = []

    def work() -> None:
        with interrupts_held():
            done.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [signal.default_int_handler]
