"""Stands between a client and a server and spoils answers: which ones, a seed says. Standard library only.

    with FaultProxy(server.port, {"reset_after": 0.2}, seed=7) as proxy:
        ... proxy.url ...
        proxy.requests, proxy.faults
"""
import collections
import email.utils
import http.client
import json
import random
import socket
import struct
import threading
import time

from loopback import Handler, Loopback

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"}
# Faults by what the client comes to see. Those that end in _after happen when the server has acted already.
FAULTS = (
    "429_seconds", "429_date", "429_ms", "503_seconds", "503_date", "503_bare", "409", "412", "500", "reset_before", "reset_after", "half_after",
    "slow_after", "stall_before", "drip_after", "garbage_after", "html_200", "html_502", "error_200", "endless_after", "missing_entries_after")


class FaultProxy(Loopback):
    def __init__(self, target_port, rates, seed=1, only=None, slow=0.3):
        """`rates`: shares of requests by fault. `only`: a function of method and path; others pass."""
        super().__init__(ProxyHandler, "/fhir")
        self.target_port, self.rates, self.only, self.slow = target_port, rates, only or (lambda method, path: path != "/fhir/metadata"), slow
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.requests = 0
        self.faults = collections.Counter()
        self.answered_429 = []  # (when, how long to stay away)
        self.times = []

    def choose(self, method, path):
        with self.lock:
            self.requests += 1
            self.times.append(time.monotonic())
            if not self.only(method, path):
                return None
            drawn = self.random.random()
            for fault, rate in self.rates.items():
                if drawn < rate:
                    self.faults[fault] += 1
                    return fault
                drawn -= rate
            return None


class ProxyHandler(Handler):
    def answer(self, method, body):
        fault = self.owner.choose(method, self.path)
        if fault and not fault.endswith("_after"):
            return self.spoil_before(fault)
        answer = self.ask(method, body)
        if fault is None:
            return self.send(*answer)
        self.spoil_after(fault, *answer)

    def ask(self, method, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.owner.target_port, timeout=30)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        connection.request(method, self.path, body=body or None, headers=headers)
        response = connection.getresponse()
        data = response.read()
        kept = [(k, v) for k, v in response.getheaders() if k.lower() not in HOP_BY_HOP]
        connection.close()
        return response.status, data, kept

    def spoil_before(self, fault):
        if fault == "reset_before":
            return self.reset()
        if fault == "stall_before":
            return self.stall()
        if fault == "html_200":
            return self.send(200, b"<html><head><title>Please sign in</title></head></html>", [("Content-Type", "text/html")])
        if fault == "html_502":
            return self.send(502, b"<html><head><title>Bad gateway</title></head></html>", [("Content-Type", "text/html")])
        if fault == "error_200":
            outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception", "diagnostics": "lost my head"}]}
            return self.send(200, json.dumps(outcome).encode(), [("Content-Type", "application/fhir+json")])
        status = int(fault[:3])
        headers = []
        wait = 0
        if fault.endswith("_seconds"):
            wait = 1
            headers = [("Retry-After", "1")]
        elif fault.endswith("_date"):
            wait = 1
            headers = [("Retry-After", email.utils.formatdate(int(time.time()) + 2, usegmt=True))]
        elif fault.endswith("_ms"):
            wait = 0.2
            headers = [("x-ms-retry-after-ms", "200")]
        if status == 429:
            self.owner.answered_429.append((time.monotonic(), wait))
        self.send(status, b"not now", headers + [("Content-Type", "text/plain")])

    def spoil_after(self, fault, status, data, headers):
        if fault == "reset_after":
            return self.reset()
        if fault == "slow_after":
            time.sleep(self.owner.slow)
            return self.try_to_send(status, data, headers)
        if fault == "garbage_after":
            return self.try_to_send(200, b"\x00\xff{]" * 50, [("Content-Type", "application/fhir+json")])
        if fault == "missing_entries_after":
            return self.send(status, self.without_an_entry(data), headers)
        if fault == "drip_after":
            return self.drip(status, data)
        if fault == "half_after":
            return self.send_half(status, data or b"{}  ")
        self.send_without_end()

    def try_to_send(self, *answer):
        try:
            self.send(*answer)
        except OSError:
            self.close_connection = True

    def without_an_entry(self, data):
        try:
            bundle = json.loads(data)
        except ValueError:
            return data
        if len(bundle.get("entry", [])) > 1:
            bundle["entry"].pop()
        return json.dumps(bundle).encode()

    def stall(self):
        """Until the client has had enough."""
        self.connection.settimeout(60)
        try:
            self.connection.recv(1)
        except OSError:
            pass
        self.close_connection = True

    def send_head(self, status, data):
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()

    def drip(self, status, data):
        """A byte a second."""
        self.send_head(status, data)
        try:
            for byte in data[:60]:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(1)
        except OSError:
            pass
        self.close_connection = True

    def send_half(self, status, data):
        self.send_head(status, data)
        self.wfile.write(data[:len(data) // 2])
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def send_without_end(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        piece = b" " * 65536
        try:
            for _ in range(1000):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
        except OSError:
            pass
        self.close_connection = True

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
