"""A small HTTP server on this machine, for as long as a `with` block runs, on a port that the system gives unless one is named."""
import http.server
import threading


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        """Clients may hang up."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Gives each request with its body to answer(); quiet. An answer leaves in one piece."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    owner = None  # the Loopback that it works for

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.take("GET")

    def do_PUT(self):
        self.take("PUT")

    def do_POST(self):
        self.take("POST")

    def take(self, method):
        self.answer(method, self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, method, body):
        raise NotImplementedError

    def send(self, status, body, headers):
        """`headers`: pairs; the length is added."""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


class Loopback:
    def __init__(self, handler, path="", port=0, tls=None):
        """`tls`: an SSLContext. Each server has a handler class of its own, so that a test may change it."""
        self.handler = type(handler.__name__, (handler,), {"owner": self})
        self.httpd = Server(("127.0.0.1", port), self.handler)
        self.port = self.httpd.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}{path}"
        if tls:
            self.httpd.socket = tls.wrap_socket(self.httpd.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.httpd.shutdown()
        self.httpd.server_close()
