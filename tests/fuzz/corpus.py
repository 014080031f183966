#!/usr/bin/env python3
"""Makes the fuzzers' first inputs from the conformance cases: corpus.py OUT [CASES...]

OUT/<target>/ gets one file per input, named by its content. CASES are folders or .jsonl files; the project's own cases
if none are given.
"""
import hashlib
import json
import pathlib
import sys

LARGEST = 8192
DATES = ["2024-03-05T10:00:00.1234567Z", "/Date(1700000000000+0100)/", "Tue, 05 Mar 2024 10:11:12 GMT",
         "3/5/2024 1:02:03 PM +05:30", "2024-03-05T24:00:00", "Mar 2024", "05 March 24, 10 AM"]
NUMBERS = ["72.50", "-1e-7", "1e400", "12345678901234567890123456789", "1,234.5-", " +.5e+10 ", "NaN", "-Infinity",
           "9007199254740993", "79228162514264337593543950335", "0.1", "4.9e-324"]
PATTERNS = [(b"i", b"^(a|b)+?[c-e-[d]]{2,3}$", b"abcce"), (b"", rb"(?=\d{2})\w+\b(?!x)", b"42x"),
            (b"m", rb"(?<=a)\p{L}*|(?i:[^\s])", b"aBc"), (b"s", rb"(?<n>.\u0041|\x41)*", b"AAAA")]
# Reader, of READERS (see targets/growth.cpp, also for the sizes), prefix, fragment, suffix.
READERS, SIZES = 8, 6
GROWTH = [(0, "[", '{"a":1,"b":"x\\n"},', "1]"), (0, "{", '"k":0.5,', "}"), (0, "", "[", ""), (0, "", "/*x*/ ", "1"),
          (1, "[", '\n"2024-03-05T10:00:00Z",', "1]"), (2, "$", "..a[0]", ""), (2, "$", "[?(@.a == 1 && @.b)]", ""),
          (2, "$[", "1,", "2]"), (3, "a", ".b[?c]|d", ""), (3, "[", "a,", "b]"), (3, "", "!", "a"), (3, "", "(", ""),
          (4, "", "(a|b)*", ""), (4, "", "[a-z]{2}", ""), (5, '{"templateType":"CollectionFhir","template":[', "{},",
          "{}]}"), (6, "2024-03-05T10:00:00.", "1", "Z"), (7, "1", "0", ""), (7, "1,", "1,", "1.5e5"), (7, "", " ", "1")]


def texts(value):
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def joined(*parts):
    return b"\0".join(part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass") for part in parts)


def of_expression(target):
    def inputs(case):
        yield target, joined(case["expression"], case["data"])
        yield "json_value", b"\3" + joined(case["data"])
        yield "text", joined(case["expression"])
    return inputs


def of_message(mapping, message):
    body = message.get("body", "")
    properties = [json.dumps(message.get(name) or {}, ensure_ascii=False) for name in ("properties", "systemProperties")]
    yield "normalize", joined(mapping, body)
    yield "json_envelope", joined(*properties, body)
    yield "json_envelope", joined(*properties, b"\xff\xfe" + body.encode("utf-16-le", "surrogatepass"))


def of_normalize(case):
    yield "device_mapping", joined(case["deviceMapping"])
    if "message" in case:
        yield from of_message(case["deviceMapping"], case["message"])


def of_device_mapping(case):
    yield "device_mapping", joined(case["mapping"])
    yield "json_value", b"\6" + joined(case["mapping"])


def of_fhir_mapping(case):
    yield "fhir_mapping", joined(case["mapping"])
    yield "json_value", b"\6" + joined(case["mapping"])


def of_sampled_data(case):
    for text in texts({name: case[name] for name in ("start", "end", "data", "values") if name in case}):
        yield "numbers", joined(text)
        yield "dates", joined(text)


KINDS = {
    "jsonpath": of_expression("json_path"),
    "jmespath": of_expression("jmes_path"),
    "normalize": of_normalize,
    "device_mapping": of_device_mapping,
    "fhir_mapping": of_fhir_mapping,
    "sampled_data": of_sampled_data,
}


def of_case(case):
    yield from KINDS.get(case.get("kind"), lambda case: ())(case)
    for text in texts(case.get("message", case.get("data"))):
        for found in text.split('"'):
            if 8 <= len(found) <= 40 and any(c.isdigit() for c in found):
                yield "dates", joined(found)


def of_lists():
    yield from (("dates", joined(text)) for text in DATES)
    yield from (("numbers", joined(text)) for text in NUMBERS)
    yield from (("regex", joined(*parts)) for parts in PATTERNS)
    for reader, *parts in GROWTH:
        yield from (("growth", bytes([reader + READERS * size]) + joined(*parts)) for size in range(SIZES))


def cases(places):
    for place in places:
        for file in sorted(place.rglob("*.jsonl")) if place.is_dir() else [place]:
            with open(file, encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines if line.strip())


def main(out, *places):
    places = [pathlib.Path(p) for p in places] or [pathlib.Path(__file__).parents[1] / "conformance"]
    inputs = set(of_lists())
    for case in cases(places):
        inputs.update(found for found in of_case(case) if len(found[1]) <= LARGEST)
    for target, content in inputs:
        folder = pathlib.Path(out, target)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)
    print(f"{len(inputs)} inputs for {len({target for target, _ in inputs})} targets")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
