"""Fuzz the readers: `python -m tests.fuzz [TARGET …] [--seconds N] [--keep FOLDER] [--plain] [--seed N]`.

Each target runs in a process of its own, all at the same time. Valid files are changed at random, in worker processes
with limits; then, with atheris (the extra `fuzz`) and without --plain, coverage steers what is tried for the second
half of the time. The first tries more, the second reaches further into our own code. What breaks a target is kept in
the folder, and the exit code is 1. A file that once did belongs into tests/fuzz/found/TARGET/.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from formgen.crew import Crew, Limits

SECONDS_EACH = 20
"""For one input, that a machine full of fuzzers may take."""
MEMORY_MIB = 1024
MEMORY = Path("/dev/shm")
"""Where files are written fast, on systems that have it: thousands a minute."""
ALL = ("package", "docx", "xlsx", "pdf")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m tests.fuzz")
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--alone", action="store_true", help="run one target in this process")
    options = parser.parse_args(arguments)
    keep = options.keep or Path(tempfile.mkdtemp(prefix="formgen-fuzz-found-"))
    keep.mkdir(parents=True, exist_ok=True)
    if not options.alone:
        return _run_all(options.targets or list(ALL), options.seconds, keep, options.plain, options.seed)
    (target,) = options.targets
    is_plain = options.plain or importlib.util.find_spec("atheris") is None
    broken = fuzz_plainly(target, options.seconds / (1 if is_plain else 2), keep, options.seed)
    if not is_plain and not broken:
        fuzz_with_atheris(target, options.seconds / 2, keep, options.seed)
    return broken


def _run_all(targets: list[str], seconds: float, keep: Path, is_plain: bool, seed: int | None) -> int:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        environment = {**os.environ, "FORMGEN_FUZZ_FOLDER": folder}  # removed here, however the targets end
        logs = {target: (Path(folder) / target).open("w+") for target in targets}
        runs = {}
        for target, log in logs.items():
            command = [sys.executable, "-m", "tests.fuzz", target, "--alone", "--seconds", str(seconds)]
            command += ["--keep", str(keep), *(["--plain"] if is_plain else [])]
            command += [] if seed is None else ["--seed", str(seed)]
            runs[target] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        failed = [target for target, run in runs.items() if run.wait() != 0]
        for target, log in logs.items():
            log.seek(0)
            said = log.read().splitlines()
            print(f"== {target}: {'FAILED' if target in failed else 'ok'}")
            told = (
                said[-60:] if target in failed else [line for line in said if "inputs from" in line or "Done" in line]
            )
            print("\n".join(told))
    if failed:
        print(f"inputs are in {keep}")
    return 1 if failed else 0


def fuzz_plainly(target: str, seconds: float, keep: Path, seed: int | None = None) -> int:
    """Change valid files at random until the time is over. 1 where something broke."""
    first = seed if seed is not None else random.SystemRandom().randrange(1 << 32)
    end = time.monotonic() + seconds
    tried, broken = 0, 0
    limits = Limits(SECONDS_EACH, MEMORY_MIB)
    with Crew(start, (target,), jobs=1, limits=limits, in_chunk=4) as crew:
        for number, outcome in crew.run((number, number) for number in _numbers_until(first, end)):
            tried += 1
            if outcome.loss:
                broken += 1
                path = keep / f"{target}-{number}"
                path.write_bytes(input_of(target, number))
                print(f"{path.name}: {outcome.loss} {outcome.detail} {outcome.error or ''}", flush=True)
    print(f"{tried} inputs from {first}, {broken} of them broke it")
    return 1 if broken else 0


def _numbers_until(first: int, end: float) -> Iterator[int]:
    number = first
    while time.monotonic() < end:
        yield number
        number += 1


def start(target: str) -> Callable[[int], None]:
    """Make a worker ready: it makes its inputs itself, from their numbers."""
    from tests.fuzz.targets import TARGETS

    return lambda number: TARGETS[target].try_(input_of(target, number))


def input_of(target: str, number: int) -> bytes:
    from tests.fuzz.mutating import mutated
    from tests.fuzz.targets import TARGETS

    chance = random.Random(number)
    return mutated(chance.choice(TARGETS[target].seeds), chance)


def fuzz_with_atheris(target: str, seconds: float, keep: Path, seed: int | None) -> None:
    """Ends the process, with 0 where nothing broke."""
    import atheris

    with atheris.instrument_imports(include=["formgen", "zipfile"], enable_loader_override=False):
        from formgen.reading.files import READERS
        from tests.fuzz.mutating import WORDS
        from tests.fuzz.targets import TARGETS

        for module, _ in READERS.values():  # they would be imported later, unseen
            importlib.import_module(module)
    chosen = TARGETS[target]
    with tempfile.TemporaryDirectory(dir=os.environ.get("FORMGEN_FUZZ_FOLDER")) as folder:
        words = Path(folder) / "words"
        words.write_text("".join(_quoted(word) for word in WORDS))
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, example in enumerate(chosen.seeds):
            (corpus / str(number)).write_bytes(example)
        flags = [f"-max_total_time={seconds:g}", f"-timeout={SECONDS_EACH}", f"-rss_limit_mb={MEMORY_MIB * 2}"]
        flags += [f"-artifact_prefix={keep}/{target}-", f"-dict={words}", "-max_len=400000", "-len_control=0"]
        flags += [] if seed is None else [f"-seed={seed + 1}"]  # 0 would be one of its own
        flags += ["-keep_seed=1"]  # all parts of a form lead to the same code until they are changed
        atheris.Setup([sys.argv[0], *flags, str(corpus)], chosen.try_, custom_mutator=_change)
        atheris.Fuzz()


def _change(data: bytes, max_size: int, seed: int) -> bytes:
    """Half of the time whole elements and numbers, which libFuzzer knows nothing of."""
    import atheris

    from tests.fuzz.mutating import mutated

    chance = random.Random(seed)
    return mutated(data, chance)[:max_size] if chance.random() < 0.5 else atheris.Mutate(data, max_size)


def _quoted(word: bytes) -> str:
    """As libFuzzer's dictionaries have it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
