"""Whose Device, Patient and Encounter a measurement belongs to, where the store is a server that others write to as well."""
import time

from rest_support import FhirServer, RestCase, reading

ONE_BY_ONE = "{ max_measurements: 1, max_delay: 60s }"


def patient(id, value, system=None):
    return {"resourceType": "Patient", "id": id, "identifier": [{"value": value} | ({"system": system} if system else {})]}


def device(patient):
    return {"resourceType": "Device", "id": "x", "identifier": [{"value": "d1"}], "patient": {"reference": f"Patient/{patient}"}}


class Identity(RestCase):
    def test_a_patient_that_somebody_else_registers_in_between_is_not_made_twice(self):
        self.write("messages.ndjson", reading(1, 70, "d1", "mrn-1"))
        for options, patients in ((", identity: { creates: conditional }", 1), ("", 2)):
            def register(resource):
                if resource["resourceType"] == "Patient" and not server.all("Patient"):
                    server.add(patient("hospital-1", "mrn-1"))
                return 0

            with FhirServer(reject=register) as server:
                self.use(server.url, options)
                ended, _ = self.run_rest()
                self.assertEqual(ended["written"], 1)
                self.assertEqual(len(server.all("Patient")), patients)
                (observation,) = server.all("Observation")
                (device,) = server.all("Device")
                if patients == 1:
                    self.assertEqual(observation["subject"]["reference"], "Patient/hospital-1")
                    self.assertEqual(device["patient"]["reference"], "Patient/hospital-1")

    def test_two_hosts_that_begin_at_once_make_one_of_each(self):
        messages = "".join(reading(i, 60 + i % 40, f"d{i % 20}", f"p{i % 20}") for i in range(60))
        with FhirServer() as server:
            for name in ("a", "b"):
                (self.folder / name).mkdir()
                for file in ("device.json", "fhir.json"):
                    self.write(f"{name}/{file}", (self.folder / file).read_text())
                self.use(server.url, ", identity: { creates: conditional }", name=f"{name}/pipeline.yaml")
                self.write(f"{name}/messages.ndjson", messages)
            for run, log in [self.start(folder=self.folder / name) for name in ("a", "b")]:
                self.assertEqual(run.wait(60), 0, log.read_text())
            self.assertEqual(len(server.all("Patient")), 20)
            self.assertEqual(len(server.all("Device")), 20)
            self.assertEqual(len(server.all("Observation")), 60)

    def test_what_was_not_found_is_asked_for_once_in_a_while(self):
        self.write("messages.ndjson", "".join(reading(i, 70, "unknown") for i in range(20)))
        for options, searches in ((", identity: { mode: lookup, cache: { negative_age: 10m } }", 1), (", identity: { mode: lookup }", 20)):
            with FhirServer() as server:
                self.use(server.url, options, group=ONE_BY_ONE)
                ended, _ = self.run_rest()
                self.assertEqual(ended["dead_letters"], {"identity/device-not-found": 20})
                self.assertEqual(server.counts["search"], searches)

    def test_a_device_that_is_found_is_looked_up_again_when_that_is_old(self):
        self.write("messages.ndjson", "".join(reading(i, 70) for i in range(40)))
        asked = {}

        def take_longer_than_the_device_may_be_remembered(resource):
            time.sleep(0.005)
            return 0

        for age in ("1ms", "10m"):
            with FhirServer(reject=take_longer_than_the_device_may_be_remembered) as server:
                server.add(device("p"))
                self.use(server.url, f", identity: {{ mode: lookup, cache: {{ max_age: {age} }} }}", group=ONE_BY_ONE)
                self.assertEqual(self.run_rest()[0]["written"], 40)
                asked[age] = server.counts["search"]
        self.assertEqual(asked["10m"], 41)  # the Device once, each Observation
        self.assertEqual(asked["1ms"], 80)  # both, each time

    def test_a_device_that_passes_to_another_patient_is_looked_up_anew_when_remembered_by_names(self):
        self.write("messages.ndjson", reading(1, 70, "d1", "mrn-1") + reading(2, 71, "d1", "mrn-2"))
        for options, now in (("", "p1"), (", cache: { by: names }", "p2")):
            def pass_on(resource):
                if resource["resourceType"] == "Observation":
                    server.add(device("p2"))
                return 0

            with FhirServer(reject=pass_on) as server:
                server.add(device("p1"))
                self.use(server.url, f", identity: {{ mode: lookup{options} }}", group=ONE_BY_ONE)
                self.assertEqual(self.run_rest()[0]["written"], 2)
                subjects = {r["valueQuantity"]["value"]: r["subject"]["reference"] for r in server.all("Observation")}
                self.assertEqual(subjects, {70: "Patient/p1", 71: f"Patient/{now}"})

    def test_patients_and_encounters_of_their_own_systems(self):
        self.write("messages.ndjson", reading(1, 70, "d1", "1"))
        with FhirServer() as server:
            server.add(patient("wrong", "1", "urn:elsewhere"))
            server.add(patient("right", "1", "urn:mrn"))
            self.use(server.url, ", identity: { systems: { device: 'urn:serial', patient: 'urn:mrn' } }")
            self.run_rest()
            (observation,) = server.all("Observation")
            (device,) = server.all("Device")
            self.assertEqual(observation["subject"]["reference"], "Patient/right")
            self.assertEqual(device["identifier"], [{"system": "urn:serial", "value": "d1"}])
            self.assertEqual(len(server.all("Patient")), 2)
