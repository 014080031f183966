"""Folders to build plugins in."""
import contextlib
import fcntl
import itertools
import os
import pathlib
import shutil

BUILT = pathlib.Path(os.environ["AORTA_BUILD"]) / "tests/built"


@contextlib.contextmanager
def build_folder(name):
    """An empty one, for this process alone, by a path that is the same in most runs: the compiler cache knows what is built there again."""
    BUILT.mkdir(parents=True, exist_ok=True)
    for number in itertools.count():
        folder = BUILT / f"{name}-{number}"
        with folder.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            yield folder
            shutil.rmtree(folder)
            return
