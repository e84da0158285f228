"""A stand-in for what surrounds a function in the cloud: Lambda's Runtime API and Secrets Manager."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RUNTIME = "/2018-06-01/runtime"
TIMEOUT_SECS = 60


class Lambda:
    """Hands one function its events and keeps its answers. `ready` and `answered` are moments of
    `time.monotonic()`."""

    def __init__(self, events, secret):
        self.waiting = list(events)
        self.secret = secret
        self.ready = None
        self.begun, self.answered, self.answers = [], [], []
        self.failure = None
        self.idle = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def next_event(self):
        """The next event, or nothing: then the function has done what there was to do."""
        now = time.monotonic()
        self.ready = self.ready or now
        if self.waiting:
            self.begun.append(time.monotonic())
            return self.waiting.pop(0)
        self.idle.set()
        return None

    def take_answer(self, path, body):
        if path.endswith("/response"):
            self.answered.append(time.monotonic())
            self.answers.append(json.loads(body or b"null"))
        else:
            self.failure = body.decode(errors="replace")
            self.idle.set()


def handler_for(cloud):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Without it each answer waits for the acknowledgement of its head.
        wbufsize = -1
        disable_nagle_algorithm = True

        def log_message(self, *_):
            pass

        def answer(self, status, body=b"", headers=()):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def do_GET(self):
            event = cloud.next_event()
            if event is None:
                # Lambda answers when there is something to do; the function is ended before.
                time.sleep(TIMEOUT_SECS)
                return
            deadline = int((time.time() + TIMEOUT_SECS) * 1000)
            self.answer(200, json.dumps(event).encode(), [
                ("Content-Type", "application/json"),
                ("Lambda-Runtime-Aws-Request-Id", f"00000000-0000-0000-0000-{len(cloud.begun):012}"),
                ("Lambda-Runtime-Deadline-Ms", str(deadline)),
                ("Lambda-Runtime-Invoked-Function-Arn",
                 "arn:aws:lambda:ap-southeast-3:123456789012:function:measured"),
                ("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000"),
            ])

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) \
                if "Content-Length" in self.headers else self.chunks()
            if self.headers.get("X-Amz-Target", "").startswith("secretsmanager."):
                answer = {"Name": "measured", "SecretString": json.dumps(cloud.secret)}
                self.answer(200, json.dumps(answer).encode(),
                            [("Content-Type", "application/x-amz-json-1.1")])
            else:
                cloud.take_answer(self.path, body)
                self.answer(202)

        def chunks(self):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

    return Handler
