"""The main journey through a deployed stack, as its users take it.

    python journey.py book STACK ENDPOINT SIMULATOR    from an empty table to a number that is called
    python journey.py after STACK ENDPOINT SIMULATOR   what the first part left is still there and goes on
    python journey.py url STACK ENDPOINT               where the API answers
    python journey.py secrets STACK ENDPOINT           fills the secrets
    python journey.py token STACK ENDPOINT             a staff token, for curl

STACK is the stack's name, ENDPOINT where the emulated AWS answers, SIMULATOR where WhatsApp is played.
Only HTTP: the API through its gateway, staff through the sign-in pages, WhatsApp through its phones.
"""

import base64
import datetime
import hashlib
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import time
import urllib.parse
import zoneinfo

import boto3
import httpx

OFFICE, SERVICE = "uji-awan", "passport_new"
QUEUE, COUNTER = f"/v1/offices/{OFFICE}/queue", "3"
# Whoever books today is checked in today: late in the evening the office is two hours further east.
IS_LATE = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Jakarta")).hour >= 22
ZONE = "Asia/Jayapura" if IS_LATE else "Asia/Jakarta"
NOTES = pathlib.Path(".journey.json")
# From the folder target/emulate.
PROGRAM = pathlib.Path("../debug/antrian-local").absolute()
PASSWORD = "Contoh-" + secrets.token_hex(12) + "-A1"


def office(number):
    """An office that is open all day, every day, so that whoever books today can be checked in today."""
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    session = {"service": SERVICE, "days": week, "from": "00:00", "until": "23:59", "every_minutes": 30, "quota": 4}
    holidays = {day: {"open": True, "reason": {"id": "Uji", "en": "Test"}} for day in next_days(8)}
    return {
        "id": OFFICE, "name": "Kantor Uji Awan", "address": "Jalan Contoh No. 1", "city": "Jakarta Pusat",
        "province": "DKI Jakarta", "timezone": ZONE, "example": True, "online": True, "whatsapp_number": number,
        "contact": {"id": "Datang ke meja informasi.", "en": "Come to the information desk."},
        "services": [{"id": SERVICE, "name": {"id": "Paspor baru", "en": "New passport"}, "queue_group": "A"}],
        "sessions": [session], "exceptions": holidays,
        "release": {"kind": "rolling", "days_ahead": 7, "at": "00:00"},
        "policy": {"early_minutes": 1440, "late_minutes": 240, "book_minutes_before": 0},
        "domicile": "recommended",
    }


def next_days(count):
    today = datetime.datetime.now(zoneinfo.ZoneInfo(ZONE)).date()
    return [(today + datetime.timedelta(days=ahead)).isoformat() for ahead in range(-1, count)]


def until(what, look, seconds=30):
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


class Stack:
    """A deployed stack and its API."""

    def __init__(self, name, endpoint):
        self.endpoint, self.name = endpoint.rstrip("/"), name
        self.aws = lambda service: boto3.client(
            service, endpoint_url=endpoint, region_name="ap-southeast-3",
            aws_access_key_id="test", aws_secret_access_key="test")
        [stack] = self.aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        self.http = httpx.Client(trust_env=False, timeout=30)
        self.url = f"{self.endpoint}/_aws/execute-api/{self.outputs['ApiId']}/$default"

    def call(self, method, path, token=None, body=None, expect=200, **headers):
        if token:
            headers["authorization"] = f"Bearer {token}"
        answer = self.http.request(method, self.url + path, json=body, headers=headers)
        assert answer.status_code == expect, (method, path, answer.status_code, answer.text)
        self.request_id = answer.headers.get("x-request-id")
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else answer.content

    def staff_token(self, scopes, groups, who="petugas@example.org"):
        """An access token as the desk's page gets it: sign-in page, code, PKCE."""
        pool, client = self.outputs["StaffPoolId"], self.outputs["StaffClientId"]
        cognito = self.aws("cognito-idp")
        try:
            cognito.admin_create_user(UserPoolId=pool, Username=who, MessageAction="SUPPRESS", UserAttributes=[
                {"Name": "email", "Value": who}, {"Name": "email_verified", "Value": "true"}])
        except cognito.exceptions.UsernameExistsException:
            pass
        cognito.admin_set_user_password(UserPoolId=pool, Username=who, Password=PASSWORD, Permanent=True)
        for group in groups:
            cognito.admin_add_user_to_group(UserPoolId=pool, Username=who, GroupName=group)
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        back = "http://localhost:8080/staff"
        asked = {"client_id": client, "response_type": "code", "redirect_uri": back, "scope": " ".join(["openid", *scopes]),
                 "code_challenge": challenge, "code_challenge_method": "S256", "state": "x"}
        page = self.http.get(f"{self.endpoint}/oauth2/authorize", params=asked, follow_redirects=True)
        assert page.status_code == 200, (page.status_code, page.text[:300])
        form = dict(hidden_fields(page.text))
        form.update(username=who, password=PASSWORD)
        answer = self.http.post(f"{self.endpoint}/login", data=form)
        assert answer.status_code in (302, 303), (answer.status_code, answer.text[:500])
        code = urllib.parse.parse_qs(urllib.parse.urlparse(answer.headers["location"]).query)["code"][0]
        answer = self.http.post(f"{self.endpoint}/oauth2/token", data={
            "grant_type": "authorization_code", "client_id": client, "code": code, "redirect_uri": back,
            "code_verifier": verifier})
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]


def hidden_fields(page):
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            yield name.group(1), value.group(1) if value else ""


class Phone:
    """Somebody's phone at the simulated WhatsApp."""

    def __init__(self, simulator, number):
        self.simulator, self.number = simulator.rstrip("/"), number
        self.http = httpx.Client(trust_env=False, timeout=60)

    def does(self, what):
        answer = self.http.post(f"{self.simulator}/local/phones/{self.number}/messages", json={"message": what})
        assert answer.status_code == 200, answer.text
        assert answer.json()["webhook_status"] == 200, answer.text

    def writes(self, text):
        self.does({"type": "text", "text": text})

    def received(self):
        messages = self.http.get(f"{self.simulator}/local/outbox").json()["messages"]
        return [message for message in messages if message["to"] == self.number]

    def gets_one_with(self, part):
        """The first message that has this part, as soon as it is there."""
        return until(f"a message with {part}", lambda: next((one for one in self.received() if one.get(part)), None), 40)

    def gets(self, kind):
        """The first message of this kind, as soon as it is there."""
        is_it = lambda one: one["message_id"].endswith(f"-{kind}")
        return until(f"a message {kind}", lambda: next(filter(is_it, self.received()), None), 40)

    def taps(self, message, which):
        """Taps the button whose title begins with `which`."""
        choices = json.dumps(message["choices"])
        buttons = message["choices"].get("buttons") or message["choices"]
        button = next((one for one in buttons if one["title"].startswith(which)), None)
        assert button, f"no button {which} in {choices}"
        self.does({"type": "choice", "message_id": message["provider_id"], "id": button["id"]})


def opened(stack, admin):
    """Sets the office up and waits for the schedule to open its days."""
    stack.call("PUT", f"/v1/offices/{OFFICE}", admin, office("6280000000000"))

    # An instance that has just read the offices knows of a new one within five seconds.
    until("the new office is known", lambda: stack.http.get(f"{stack.url}/v1/offices/{OFFICE}").status_code == 200, 20)

    def look():
        days = stack.call("GET", f"/v1/offices/{OFFICE}/availability?service={SERVICE}")["days"]
        return [day for day in days if day["status"] == "open"]
    return until("the schedule's tick opens days", look, 150)


def registered(stack, phone):
    begun = stack.call("POST", "/v1/registrations", body={"locale": "id"}, expect=201)
    stack.call("POST", f"/v1/registrations/{begun['id']}/token", body={"secret": begun["secret"]}, expect=409)
    phone.writes(begun["code"])
    phone.gets_one_with("choices")
    phone.writes(begun["match_number"])

    def look():
        answer = stack.http.post(f"{stack.url}/v1/registrations/{begun['id']}/token", json={"secret": begun["secret"]})
        return answer.status_code == 200 and answer.json()["token"]
    return until("the message proves the number", look, 40)


class Browser:
    """A browser without script. It carries its cookies itself: the emulator has no TLS, and they ask for it."""

    def __init__(self, stack):
        self.stack, self.cookies = stack, {}

    def asks(self, method, path, expect, **form):
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin",
                   "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = self.stack.http.request(method, self.stack.url + path, headers=headers, data=form or None,
                                         follow_redirects=False)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        for cookie in answer.headers.get_list("set-cookie"):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer


def pages(stack, phone, code):
    """What was booked by the API stands on the page of whoever signs in with the same number."""
    browser = Browser(stack)
    assert "Kantor" in browser.asks("GET", "/", 200).text
    assert f"/kantor/{OFFICE}/{SERVICE}/" in browser.asks("GET", f"/kantor/{OFFICE}/{SERVICE}", 200).text
    assert browser.asks("GET", "/saya", 303).headers["location"].startswith("/masuk")
    to = browser.asks("POST", "/masuk", 303, ke="/saya").headers["location"]
    page = browser.asks("GET", to, 200).text
    before = len(phone.received())
    phone.writes(re.search("<code>(DAFTAR [A-Z0-9]+)</code>", page)[1])
    until("the chat asks for the number", lambda: len(phone.received()) > before, 40)
    phone.writes(re.search(r"</span><b>(\d\d)</b>", page)[1])
    until("the page sees the answer", lambda: browser.asks("GET", "/masuk/status", 200).text == "verified", 40)
    browser.asks("POST", "/masuk/selesai", 303, ke="/saya")
    assert code in browser.asks("GET", "/saya", 200).text
    assert "<svg" in browser.asks("GET", f"/tiket/{code}", 200).text
    print(f"the page shows {code} with its ticket")


def staff_pages(stack):
    """Whoever is not signed in is led to the sign-in, and from there to the issuer's page with a challenge."""
    browser = Browser(stack)
    assert browser.asks("GET", "/petugas", 303).headers["location"].startswith("/petugas/masuk?")
    assert "/petugas/masuk/mulai" in browser.asks("GET", "/petugas/masuk", 200).text
    to = browser.asks("GET", "/petugas/masuk/mulai", 303).headers["location"]
    assert "/oauth2/authorize?" in to and "code_challenge_method=S256" in to, to
    assert browser.asks("GET", "/petugas/masuk/kembali?code=x&state=y", 200), "a code that nobody asked for"
    print("the staff's pages lead to the issuer")


def url():
    print(Stack(*sys.argv[2:4]).url)


def fill_secrets():
    """The secrets get their values after the deployment; before, the health check says so."""
    stack = Stack(*sys.argv[2:4])
    answer = stack.call("GET", "/v1/health", expect=503)
    assert answer["code"] == "not_ready" and "/keys" in answer["reason"], answer
    print(answer["reason"])
    put = lambda secret, value: stack.aws("secretsmanager").put_secret_value(
        SecretId=stack.outputs[secret], SecretString=json.dumps(value))
    master = {"ANTRIAN_KEYS": {"current": 1, "lookup": 1, "keys": {"1": base64.b64encode(secrets.token_bytes(32)).decode()}}}
    data = part(master, "data", stack.name)
    assert "seal" not in data["ANTRIAN_KEYS"]["keys"]["1"] and data["ANTRIAN_KEYS"]["wrapped"], data.keys()
    put("KeysSecret", data)
    put("TicketsSecret", part(master, "tickets", stack.name))
    put("WhatsappSecret", {"WHATSAPP_TOKEN": "local-access-token", "WHATSAPP_APP_SECRET": "local-app-secret",
                           "WHATSAPP_VERIFY_TOKEN": "local-verify-token"})
    until("a healthy system", lambda: stack.http.get(stack.url + "/v1/health").status_code == 200, 60)


def part(master, name, stack):
    """A part of the master keys as docs/deploy.md makes it, the sealing keys wrapped by the stack's key."""
    command = [PROGRAM, "keys", "split", name]
    made = subprocess.run(command, input=json.dumps(master), text=True, capture_output=True,
                          env={**os.environ, "ANTRIAN_DATA_KEY": f"alias/{stack}-data"})
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def book():
    stack, simulator = Stack(*sys.argv[2:4]), sys.argv[4]
    assert stack.call("GET", "/v1/health") == stack.call("GET", "/v1/health/whatsapp") == {"status": "ok"}
    refusals(stack)
    staff = stack.staff_token(["antrian/admin", "antrian/desk"], ["admin", "desk", "office:*"])
    clerk = stack.staff_token(["antrian/admin", "antrian/desk"], ["desk"], "loket@example.org")
    assert len(stack.call("GET", "/v1/health", staff)["parts"]) == 7
    stack.call("GET", "/v1/health", "junk", expect=401)
    # Whoever asks for a scope gets it in the token; the role is the group's.
    stack.call("PUT", f"/v1/offices/{OFFICE}", clerk, office("6280000000000"), expect=403)
    days = opened(stack, staff)
    print(f"the schedule opened {len(days)} days")
    # The role is not enough: which office, a group says as well.
    stack.call("GET", QUEUE, clerk, expect=403)

    web = Phone(simulator, "6280000000201")
    token = registered(stack, web)
    person = {"name": "Budi Contoh", "nik": "9971010101909201", "birth_date": "1990-01-01", "ktp_regency": "Jakarta Pusat"}
    applicant = stack.call("POST", "/v1/me/applicants", token, person, expect=201)
    wish = {"applicant_id": applicant["id"], "office": OFFICE, "service": SERVICE}
    held = stack.call("POST", "/v1/bookings", token, wish, expect=201, **{"Idempotency-Key": "satu"})
    again = stack.call("POST", "/v1/bookings", token, wish, expect=201, **{"Idempotency-Key": "satu"})
    assert again["code"] == held["code"], (held, again)
    web_booking = stack.call("POST", f"/v1/bookings/{held['code']}/confirm", token, {})
    assert web_booking["status"] == "confirmed", web_booking
    confirmation = stack.request_id
    assert stack.call("GET", f"/v1/bookings/{held['code']}/ticket.png", token).startswith(b"\x89PNG")
    ticket = web.gets_one_with("picture_png_base64")
    print(f"booked on the web: {held['code']}; the ticket came by WhatsApp as {ticket['message_id']}")

    pages(stack, web, web_booking["code"])
    staff_pages(stack)

    chat = Phone(simulator, "6280000000202")
    day = next(day["date"] for day in days if day["date"] > next_days(1)[1])
    year, month, date = day.split("-")
    chat.writes(f"#Siti Contoh#9971014101909202#{date}-{month}-{year}")
    chat.taps(chat.gets_one_with("choices"), "Konfirmasi")
    confirmed = chat.gets_one_with("picture_png_base64")
    print(f"booked by chat: {confirmed['message_id']}")

    # A token lasts five minutes.
    staff = stack.staff_token(["antrian/admin", "antrian/desk"], ["admin", "desk", "office:*"])
    scan = {"ticket": web_booking["ticket"], "gate": "Gerbang 1"}
    first = stack.call("POST", "/v1/check-ins", staff, scan)
    second = stack.call("POST", "/v1/check-ins", staff, scan)
    assert (first["duplicate"], second["duplicate"]) == (False, True), (first, second)
    assert first["queue_number"] == second["queue_number"] == "A-001", (first, second)
    print(f"checked in: {first['queue_number']}")
    document_missing(stack, staff, web, first)
    called(stack, staff, first)
    nothing_waits(stack)
    followed(stack, confirmation)
    audited(stack)
    NOTES.write_text(json.dumps({"token": token, "code": held["code"], "ticket": web_booking["ticket"],
                                 "chat": confirmed["message_id"]}))


def document_missing(stack, staff, phone, visit):
    """A document is missing: the person is told, leaves the line, and is back at the same place with it."""
    path, document = f"/v1/check-ins/{visit['code']}/documents", visit["documents"][-1]
    until = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=30)).isoformat()
    found = stack.call("POST", path, staff, {"decision": "incomplete", "missing": [document["id"]], "deadline": until})
    assert (found["status"], [one["id"] for one in found["missing"]]) == ("awaiting_documents", [document["id"]]), found
    # The phone has written today: the message is free text, no template.
    message = phone.gets("documents_missing")
    assert document["label"] in message["text"] and "template" not in message, message
    line = stack.call("GET", QUEUE, staff)
    assert (line["waiting"], line["awaiting_documents"]) == (0, 1), line
    nobody = stack.call("POST", f"{QUEUE}/call", staff, {"counter": COUNTER}, expect=409)
    assert nobody["code"] == "queue_empty", nobody
    back = stack.call("POST", path, staff, {"decision": "complete"})
    assert (back["status"], back["queue_number"]) == ("checked_in", visit["queue_number"]), back
    print(f"a document was missing ({document['id']}), {message['message_id']} said so, and it was brought")


def called(stack, staff, visit):
    """A counter calls, and the hall sees it."""
    at = stack.call("POST", f"{QUEUE}/call", staff, {"counter": COUNTER})
    assert (at["queue_number"], at["code"], at["state"]) == (visit["queue_number"], visit["code"], "called"), at
    assert at["applicant"] == visit["applicant"], at
    shows(stack, visit, [(COUNTER, visit["queue_number"], "called")])
    print(f"called to counter {COUNTER}: {at['queue_number']}")


def shows(stack, visit, counters):
    """The screen in the hall comes to show this: each instance shows a line for a second before it reads anew."""
    until(f"a board of {counters}", lambda: board(stack, visit) == counters, 5)


def board(stack, visit):
    """What the screen in the hall shows, to anybody: neither names nor codes."""
    shown = stack.call("GET", f"/v1/offices/{OFFICE}/board")
    text = json.dumps(shown)
    assert visit["applicant"]["name"] not in text and visit["code"] not in text, text
    return [(one["counter"], one["queue_number"], one["state"]) for one in shown["counters"]]


def served(stack, staff, visit):
    """The person comes to the counter, and is done; the counter is free."""
    for step, state in (("serve", "serving"), ("finish", "finished")):
        at = stack.call("POST", f"{QUEUE}/{step}", staff, {"counter": COUNTER, "number": visit["queue_number"]})
        assert at["state"] == state, at
    shows(stack, visit, [])


def refusals(stack):
    """What nobody may do, and what is not there."""
    stack.call("PUT", f"/v1/offices/{OFFICE}", None, office("6280000000000"), expect=401)
    stack.call("POST", "/v1/check-ins", "junk", {"ticket": "x"}, expect=401)
    stack.call("GET", QUEUE, None, expect=401)
    stack.call("POST", f"{QUEUE}/call", "junk", {"counter": COUNTER}, expect=401)
    stack.call("GET", "/v1/nothing", expect=404)
    stack.call("DELETE", "/v1/offices", expect=404)
    stack.call("GET", "/v1/me", None, expect=401)
    stack.call("POST", "/webhooks/whatsapp", None, {"object": "whatsapp_business_account"}, expect=401)


def followed(stack, request_id):
    """One id leads from the gateway's request to the message's status."""
    logs = stack.aws("logs")

    def seen():
        events = {}
        for function in ("slots", "notifier", "whatsapp"):
            group = f"/aws/lambda/{stack.name}-{function}"
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                lines = (json.loads(one["message"]) for one in page["events"] if one["message"].startswith("{"))
                events.setdefault(function, []).extend(line for line in lines if line.get("request_id") == request_id)
        return events if all(events.values()) else None
    events = until(f"lines of {request_id} in three functions", seen, 30)
    records = [line["event"] for lines in events.values() for line in lines if "_aws" in line]
    assert "booking" in records and "message_sent" in records, records
    print(f"followed a request through {', '.join(events)}: {records}")


def audited(stack):
    """The audit finds no disagreement."""
    answer = stack.aws("lambda").invoke(FunctionName=f"{stack.name}-scheduler:live", Payload=b'{"job":"audit"}')
    audit = json.load(answer["Payload"])["audit"]
    assert audit["disagreements"] == [] and audit["seats_taken"] == 2, audit


def nothing_waits(stack):
    """No message is left in a queue, none in a dead-letter queue."""
    sqs = stack.aws("sqs")

    def waiting():
        found = {}
        for url in sqs.list_queues(QueueNamePrefix=stack.name)["QueueUrls"]:
            counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            waits = int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])
            if waits:
                found[url.rsplit("/", 1)[1]] = waits
        return found
    until("empty queues", lambda: not waiting(), 60)


def after():
    stack, simulator = Stack(*sys.argv[2:4]), sys.argv[4]
    notes = json.loads(NOTES.read_text())
    assert stack.call("GET", "/v1/health") == {"status": "ok"}
    assert mine(stack, notes) == [(notes["code"], "checked_in")]
    staff = stack.staff_token(["antrian/desk"], ["desk", "office:*"])
    scanned = stack.call("POST", "/v1/check-ins", staff, {"ticket": notes["ticket"]})
    assert (scanned["duplicate"], scanned["queue_number"]) == (True, "A-001"), scanned
    # What was called before the update is served after it.
    shows(stack, scanned, [(COUNTER, "A-001", "called")])
    served(stack, staff, scanned)
    assert mine(stack, notes) == [(notes["code"], "served")]
    chat = Phone(simulator, "6280000000202")
    before = len(chat.received())
    chat.writes("JADWAL")
    until("an answer", lambda: len(chat.received()) > before, 40)
    nothing_waits(stack)
    live = stack.aws("lambda").get_function_configuration(FunctionName=f"{stack.name}-notifier", Qualifier="live")
    assert live["Environment"]["Variables"]["WHATSAPP_GRAPH_VERSION"] == "v25.0", live["Environment"]
    print("after the update: the new settings are live, the same bookings, the same tickets, who was called "
          "is served, the conversation goes on")


def mine(stack, notes):
    """The bookings of who booked on the web, and how they stand."""
    bookings = stack.call("GET", "/v1/me/bookings", notes["token"])["bookings"]
    return [(one["code"], one["status"]) for one in bookings]


def token():
    print(Stack(*sys.argv[2:4]).staff_token(["antrian/admin", "antrian/desk"], ["admin", "desk", "office:*"]))


{"url": url, "secrets": fill_secrets, "book": book, "after": after, "token": token}[sys.argv[1]]()
