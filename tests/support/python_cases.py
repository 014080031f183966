"""Runs the cases of a Python test file in one process: python_cases.py MODULE REPORT SECONDS. Each case is told in a line of REPORT (JSON: name,
outcome, seconds, text). One that does not end within SECONDS, or takes the process with it, has failed; the rest go on in a new process."""
import contextlib
import json
import os
import pathlib
import select
import signal
import sys
import tempfile
import time
import traceback
import unittest


def name_of(case):
    return f"integration/{sys.argv[1]}/{case.id().split('.')[-1]}"


def cases_in(suite):
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from cases_in(one)
        else:
            yield one


class Told(unittest.TestResult):
    """Tells each case as it begins and ends; what it prints goes with its failure."""

    def __init__(self, pipe, printed):
        super().__init__()
        self.pipe = pipe
        self.printed = printed

    def tell(self, **what):
        self.pipe.write(json.dumps(what) + "\n")
        self.pipe.flush()

    def startTest(self, test):
        super().startTest(test)
        os.truncate(self.printed, 0)
        self.begun, self.outcome, self.texts = time.monotonic(), "passed", []
        self.tell(begins=name_of(test))

    def stopTest(self, test):
        super().stopTest(test)
        sys.stdout.flush()
        printed = pathlib.Path(self.printed).read_text(errors="replace") if self.outcome == "failed" else ""
        text = "\n".join([*self.texts, printed])
        self.tell(name=name_of(test), outcome=self.outcome, seconds=round(time.monotonic() - self.begun, 3), text=text)

    def fail(self, test, error):
        text = "".join(traceback.format_exception(*error))
        if not hasattr(test, "_testMethodName") and not hasattr(test, "test_case"):
            return self.tell(outside=f"{test}\n{text}")  # of a class or a module, whose cases do not run then
        self.outcome = "failed"
        self.texts.append(f"{test}\n{text}")

    def addError(self, test, error):
        self.fail(test, error)

    def addFailure(self, test, error):
        self.fail(test, error)

    def addSubTest(self, test, subtest, error):
        if error:
            self.fail(subtest, error)

    def addSkip(self, test, reason):
        if self.outcome == "passed":
            self.outcome = "skipped"
        self.texts.append(reason)

    def addUnexpectedSuccess(self, test):
        self.outcome = "failed"
        self.texts.append(f"{test} was expected to fail")


def run_cases(ended, pipe, printed):
    sys.path.insert(0, os.getcwd())
    told = Told(pipe, printed)
    cases = list(cases_in(unittest.defaultTestLoader.loadTestsFromName(sys.argv[1])))
    told.tell(all=[name_of(case) for case in cases])
    of_classes([case for case in cases if name_of(case) not in ended]).run(told)


def run_child(ended, pipe, printed):
    os.setpgid(0, 0)
    out = os.open(printed, os.O_WRONLY | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    try:
        run_cases(ended, os.fdopen(pipe, "w"), printed)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)


def of_classes(cases):
    return unittest.TestSuite(unittest.TestSuite(case for case in cases if type(case) is kind) for kind in dict.fromkeys(map(type, cases)))


class File:
    def __init__(self, report, seconds):
        self.report, self.seconds = report, seconds
        self.all, self.ended, self.failed = [f"integration/{sys.argv[1]}"], set(), False
        self.printed = tempfile.NamedTemporaryFile(prefix="aorta-cases-")

    def end(self, name, outcome, seconds=0.0, text=""):
        self.ended.add(name)
        self.failed = self.failed or outcome == "failed"
        self.report.write(json.dumps({"name": name, "outcome": outcome, "seconds": seconds, "text": text}) + "\n")
        self.report.flush()
        if outcome == "failed":
            print(f"{name}\n{text}", flush=True)

    def run(self):
        """Each round but the last one ends with a case that has ended the process."""
        while True:
            running, why = self.run_once()
            printed = pathlib.Path(self.printed.name).read_text(errors="replace")[-20000:]
            if not running:
                break
            self.end(running, "failed", text=f"{why}\n{printed}")
        for name in self.all:
            if name not in self.ended:
                self.end(name, "failed", text=f"was not run: {why}\n{printed}")

    def run_once(self):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            run_child(self.ended, write, self.printed.name)
        os.close(write)
        try:
            with os.fdopen(read, "rb", buffering=0) as pipe:
                return self.follow(pipe)
        finally:
            end_group(child)

    def follow(self, pipe):
        """The case under way when nothing more comes, and why nothing does."""
        running, why, rest = None, "the process ended", b""
        limit = time.monotonic() + self.seconds
        while True:
            if not select.select([pipe], [], [], max(0.0, limit - time.monotonic()))[0]:
                return running, f"did not end within {self.seconds} seconds"
            read = pipe.read(65536)
            if not read:
                return running, why
            *lines, rest = (rest + read).split(b"\n")
            for told in map(json.loads, lines):
                self.all = told.get("all", self.all)
                why = told.get("outside", why)
                if "begins" in told:
                    running, limit = told["begins"], time.monotonic() + self.seconds
                if "outcome" in told:
                    running = None
                    self.end(**told)


def end_group(child):
    """With whatever the cases have left running."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main():
    path = pathlib.Path(sys.argv[2])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as report:
        file = File(report, float(sys.argv[3]))
        file.run()
    return 1 if file.failed else 0


if __name__ == "__main__":
    sys.exit(main())
