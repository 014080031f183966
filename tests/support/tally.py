"""Counts the single cases of a test run: tally.py TESTS_XML CASES_FOLDER. Where a Python file ran as a whole, its cases (python_cases.py) take its
place in TESTS_XML. Prints those that failed or were skipped, and the sum; ends with 1 where one failed, or where there was none."""
import json
import pathlib
import sys
import xml.etree.ElementTree as xml


def outcome_of(case):
    if case.find("skipped") is not None:
        return "skipped"
    return "failed" if case.get("status") in ("fail", "notrun") or case.find("failure") is not None else "passed"


def element_of(case):
    out = xml.Element("testcase", name=case["name"], classname=case["name"], time=str(case["seconds"]), status="fail" if case["outcome"] == "failed" else "run")
    if case["outcome"] != "passed":
        xml.SubElement(out, {"failed": "failure", "skipped": "skipped"}[case["outcome"]], message=case["text"])
    return out


def cases_of(whole, folder):
    """Those of a file. One that failed with none of its cases, or did not run, counts itself."""
    told = folder / (whole.get("name").removeprefix("file/") + ".jsonl")
    cases = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() and whole.get("status") != "notrun" else []
    unexplained = outcome_of(whole) == "failed" and all(case["outcome"] != "failed" for case in cases)
    return [*map(element_of, cases), *([whole] if unexplained or not cases else [])]


def expanded(suite, folder):
    for case in list(suite.iter("testcase")):
        yield from cases_of(case, folder) if case.get("name").startswith("file/") else [case]


def main(report, folder):
    tree = xml.parse(report)
    suite = tree.getroot()
    cases = list(expanded(suite, pathlib.Path(folder)))
    outcomes = [outcome_of(case) for case in cases]
    for case, outcome in zip(cases, outcomes):
        if outcome != "passed":
            print(f"{outcome}: {case.get('name')}")
    passed, failed, skipped = (outcomes.count(outcome) for outcome in ("passed", "failed", "skipped"))
    suite[:] = cases
    suite.attrib.update(tests=str(len(cases)), failures=str(failed), skipped=str(skipped))
    tree.write(report)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
