"""The local stack as its people use it: an office that is always open, staff, and accounts."""

import datetime
import itertools
import os
import time

import requests

BASE = os.environ["STACK_URL"]
OFFICE = "uji"
SERVICES = ("passport_new", "passport_replacement")
# What an account may change before the next one comes, which has its day's budgets whole.
CHANGES_PER_ACCOUNT = 5

http = requests.Session()
http.trust_env = False
# People differ from those of another run against the same stack.
numbers = itertools.count(1)


def ask(method, path, body=None, token=None):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    # A machine that is too slow says so: the same again.
    for _ in range(10):
        answer = http.request(method, BASE + path, json=body, headers=headers, timeout=30)
        if answer.status_code != 503:
            break
    assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def office(id):
    """Open around the clock, with room for everybody, and check-in from the booking on."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    text = lambda id, en: {"id": id, "en": en}
    session = {"days": days, "from": "00:00", "until": "23:59", "every_minutes": 60, "quota": 60}
    return {
        "id": id, "name": "Kantor Uji", "address": "Jalan Contoh 1", "city": "Parepare",
        "province": "Sulawesi Selatan", "timezone": "Asia/Makassar", "online": True, "example": True,
        "contact": text("Datang ke meja informasi.", "Come to the information desk."),
        "services": [
            {"id": SERVICES[0], "name": text("Paspor baru", "New passport"), "queue_group": "A"},
            {"id": SERVICES[1], "name": text("Penggantian paspor", "Replacement"), "queue_group": "B"},
        ],
        "sessions": [{"service": service, **session} for service in SERVICES],
        "release": {"kind": "rolling", "days_ahead": 7, "at": "00:00"},
        "policy": {"book_minutes_before": 0, "early_minutes": 720, "late_minutes": 120,
                   "reschedule_days_before": 0},
        "domicile": "recommended",
    }


ZONE = datetime.timezone(datetime.timedelta(hours=8))
ahead = datetime.timedelta()


def now():
    """The stack's time, in the office's zone."""
    return datetime.datetime.now(ZONE) + ahead


def wait_until(instant):
    global ahead
    moved = ask("POST", "/local/clock", {"to": instant.isoformat()})
    ahead = datetime.datetime.fromisoformat(moved["now"]) - datetime.datetime.now(ZONE)


def nik(number):
    """One that nobody has: a region that does not exist."""
    return f"99{number // 900 % 100:02}010101{number // 90000:02}{9100 + number % 900:04}"


def write(phone, text):
    for _ in range(10):
        posted = ask("POST", "/local/whatsapp", {"from": phone, "text": text})
        if posted["webhook_status"] != 503:
            break
    assert posted["webhook_status"] == 200, posted


def phone():
    return f"62800{next(numbers):07}"


def prove(begun):
    """Somebody sends what the page of their registration asks them to."""
    sender = phone()
    write(sender, begun["code"])
    write(sender, begun["match_number"])


def code_sent_to(phone):
    """The one-time code that came to a number last; none if none did."""
    sent = [one for one in ask("GET", "/local/outbox")["messages"] if one["to"] == phone and one.get("template")]
    words = sent[-1]["text"].replace("*", " ").split() if sent else []
    return next((word for word in words if len(word) == 6 and word.isdigit()), None)


def person():
    number = next(numbers)
    return {"name": f"Contoh {number}", "nik": nik(number), "birth_date": "1990-01-01",
            "ktp_regency": "Kota Makassar"}


class Account:
    """Somebody who has signed in, with a held booking of `p1` and a confirmed one of `p2`."""

    def __init__(self):
        begun = ask("POST", "/v1/registrations", {"locale": "id"})
        prove(begun)
        path = f"/v1/registrations/{begun['id']}/token"
        # The chat answers when its queue is read.
        for _ in range(600):
            signed_in = http.post(BASE + path, json={"secret": begun["secret"]}, timeout=30)
            if signed_in.status_code == 200:
                break
            time.sleep(0.05)
        self.token = signed_in.json()["token"]
        self.changes = 0
        for _ in range(3):
            ask("POST", "/v1/me/applicants", person(), self.token)
        self.held = self.hold("p1")
        self.confirmed = self.hold("p2")
        ask("POST", f"/v1/bookings/{self.confirmed}/confirm", token=self.token)

    def hold(self, applicant):
        """For the next full hour."""
        wish = {"applicant_id": applicant, "office": OFFICE, "service": SERVICES[0]}
        return ask("POST", "/v1/bookings", wish, self.token)["code"]


class Accounts:
    """One at a time; and one for each case that ends its own sessions."""

    def __init__(self):
        self.current = Account()

    def token(self, ends_sessions, begins):
        if ends_sessions:
            return Account().token
        # What was made is looked for by who made it: the next account comes with something new.
        if begins and self.current.changes >= CHANGES_PER_ACCOUNT:
            self.current = Account()
        return self.current.token


def open_office():
    """Makes the office and opens its week; the code of a visit that somebody missed, the day before."""
    staff = staff_token()
    ask("PUT", f"/v1/offices/{OFFICE}", office(OFFICE), staff)
    today = now().date()
    week = {"from": str(today), "to": str(today + datetime.timedelta(days=7))}
    ask("POST", f"/v1/offices/{OFFICE}/releases", week, staff)
    somebody = Account()
    booking = ask("GET", f"/v1/bookings/{somebody.confirmed}", token=somebody.token)
    over = datetime.datetime.fromisoformat(booking["check_in_until"]).astimezone(ZONE)
    midnight = datetime.datetime.combine(over.date() + datetime.timedelta(days=1), datetime.time(), ZONE)
    # Early in the day: the slots of the whole day are ahead.
    wait_until(midnight + datetime.timedelta(minutes=5))
    # There is an audit to ask about once one has run.
    ask("GET", "/local/audit")
    return somebody.confirmed


def staff_token():
    return ask("POST", "/local/staff-token", {"office": "*", "scopes": ["desk", "admin"]})["token"]
