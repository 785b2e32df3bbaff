#!/usr/bin/python3
"""redis-cli in a terminal, with its hints, completion and history, as a transcript:
redis_cli_terminal.py HOST PORT [2|3]
"""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

host, port = sys.argv[1], sys.argv[2]
dialect = (sys.argv[3:] or ["2"])[0]

PATIENCE = 10
PROMPT = re.compile(r"(?:[\w.]+:\d+|not connected)(?:\[\d+\])?(?:\(TX\))?(?:\(\w+ mode\))?> ")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# How a line is drawn: cursor to its beginning, prompt and text, then the hint in its own colour.
HINT = re.compile(r"\x1b\[0;\d+;\d+m(.*?)\x1b\[0m")

# Said after an answer that took half a second, which is the machine's fault.
WAITED = re.compile(r"\(\d+\.\d+s\)")


class Terminal:
    """A redis-cli whose screen is read here. Typed are whole lines, or keys that do something."""

    def __init__(self, *options):
        mine, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 300, 0, 0))
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "HOME": "/nonexistent",
                       "REDISCLI_HISTFILE": "/dev/null", "LC_ALL": "C"}
        self.process = subprocess.Popen(
            ["redis-cli", "-h", host, "-p", port, *options], stdin=its, stdout=its, stderr=its,
            env=environment, start_new_session=True)
        os.close(its)
        self.screen = mine
        self.seen = ""

    def read_until(self, fact):
        """What appears until the fact holds of it; what is there by then, when it never does."""
        deadline = time.monotonic() + PATIENCE
        while not fact(self.seen):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.screen], [], [], left)[0]:
                break
            try:
                part = os.read(self.screen, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            self.seen += part.decode("utf-8", "replace")
        seen, self.seen = self.seen, ""
        return seen

    def prompt(self):
        return self.read_until(lambda seen: PROMPT.search(ESCAPES.sub("", seen).split("\n")[-1]))

    def type(self, keys):
        os.write(self.screen, keys.encode())

    def ask(self, line):
        """A command as it is typed, and what is printed below it."""
        self.type(line + "\r")
        # The end of the typed line, the reply, and the next prompt.
        shown = self.read_until(lambda seen: answered(seen) is not None)
        show(line, answered(shown) or "no answer: " + plain(shown))

    def hint(self, line):
        """What stands in grey behind a line that is not sent."""
        self.type(line)
        shown = self.read_until(lambda seen: drawn(seen) == line.rstrip() and hinted(seen))
        show(f"typed: {line}", f"hint: {hinted(shown)}")
        self.type("\x15")  # clears the line
        self.read_until(lambda seen: "\r\x1b" in seen and drawn(seen) == "")

    def close(self, keys):
        self.type(keys)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = "had to be killed"
        show(f"typed: {keys!r}", f"ended with {status}")
        os.close(self.screen)


def plain(shown):
    return ESCAPES.sub("", shown).replace("\r", "")


def last_drawing(shown):
    """The line as it was last drawn: each drawing begins with a carriage return."""
    return shown.rsplit("\r\x1b", 1)[0].split("\r")[-1] if "\r" in shown else ""


def drawn(shown):
    text = ESCAPES.sub("", HINT.sub("", last_drawing(shown)))
    return PROMPT.sub("", text, count=1).rstrip()


def hinted(shown):
    found = HINT.findall(last_drawing(shown))
    return found[-1].strip() if found else ""


def answered(shown):
    """The answer and the prompt below it; None while there is none."""
    lines = plain(shown).split("\n")
    if len(lines) < 2 or not PROMPT.search(lines[-1]):
        return None
    lines = [line for line in lines if not WAITED.fullmatch(line)]
    return "\n".join(lines[1:-1] + [PROMPT.findall(lines[-1])[-1]])


def show(what, answer):
    answer = answer.replace(f"{host}:{port}", "ADDRESS")
    print(f"{what.replace(port, 'PORT')} ->")
    for line in answer.split("\n"):
        print(f"    {line.rstrip()}", flush=True)


def session(*options):
    print(f"# redis-cli {' '.join(options)}")
    terminal = Terminal(*options)
    show("start", plain(terminal.prompt()))
    return terminal


def commands():
    terminal = session("-" + dialect)
    for line in ("FLUSHALL", "PING", 'SET k "two words\\x00"', "GET k", "GET k", "GET none",
                 "RPUSH l a b c", "LRANGE l 0 -1", "HSET h f v g w", "HGETALL h", "SADD s m",
                 "SMEMBERS s", "ZADD z 1.5 m", "ZRANGE z 0 -1 WITHSCORES", "ZSCORE z m",
                 "INCR n", "LPUSH k x", "NOSUCH x", "GET", "3 INCR n", "SELECT 1", "GET k",
                 "SET k one", "GET k", "SELECT 99", "SELECT 0", "GET k",
                 "MULTI", "GET k", "INCR n", "EXEC", "MULTI", "INCR n", "DISCARD", "MULTI",
                 "NOSUCH", "EXEC", "WATCH k", "UNWATCH", "CLIENT SETNAME me", "CLIENT GETNAME",
                 "BLPOP none 0.05", "EVAL 'return {1,{2,{3}}}' 0", "CONFIG GET appendonly",
                 "COMMAND GETKEYS GET k", "XADD st 1-1 f v", "XRANGE st - +", "RESET",
                 "CLIENT GETNAME", "HELP GET", "help @hyperloglog", "connect nowhere.invalid 1",
                 f"connect {host} {port}", "GET n", "unbalanced 'quotes"):
        terminal.ask(line)
    terminal.close("quit\r")


def hints():
    terminal = session("-" + dialect)
    for line in ("GET ", "SET ", "SET key ", "ZADD key ", "XADD ", "HSET key field ",
                 "CLIENT KILL ", "OBJECT ENCODING ", "SCAN 0 "):
        terminal.hint(line)
    terminal.type("ge\t")
    shown = terminal.read_until(lambda seen: drawn(seen).lower() not in "ge")
    show("typed: ge and tab", drawn(shown))
    terminal.close("\x03")


def subscribed():
    """Channels in the terminal; another redis-cli speaks."""
    terminal = session("-" + dialect)
    terminal.type("SUBSCRIBE news\r")
    shown = terminal.read_until(lambda seen: "(integer) 1" in seen)
    show("SUBSCRIBE news", "\n".join(plain(shown).strip().split("\n")[1:]))
    speak = ["redis-cli", "-h", host, "-p", port, "PUBLISH", "news", "hello"]
    heard = subprocess.run(speak, capture_output=True, text=True, check=False).stdout
    show("PUBLISH", heard.strip())
    shown = terminal.read_until(lambda seen: '"hello"' in seen)
    show("told", plain(shown).strip())
    # Not every redis-cli can be interrupted here.
    terminal.process.terminate()
    terminal.process.wait()


def main():
    for use in (commands, hints, subscribed):
        use()


if __name__ == "__main__":
    main()
