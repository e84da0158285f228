"""Events as AWS hands them to the functions, and whether their answers are what was to be done."""

import hashlib
import hmac
import itertools
import json
import time
import urllib.request

OFFICE = "demo-kecil"
QUEUES = "arn:aws:sqs:ap-southeast-3:123456789012"
numbers = itertools.count(1)


def http_event(method, path, query="", body=None, headers=None):
    """An event of an HTTP API, payload format 2.0."""
    headers = {"content-type": "application/json", "host": "api.example.org",
               "accept": "application/json", "user-agent": "measured", **(headers or {})}
    event = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "measured",
            "domainName": "api.example.org",
            "domainPrefix": "api",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1",
                     "sourceIp": "192.0.2.1", "userAgent": "measured"},
            "requestId": f"measured-{next(numbers)}",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "30/Nov/2026:00:00:00 +0000",
            "timeEpoch": 1796000000000,
        },
        "isBase64Encoded": False,
    }
    return event if body is None else {**event, "body": body}


def sqs_event(body, queue_arn):
    """One message of a queue."""
    number = next(numbers)
    return {"Records": [{
        "messageId": f"00000000-0000-0000-0001-{number:012}",
        "receiptHandle": "measured",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1796000000000",
                       "SenderId": "measured", "ApproximateFirstReceiveTimestamp": "1796000000000"},
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": "ap-southeast-3",
    }]}


def delivery(environment):
    """A delivery of Meta's with one message in it, signed."""
    number = next(numbers)
    sender = f"62811{number:07}"
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{
        "id": "100000000000002", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": environment["WHATSAPP_NUMBER"],
                         "phone_number_id": environment["WHATSAPP_PHONE_NUMBER_ID"]},
            "contacts": [{"profile": {"name": "Budi"}, "wa_id": sender}],
            "messages": [{"from": sender, "id": f"wamid.measured{time.time_ns()}",
                          "timestamp": str(int(time.time())), "type": "text",
                          "text": {"body": "MENU"}}]}}]}]})
    key = environment["WHATSAPP_APP_SECRET"].encode()
    signature = hmac.new(key, body.encode(), hashlib.sha256).hexdigest()
    return http_event("POST", "/webhooks/whatsapp", body=body,
                      headers={"x-hub-signature-256": f"sha256={signature}"})


class Queue:
    """Takes the bodies of messages from a queue of the stack."""

    def __init__(self, environment, url):
        self.endpoint, self.url, self.kept = environment["AWS_ENDPOINT_URL_SQS"], url, []

    def take(self):
        for _ in range(50):
            if self.kept:
                return self.kept.pop(0)
            self.kept += [message["Body"] for message in self.receive()]
            time.sleep(0 if self.kept else 0.1)
        raise SystemExit(f"infra/measure: no message comes from {self.url}")

    def receive(self):
        body = json.dumps({"QueueUrl": self.url, "MaxNumberOfMessages": 10}).encode()
        request = urllib.request.Request(self.endpoint, body, {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "AmazonSQS.ReceiveMessage",
            "Authorization": "AWS4-HMAC-SHA256 Credential=local/20261130/ap-southeast-3/sqs/"
                             "aws4_request, SignedHeaders=host, Signature=0"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer).get("Messages", [])


class Events:
    """An event for each function; what one function leaves in a queue is the next one's event."""

    def __init__(self, environment):
        self.environment = environment
        self.inbox = Queue(environment, environment["ANTRIAN_INBOX_URL"])
        # An answer of the conversation.
        self.messages = Queue(environment, environment["ANTRIAN_URGENT_URL"])

    def of(self, function):
        """A new event, and the status that is expected of an HTTP function."""
        staff = {"authorization": f"Bearer {self.environment['STAFF_TOKEN']}"}
        match function:
            case "idle":
                return http_event("GET", "/v1/offices"), 200
            case "slots":
                return http_event("GET", "/v1/offices"), 200
            case "web":
                return http_event("GET", "/"), 200
            case "office":
                return http_event("GET", "/petugas/masuk"), 200
            case "registration":
                return http_event("POST", "/v1/registrations", body="{}"), 201
            case "whatsapp":
                return delivery(self.environment), 200
            case "checkin":
                scan = json.dumps({"code": "00000-00000"})
                return http_event("POST", "/v1/check-ins", body=scan, headers=staff), 404
            case "admin":
                path = f"/v1/offices/{OFFICE}/calendar"
                return http_event("PUT", path, body='{"exceptions": {}}', headers=staff), 200
            case "conversation":
                return sqs_event(self.inbox.take(), f"{QUEUES}:inbox.fifo"), None
            case "notifier":
                return sqs_event(self.messages.take(), f"{QUEUES}:messages-urgent"), None
            case "scheduler":
                return {"job": "tick"}, None
        raise ValueError(function)


def complaint(answer, status):
    """What is wrong with an answer, or nothing."""
    if status is not None and answer.get("statusCode") != status:
        return f"answered {answer.get('statusCode')} instead of {status}: {answer.get('body')}"
    if isinstance(answer, dict) and answer.get("batchItemFailures"):
        return "did not deal with its message"
    return None
