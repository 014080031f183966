"""The workloads that every figure is taken on. The same files every time."""
import json
import pathlib
import random

QUANTITY = {"valueType": "Quantity", "system": "http://unitsofmeasure.org"}


def stamp(r, second):
    return "2026-03-05T%02d:%02d:%02d.%03dZ" % (second // 3600 % 24, second // 60 % 60, second % 60, r.randint(0, 999))


def vitals(r, i):
    return {
        "deviceId": "monitor-%04d" % (i % 500), "patientId": "mrn-%06d" % (i % 500 * 7), "endDate": stamp(r, i),
        "heartRate": r.randint(50, 120), "spo2": r.randint(90, 100), "respiratoryRate": r.randint(10, 24),
        "temperature": round(r.uniform(35.5, 39.5), 1), "unit": "ward-3", "battery": round(r.random(), 2), "sequence": i,
        "firmware": "4.2.1", "alarms": [], "leads": {"on": True, "quality": r.randint(0, 4)},
    }


def template(name, key):
    return {
        "templateType": "JsonPathContent",
        "template": {
            "typeName": name, "typeMatchExpression": "$..[?(@%s)]" % key, "deviceIdExpression": "$.deviceId",
            "timestampExpression": "$.endDate", "patientIdExpression": "$.patientId",
            "values": [
                {"required": True, "valueExpression": "$.%s" % key, "valueName": "hr"},
                {"required": False, "valueExpression": "$.spo2", "valueName": "spo2"},
            ],
        },
    }


READINGS = {
    "templateType": "CalculatedContent",
    "template": {
        "typeName": "vitals", "typeMatchExpression": "$.Body.readings[?(@heartRate)]",
        "deviceIdExpression": "$.Body.device.serial", "patientIdExpression": "$.Body.device.patientId",
        "timestampExpression": "$.matchedToken.endDate",
        "values": [
            {"required": True, "valueExpression": "$.matchedToken.heartRate", "valueName": "hr"},
            {
                "required": False, "valueName": "spo2",
                "valueExpression": {"value": "add(matchedToken.spo2, `0`)", "language": "JmesPath"},
            },
        ],
    },
}


def fhir(period_interval, **rest):
    template = {
        "typeName": "vitals", "periodInterval": period_interval,
        "codes": [{"code": "8867-4", "system": "http://loinc.org", "display": "Heart rate"}],
        **rest,
    }
    return {"templateType": "CollectionFhir", "template": [{"templateType": "CodeValueFhir", "template": template}]}


VITAL_SIGNS = {
    "code": "vital-signs", "display": "Vital Signs", "system": "http://terminology.hl7.org/CodeSystem/observation-category",
}
FHIR = fhir(
    0,
    category=[{"text": "Vital Signs", "codes": [VITAL_SIGNS]}],
    value={**QUANTITY, "valueName": "hr", "unit": "/min", "code": "/min"},
    components=[
        {
            "codes": [{"code": "59408-5", "system": "http://loinc.org", "display": "SpO2"}],
            "value": {**QUANTITY, "valueName": "spo2", "unit": "%", "code": "%"},
        }
    ],
)
# The same, an hour of each device in one Observation.
HOURLY = fhir(60, value={"valueType": "SampledData", "valueName": "hr", "defaultPeriod": 1000, "unit": "/min"})


def collection(templates):
    return json.dumps({"templateType": "CollectionContent", "template": templates})


def with_templates(count):
    """`count` templates, of which the one in the middle matches."""
    half = (count - 1) // 2
    names = ["metric%d" % i for i in range(count - 1)]
    others = [template(n, n) for n in names]
    return collection(others[:half] + [template("vitals", "heartRate")] + others[half:])


def readings(r, i):
    one = lambda k: {"heartRate": r.randint(50, 120), "spo2": r.randint(90, 100), "endDate": stamp(r, i * 60 + k)}
    return {"device": {"serial": "hub-%03d" % i, "patientId": "p%03d" % i}, "readings": [one(k) for k in range(50)]}


def lines(messages):
    return "".join(json.dumps(m, separators=(",", ":")) + "\n" for m in messages)


def write(folder, curve=()):
    """w1: 10,000 vitals, one template. w2: the same, 1,000 templates. w3: 500 messages of 50 readings, CalculatedContent.
    For each count of `curve`, curve-COUNT.device.json."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    r = random.Random(1)
    bodies = lines(vitals(r, i) for i in range(10_000))
    for name in ("w1", "w2"):
        (folder / f"{name}.messages.ndjson").write_text(bodies)
    (folder / "w3.messages.ndjson").write_text(lines(readings(r, i) for i in range(500)))
    (folder / "w1.device.json").write_text(with_templates(1))
    (folder / "w2.device.json").write_text(with_templates(1000))
    (folder / "w3.device.json").write_text(collection([READINGS]))
    for name in ("w1", "w2", "w3"):
        (folder / f"{name}.fhir.json").write_text(json.dumps(FHIR))
    for count in curve:
        (folder / f"curve-{count}.device.json").write_text(with_templates(count))
