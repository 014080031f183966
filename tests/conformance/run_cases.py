#!/usr/bin/env python3
"""Sends conformance cases to a program and compares its answers with those of the reference.

    run_cases.py [--known FILE] [--kind KIND] [--show N] COMMAND CASES.jsonl...

A case is one line of JSON: a request (id, kind and what the kind needs), the reference's answer `expect`, and `policy`:
exact (answer alike), error (answer with any error) or free (not compared). COMMAND gets the requests on standard input and
writes one answer a line. FILE names accepted differences, one a line: the id of a case, a tab, the reason.
"""
import argparse
import collections
import hashlib
import json
import re
import shlex
import subprocess
import sys
import tempfile

NOT_SENT = ("expect", "policy", "note")
LONG_TEXT = 2000

INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:(\.\d*?)0*)?(?:Z|[+-]00:00)?")
TIME_IN_JSON = re.compile(r'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|\+00:00)?(?=\\?")')


class Digits(str):
    """A number by its spelling: 72.50 is not 72.5."""

    def __repr__(self):
        return str(self)


def parse(text, **more):
    return json.loads(text, parse_float=Digits, parse_int=Digits, parse_constant=Digits, **more)


def rebuilt(value, leaf, keep=lambda key: True):
    """The same structure with `leaf` applied to every scalar; numbers stay apart from texts of the same spelling."""
    if isinstance(value, dict):
        return {k: rebuilt(v, leaf, keep) for k, v in value.items() if keep(k)}
    if isinstance(value, list):
        return [rebuilt(v, leaf, keep) for v in value]
    return ("number", str(value)) if isinstance(value, Digits) else leaf(value)


def as_instant(value):
    """One spelling for one instant: UTC, without zeros at the end of the fraction."""
    match = INSTANT.fullmatch(value) if isinstance(value, str) else None
    return match.group(1) + (match.group(2) or "").rstrip(".") + "Z" if match else value


def with_instants(value):
    return rebuilt(value, as_instant)


def as_resource(value):
    """A resource without what no two writers agree on."""
    out = rebuilt(value, lambda leaf: leaf, lambda key: key != "issued")
    if isinstance(out, dict) and isinstance(out.get("meta"), dict):
        out["meta"] = {k: v for k, v in out["meta"].items() if k != "lastUpdated"}
    return out


def resources(values):
    return [as_resource(v) for v in values]


def shortened(value):
    """Long texts stand in cases as their SHA-256."""
    if isinstance(value, dict):
        return {k: shortened(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shortened(v) for v in value]
    if isinstance(value, str) and not isinstance(value, Digits) and len(value) > LONG_TEXT:
        return {"$sha256": hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest(), "chars": Digits(len(value))}
    return value


def token(value):
    """Type and content of a token; the content as ordered members where it is JSON, else (a property) as text."""
    if not isinstance(value, dict) or not isinstance(value.get("json"), str):
        return value
    text = TIME_IN_JSON.sub(lambda m: m.group(1) + "Z", value["json"])
    try:
        return value.get("type"), parse(text, object_pairs_hook=lambda pairs: ("object", pairs))
    except ValueError:
        return value.get("type"), text


def tokens(answer):
    result = answer["result"]
    return [token(t) for t in result] if isinstance(result, list) else token(result)


def error_class(error, known):
    """None, a class of `known`, or just "error"."""
    if not error:
        return None
    name = error.get("class") if isinstance(error, dict) else None
    return name if name in known else "error"


def issues(values):
    return sorted(collections.Counter((i["level"], i["category"]) for i in values).items())


def view_expression(answer):
    return {"result": tokens(answer), "projection": bool(answer.get("projection"))}


def view_normalize(answer):
    classes = ("input", "mapping", "message")
    return {"measurements": with_instants(answer["measurements"]), "error": error_class(answer.get("error"), classes)}


def view_validate(answer):
    documents = [
        {
            "issues": issues(d.get("issues", [])),
            "measurements": with_instants(d.get("measurements", [])),
            "observations": resources(d.get("observations", [])),
            "count": str(d.get("count", 0)),
        }
        for d in answer["documents"]
    ]
    return {"issues": issues(answer["issues"]), "documents": documents}


def view_resource(answer):
    return {"result": as_resource(answer.get("result")), "changed": answer.get("changed")}


def view_observation(answer):
    return [(bool(s.get("error")), resources(s.get("observations", []))) for s in answer.get("steps", [])]


def view_identity(answer):
    classes = ("not-found", "not-defined", "mismatch", "multiple")
    messages = [(m.get("ids"), error_class(m.get("error"), classes)) for m in answer.get("messages", [])]
    return {"messages": messages, "server": resources(answer.get("server", []))}


def view_mapping(answer):
    if answer.get("error") and "valid" not in answer:
        return {"valid": False, "errors": 1, "lines": collections.Counter(), "syntax": False}
    lines = [e["line"] if isinstance(e, dict) else e for e in answer.get("errors", [])]
    known = collections.Counter(str(line) for line in lines if line is not None and int(line) > 0)
    return {
        "valid": bool(answer.get("valid")),
        "templates": answer.get("templates"),
        "errors": len(lines),
        "lines": known,
        "syntax": bool(answer.get("syntax")),
    }


def view_rest(answer):
    return {k: with_instants(v) for k, v in answer.items() if k not in ("id", "error")}


VIEWS = {
    "jsonpath": view_expression,
    "jmespath": view_expression,
    "normalize": view_normalize,
    "validate": view_validate,
    "create_observation": view_resource,
    "merge_observation": view_resource,
    "observation": view_observation,
    "identity": view_identity,
    "device_mapping": view_mapping,
    "fhir_mapping": view_mapping,
}
ERROR_IS_PART = ("normalize", "identity", "device_mapping", "fhir_mapping")


def view(kind, answer):
    """What of an answer is compared; None for an error."""
    if answer.get("error") and kind not in ERROR_IS_PART:
        return None
    return VIEWS.get(kind, view_rest)(answer)


def same_mapping(want, got):
    if want["valid"] or got["valid"]:
        return want["valid"] == got["valid"] and want["templates"] == got["templates"]
    if want["syntax"] or not want["lines"]:
        return got["errors"] > 0  # the reference locates nothing here: one error is enough
    return want["errors"] == got["errors"] and not want["lines"] - got["lines"]


def same_steps(want, got):
    """Where a step fails, the reference leaves what follows undone; to do more is better."""
    for (want_error, want_stored), (got_error, got_stored) in zip(want, got):
        if want_error:
            return got_error and all(o in got_stored for o in want_stored)
        if (want_error, want_stored) != (got_error, got_stored):
            return False
    return len(want) == len(got)


def is_error(answer):
    steps = answer.get("steps") or []
    return bool(answer.get("error")) or answer.get("valid") is False or any(s.get("error") for s in steps)


def agrees(case, answer):
    if case["policy"] == "free":
        return True
    if case["policy"] == "error":
        return is_error(answer)
    kind = case["kind"]
    want, got = view(kind, case["expect"]), view(kind, answer)
    if want is None or got is None:
        return want is got
    if kind in ("device_mapping", "fhir_mapping"):
        return same_mapping(want, got)
    if kind == "observation":
        return same_steps(want, got)
    if kind == "normalize" and want["error"] == "error" and got["error"]:
        got["error"] = "error"
    return want == got


def read_lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line for line in file if line.strip()]


def read_known(path):
    """Ids of accepted differences. A line without a reason is a mistake."""
    known = set()
    for line in read_lines(path) if path else []:
        if line.startswith("#"):
            continue
        name, _, reason = line.rstrip("\n").partition("\t")
        if not reason.strip():
            sys.exit(f"{path}: {name}: a reason is missing behind a tab")
        known.add(name)
    return known


def ask(command, lines):
    """Answers of the program by id."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as requests:
        for line in lines:
            request = {k: v for k, v in json.loads(line).items() if k not in NOT_SENT}
            requests.write(json.dumps(request, ensure_ascii=True) + "\n")
        requests.seek(0)
        out = subprocess.run(shlex.split(command), stdin=requests, stdout=subprocess.PIPE, check=False).stdout
    answers = {}
    for line in out.decode("utf-8", "replace").split("\n"):
        try:
            answer = shortened(parse(line))
            answers[str(answer.get("id"))] = answer
        except (ValueError, AttributeError):
            continue
    return answers


def verdict(case, answers):
    """None where the answer agrees, otherwise what was answered."""
    answer = answers.get(str(case["id"]))
    if answer is None:
        return "no answer"
    try:
        return None if agrees(case, answer) else answer
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return {"unreadable": repr(error), **answer}


def show(case, got):
    def brief(value):
        return json.dumps(value, ensure_ascii=False)[:800]

    request = {k: v for k, v in case.items() if k not in NOT_SENT and k != "id"}
    print(f"{case['id']}\n  request {brief(request)}\n  expect  {brief(case['expect'])} ({case['policy']})\n  got     {brief(got)}")


def run_file(path, options, known, shown):
    """Counts of one file: passed, failed, accepted."""
    lines = [l for l in read_lines(path) if not options.kind or json.loads(l)["kind"] == options.kind]
    answers = ask(options.command, lines)
    counts = [0, 0, 0]
    for line in lines:
        case = parse(line)
        got = verdict(case, answers)
        outcome = 0 if got is None else 2 if case["id"] in known else 1
        counts[outcome] += 1
        if outcome == 1 and shown[0] < options.show:
            shown[0] += 1
            show(case, got)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--known", help="file of accepted differences")
    parser.add_argument("--kind", help="only cases of this kind")
    parser.add_argument("--show", type=int, default=10, help="how many failures to print")
    parser.add_argument("command")
    parser.add_argument("cases", nargs="+")
    options = parser.parse_args()
    known, shown = read_known(options.known), [0]
    passed = failed = 0
    for path in options.cases:
        right, wrong, accepted = run_file(path, options, known, shown)
        passed, failed = passed + right + accepted, failed + wrong
        print(f"{right:7} of {right + wrong + accepted}  {path}" + (f", {accepted} known differences" if accepted else ""))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
