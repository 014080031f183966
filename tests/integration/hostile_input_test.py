"""Messages and expressions made to cost much. Each ends with a named reason in the dead letters, the messages beside it
arrive, and a run stays within its memory. What bounds the work is counted in steps; the processor's time is looked at
only to tell a hang from an end."""
import copy
import json
import os
import subprocess

from support import AORTA, BUILD, DEVICE, Case, message

SANITIZED = any(name in str(BUILD) for name in ("asan", "tsan"))
MEGABYTE = 1 << 20
SECONDS_OF_PROCESSOR = 20 if not SANITIZED else 400


class Hostile(Case):
    def run_measured(self, *arguments, code=0):
        """The report of a run, and what it used."""
        with open(self.folder / "output", "w+") as output:
            running = subprocess.Popen(
                [AORTA, "run", "pipeline.yaml", "--format", "json", *arguments], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read()
        self.assertEqual(running.returncode, code, said[-2000:])
        self.assertLess(usage.ru_utime + usage.ru_stime, SECONDS_OF_PROCESSOR)
        ended = [json.loads(line) for line in said.splitlines() if line.startswith('{"event":"ended"')]
        self.assertEqual(len(ended), 1, said[-2000:])
        self.assertTrue(ended[0]["balanced"])
        return ended[0], usage.ru_maxrss * 1024

    def write_messages(self, *hostile, beside=3):
        """The hostile ones, each in chunks, with good ones before and behind."""
        with open(self.folder / "messages.ndjson", "w") as file:
            file.write(message(0) + "\n")
            for chunks in hostile:
                for chunk in chunks:
                    file.write(chunk)
                file.write("\n")
            for minute in range(1, beside):
                file.write(message(minute) + "\n")

    def allow_long_records(self):
        self.change("pipeline.yaml", "path: messages.ndjson", "path: messages.ndjson, max_record_bytes: 128MiB")
        self.change("pipeline.yaml", "sinks:", "limits: { max_record_bytes: 128MiB }\nsinks:")

    def assert_memory(self, used, limit):
        if not SANITIZED:
            self.assertLess(used, limit)


class Messages(Hostile):
    def ends(self, reason, *hostile, memory=100 * MEGABYTE):
        self.write_messages(*hostile)
        ended, used = self.run_measured()
        self.assertEqual((ended["written"] + ended["merged"], ended["dead_letters"]), (3, {reason: len(hostile)}))
        self.assert_memory(used, memory)

    def arrives(self, *hostile, memory=100 * MEGABYTE):
        self.write_messages(*hostile)
        ended, used = self.run_measured()
        self.assertEqual((ended["written"] + ended["merged"], ended["dead_letters"]), (3 + len(hostile), {}))
        self.assert_memory(used, memory)

    def reading(self, more):
        """In chunks, so that the test itself needs little memory: a process is charged for what its parent held."""
        yield '{"device":"d1","patient":"p1","at":"2026-11-22T07:00:00Z",'
        yield from more
        yield ',"hr":71}'

    def test_64_megabytes_of_text_by_default(self):
        self.ends("source/record-too-long", self.reading(['"x":"', *["y" * MEGABYTE] * 64, '"']))

    def test_64_megabytes_of_text_where_they_are_allowed(self):
        self.allow_long_records()
        self.arrives(self.reading(['"x":"', *["y" * MEGABYTE] * 64, '"']), memory=500 * MEGABYTE)

    def test_64_megabytes_of_escapes_where_they_are_allowed(self):
        self.allow_long_records()
        self.arrives(self.reading(['"x":"', *["\\u0041\\n" * (MEGABYTE // 8)] * 64, '"']), memory=700 * MEGABYTE)

    def test_a_value_of_64_megabytes(self):
        self.allow_long_records()
        body = ['{"device":"d1","patient":"p1","at":"2026-11-22T07:00:00Z","hr":"', *["7" * MEGABYTE] * 64, '"}']
        self.ends("observation/value-not-a-number", body, memory=1000 * MEGABYTE)

    def test_a_device_id_of_8_megabytes(self):
        body = ['{"patient":"p1","at":"2026-11-22T07:00:00Z","hr":7,"device":"', *["d" * MEGABYTE] * 8, '"}']
        self.write_messages(body)
        ended, used = self.run_measured()
        self.assertEqual(ended["written"] + ended["merged"] + ended["dead_lettered"], 4)
        self.assert_memory(used, 300 * MEGABYTE)

    def test_nesting(self):
        deep = [["["] * 65, ['{"a":'] * 65, ['[{"a":'] * 33, ["[" * MEGABYTE] * 8, ['{"a":' * 100_000] * 10, ["new a(" * 65]]
        self.ends("normalize/too-deep", *deep)

    def test_as_deep_as_allowed(self):
        self.arrives(self.reading(['"x":' + "[" * 63 + "]" * 63]), self.reading(['"x":' + '{"a":' * 63 + "1" + "}" * 63]))

    def test_a_million_repeated_names(self):
        self.arrives(self.reading(f'"k{i % 2}":{i}' + "," * (i < 999_999) for i in range(1_000_000)), memory=300 * MEGABYTE)

    def test_the_last_of_a_million_repeated_names_counts(self):
        self.arrives(self.reading('"hr":[]' + "," * (i < 999_999) for i in range(1_000_000)), memory=300 * MEGABYTE)
        values = [r["valueQuantity"]["value"] for r in self.stored()]
        self.assertEqual(sorted(values), [70, 70, 70, 71])

    def test_a_million_names(self):
        self.arrives(self.reading(f'"{i}":1' + "," * (i < 999_999) for i in range(1_000_000)), memory=400 * MEGABYTE)

    def test_a_million_comments(self):
        self.arrives(self.reading(["/* x *//**/ " * 1_000_000, '"x":0']))

    def test_numbers_of_a_million_digits(self):
        digits = "7" * 1_000_000
        self.ends("normalize/not-json", self.reading(['"x":', digits]), self.reading(['"x":-', digits]), self.reading(['"x":0x', digits]))

    def test_fractions_and_exponents_without_end(self):
        digits = "7" * 1_000_000
        self.arrives(*(self.reading(['"x":', text]) for text in
                       ("0." + digits, "1e" + digits, "-1e-" + digits, "0." + "0" * 1_000_000 + "1e1000000", "1e400", "-0e99999999999999999999")))

    def test_values_no_number_can_hold(self):
        body = ['{"device":"d1","patient":"p1","at":"2026-11-22T07:00:00Z","hr":', "1e400", "}"]
        self.ends("observation/value-not-a-number", body)
        body[1] = "9" * 100
        self.ends("normalize/required-value-unusable", body)

    def test_dates_without_end(self):
        body = ['{"device":"d1","patient":"p1","hr":7,"at":"2026-11-22T07:00:00.', "7" * 1_000_000, 'x"}']
        body_in_words = ['{"device":"d1","patient":"p1","hr":7,"at":"', "Mon, " * 1_000_000, '"}']
        blanks = ['{"device":"d1","patient":"p1","hr":7,"at":"', " " * 5_000_000, 'x"}']
        self.ends("normalize/required-value-unusable", body, body_in_words, blanks)

    def test_a_date_that_is_outside_the_calendar(self):
        self.ends("normalize/date-out-of-range", self.reading(['"x":"/Date(', "9" * 15, ')/"']), self.reading(['"x":"9999-12-31T24:00:00"']))

    def test_200_000_matches_in_one_message(self):
        self.write_messages(['{"readings":['] + ['{"hr":1},'] * 200_000 + ["{}]}"])
        ended, used = self.run_measured()
        self.assertEqual(ended["dead_letters"], {"normalize/required-value-missing": 1})
        self.assert_memory(used, 300 * MEGABYTE)


class Expressions(Hostile):
    """The expression stands in the first of two templates, that of the type "costly"; the other is as ever."""

    def use(self, expression, language="JsonPath", field="typeMatchExpression"):
        mapping = copy.deepcopy(DEVICE)
        template = {
            "typeName": "costly", "typeMatchExpression": "$.Body[?(@.hostile)]", "deviceIdExpression": "$.Body.device",
            "timestampExpression": "$.Body.at", "values": [],
        }
        template[field] = {"value": expression, "language": language}
        mapping["template"].append({"templateType": "CalculatedContent", "template": template})
        self.write("device.json", json.dumps(mapping))

    def ends(self, reason, expression, body, language="JsonPath", memory=300 * MEGABYTE):
        """A message that the expression costs too much ends with the reason; those behind it are as ever."""
        self.use(expression, language)
        self.write_messages([body])
        ended, used = self.run_measured()
        self.assertEqual(ended["dead_letters"], {reason: 1})
        self.assertEqual(ended["written"] + ended["merged"], 3)
        self.assert_memory(used, memory)
        return self.letter()

    def letter(self):
        listed = json.loads(self.aorta("deadletter", "list", "pipeline.yaml", "--each", "--format", "json").stdout)
        return listed["letters"][0]["message"]

    def arrives(self, expression, body, language="JsonPath"):
        self.use(expression, language)
        self.write_messages([body])
        ended, used = self.run_measured()
        self.assertEqual((ended["dead_letters"], ended["written"] + ended["merged"]), ({"normalize/no-template-matched": 1}, 3))
        self.assert_memory(used, 300 * MEGABYTE)

    NESTED = '{"hostile":[' + ",".join(["[" * 60 + "1" + "]" * 60] * 400) + "]}"

    def test_scans_in_scans(self):
        told = self.ends("normalize/expression-too-costly", "$..*..*..*.nothing", self.NESTED)
        self.assertIn("costly", told)
        self.assertIn("steps", told)

    def test_forty_scans(self):
        self.ends("normalize/expression-too-costly", "$.Body.hostile" + "..*" * 40 + ".nothing", self.NESTED)

    def test_filters_that_scan_all_for_all(self):
        self.ends("normalize/expression-too-costly", "$..hostile[?(@..* == $..*..*)]", self.NESTED)

    def test_10_000_filters_in_filters(self):
        self.use("$.Body.hostile" + "[?(@" * 10_000 + ")]" * 10_000)
        self.write_messages(['{"hostile":[[1]]}'])
        ended, _ = self.run_measured()
        self.assertEqual((ended["dead_letters"], ended["dead_lettered"]), ({"normalize/expression-too-costly": 4}, 4))

    def test_a_path_of_a_megabyte(self):
        self.arrives("$.Body" + ".hostile" * 130_000, '{"hostile":{"hostile":1}}')

    def test_patterns_that_others_backtrack_over(self):
        for pattern in (r"^(x+x+)+$", r"(x|xx)*y", r"(x*)*y", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(.*)(.*)(.*)(.*)(.*)[0-9]$"):
            with self.subTest(pattern):
                self.arrives(f"$.Body.hostile[?(@ =~ /{pattern}/)]", '{"hostile":["' + "x" * 20_000 + '!"]}')

    def test_patterns_that_are_refused(self):
        for pattern, word in ((r"(a)\1", "backreferences"), ("(?>a)", "atomic"), ("(?(a)b|c)", "conditional"),
                              ("(?<a-b>x)", "balancing"), (r"\p{IsGreek}", r"\p"), ("(x{1000}){1000}", "too large")):
            with self.subTest(pattern):
                told = self.ends("normalize/expression-failed", f"$.Body.hostile[?(@ =~ /{pattern}/)]", '{"hostile":["a"]}')
                self.assertIn(word, told)

    def test_jmes_path_that_doubles_its_work(self):
        self.ends("normalize/expression-too-costly", "Body.hostile" + ".[@, @]" * 40 + ".to_string(@)", '{"hostile":[1]}', "JmesPath")

    def test_jmes_path_that_doubles_texts(self):
        doubled = "Body.hostile" + ".join('', [@, @])" * 40
        self.ends("normalize/expression-too-costly", doubled, '{"hostile":"xxxxxxxx"}', "JmesPath")

    def test_jmes_path_nested_deep_is_refused_before_anything_runs(self):
        for expression in ("(" * 10_000 + "a" + ")" * 10_000, "!" * 10_000 + "a", "a" + "[?b" * 10_000 + "]" * 10_000,
                           "a" + " || a" * 10_000, "to_array(" * 10_000 + "a" + ")" * 10_000):
            with self.subTest(expression[:20]):
                self.use(expression, "JmesPath")
                done = self.aorta("run", "pipeline.yaml")
                self.assert_refused(done, 1, "device.json:1:", "expression")
                self.assertLess(len(done.stdout + done.stderr), 2_000)

    def test_an_expression_too_costly_for_one_message_does_for_the_next(self):
        self.use("$.Body.hostile..*..*..*.nothing")
        self.write_messages([self.NESTED], ['{"hostile":[1]}'])
        ended, _ = self.run_measured()
        self.assertEqual(ended["dead_letters"], {"normalize/expression-too-costly": 1, "normalize/no-template-matched": 1})
        self.assertEqual(ended["written"] + ended["merged"], 3)


del Hostile, Case
