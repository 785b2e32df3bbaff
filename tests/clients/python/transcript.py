"""Prints what is done with a Redis client, one line an operation: what was asked -> the answer.

A line holds nothing that depends on the time, on addresses and ids, or on the order of a set.
"""

import inspect
import time

LONGEST = 120


def canonical(value):
    """The value as text that is the same in every run."""
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(canonical(member) for member in value)) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{canonical(k)}: {canonical(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(canonical(part) for part in value) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(canonical(part) for part in value) + ")"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, (str, bytes)) and len(value) > LONGEST:
        whole = value.encode() if isinstance(value, str) else value
        return f"{value[:16]!r}... of {len(value)}, sum {sum(whole)}"
    return repr(value)


def report(what, answer):
    print(f"{what} -> {canonical(answer)}", flush=True)


def attempt(call, *args, **kwargs):
    """The answer, or the exception that came instead."""
    try:
        answer = call(*args, **kwargs)
        return list(answer) if inspect.isgenerator(answer) else answer
    except Exception as error:  # which one it is belongs into the transcript
        return error


def show(call, *args, **kwargs):
    """Calls, prints, and returns the answer."""
    answer = attempt(call, *args, **kwargs)
    words = [canonical(arg) for arg in args]
    words += [f"{name}={canonical(value)}" for name, value in kwargs.items()]
    report(f"{call.__name__}({', '.join(words)})", answer)
    return answer


def section(use, *args):
    """A part of the transcript; what stops it does not stop the others."""
    print(f"# {use.__name__}", flush=True)
    error = attempt(use, *args)
    if isinstance(error, Exception):
        report("the rest of it", error)


def eventually(fact, seconds=10.0):
    """Waits for what another connection brings about; says whether it came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.005)
    return False
