"""What the comparison of run_cases.py tells apart, and what it does not."""
import json
import unittest

import run_cases


def case(kind, expect, policy="exact"):
    return run_cases.parse(json.dumps({"id": "x", "kind": kind, "policy": policy, "expect": expect}))


def agrees(kind, expect, answer, policy="exact"):
    return run_cases.agrees(case(kind, expect, policy), run_cases.parse(json.dumps(answer)))


def token(kind, text):
    return {"type": kind, "json": text}


class Comparison(unittest.TestCase):
    def test_tokens_differ_by_type_digits_and_order(self):
        one = {"result": [token("Integer", "3")]}
        self.assertTrue(agrees("jsonpath", one, one))
        self.assertFalse(agrees("jsonpath", one, {"result": [token("Float", "3")]}))
        self.assertFalse(agrees("jsonpath", one, {"result": [token("Integer", "3.0")]}))
        self.assertFalse(agrees("jsonpath", one, {"result": []}))
        ordered = {"result": token("Object", '{"a":1,"b":2}')}
        self.assertFalse(agrees("jsonpath", ordered, {"result": token("Object", '{"b":2,"a":1}')}))

    def test_a_projection_is_not_a_list(self):
        plain = {"result": [token("Integer", "1")]}
        self.assertFalse(agrees("jmespath", plain, {**plain, "projection": True}))

    def test_an_error_agrees_with_an_error_only(self):
        error = {"error": {"class": "expression"}}
        self.assertTrue(agrees("jsonpath", error, {"error": {"class": "other"}}))
        self.assertFalse(agrees("jsonpath", error, {"result": []}))
        self.assertFalse(agrees("jsonpath", {"result": []}, error))

    def test_policies(self):
        self.assertTrue(agrees("jsonpath", {"result": []}, {"error": {}, "result": [1]}, "free"))
        self.assertFalse(agrees("jsonpath", {"result": []}, {"result": []}, "error"))
        self.assertTrue(agrees("jsonpath", {"result": []}, {"error": {"class": "x"}}, "error"))

    def test_times_are_instants(self):
        def at(time):
            return {"measurements": [{"OccurrenceTimeUtc": time}], "error": None}

        self.assertTrue(agrees("normalize", at("2024-03-05T08:15:30Z"), at("2024-03-05T08:15:30.000+00:00")))
        self.assertFalse(agrees("normalize", at("2024-03-05T08:15:30Z"), at("2024-03-05T08:15:31Z")))
        self.assertFalse(agrees("normalize", at("2024-03-05T08:15:30.1Z"), at("2024-03-05T08:15:30Z")))

    def test_normalize_keeps_the_class_of_an_error(self):
        def failed(name):
            return {"measurements": [], "error": {"class": name}}

        self.assertTrue(agrees("normalize", failed("message"), failed("message")))
        self.assertFalse(agrees("normalize", failed("message"), failed("mapping")))
        self.assertTrue(agrees("normalize", failed("unlisted"), failed("mapping")))

    def test_numbers_of_resources_keep_their_digits(self):
        observation = '{"id": "x", "result": {"value": %s, "issued": "%s", "meta": {"versionId": "1", "lastUpdated": "%s"}}}'
        want = {**case("create_observation", {}), "expect": run_cases.parse(observation % ("72.50", "a", "b"))}
        self.assertTrue(run_cases.agrees(want, run_cases.parse(observation % ("72.50", "c", "d"))))
        self.assertFalse(run_cases.agrees(want, run_cases.parse(observation % ("72.5", "a", "b"))))
        self.assertFalse(run_cases.agrees(want, run_cases.parse(observation % ('"72.50"', "a", "b"))))

    def test_a_mapping_agrees_in_its_count_of_errors_and_their_lines(self):
        def broken(*lines):
            return {"valid": False, "errors": [{"line": line} for line in lines]}

        self.assertTrue(agrees("device_mapping", broken(3, -1), broken(3, 9)))
        self.assertFalse(agrees("device_mapping", broken(3), broken(4)))
        self.assertFalse(agrees("device_mapping", broken(3), broken(3, 4)))
        self.assertFalse(agrees("device_mapping", broken(3), {"valid": True, "templates": 1}))
        self.assertFalse(agrees("device_mapping", {"valid": True, "templates": 1}, {"valid": True, "templates": 2}))

    def test_after_a_failed_step_more_may_be_stored_but_not_less(self):
        def steps(*observations):
            return {"steps": [{"error": {"class": "x"}, "observations": list(observations)}]}

        self.assertTrue(agrees("observation", steps({"id": "a"}), steps({"id": "a"}, {"id": "b"})))
        self.assertFalse(agrees("observation", steps({"id": "a"}), steps({"id": "b"})))

    def test_long_texts_are_compared_by_digest(self):
        text = "x" * 3000
        digest = run_cases.shortened(text)
        self.assertTrue(agrees("jsonpath", {"result": token("String", "")} | {"result": digest}, {"result": digest}))
        self.assertNotEqual(digest, run_cases.shortened(text + "y"))


if __name__ == "__main__":
    unittest.main()
