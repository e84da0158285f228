"""What schemathesis is told of the stack: tokens, and what there is to ask about.

Loaded by schemathesis (schemathesis.toml). Which statuses each operation answered is written to the file
named by ANSWERS, for check.py.
"""

import atexit
import collections
import datetime
import json
import os
import random

import schemathesis

import stack

ENDS_SESSIONS = {"delete_me", "delete_session", "delete_sessions"}
CHANGES = {"post_bookings", "post_bookings_code_cancel", "post_bookings_code_extend", "post_bookings_code_reschedule", "post_check_ins",
           "post_me_applicants"}
# Something new, which follows from nothing that was made before.
BEGINS = {"post_bookings", "post_group_bookings", "post_me_applicants"}
# An office that is changed and closed at will; the one that people book at stays as it is.
CHANGED = "uji-2"
# Of ten cases of what the description allows, so many are about what there is.
REAL = 0.7

chance = random.Random(int(os.environ["SEED"]))
missed = stack.open_office()
staff = stack.staff_token()
accounts = stack.Accounts()
answers = collections.defaultdict(collections.Counter)
# What earlier answers named, the newest last.
returned = set()
seen = collections.defaultdict(lambda: collections.deque(maxlen=8))


def name_of(case):
    return case.operation.definition.raw["operationId"]


def asks_for(scheme):
    return lambda context: any(scheme in one for one in context.operation.definition.raw.get("security", []))


class Bearer:
    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.auth(refresh_interval=None).apply_to(asks_for("session"))
class Applicant(Bearer):
    def get(self, case, context):
        name = name_of(case)
        return accounts.token(name in ENDS_SESSIONS, name in BEGINS)


@schemathesis.auth(refresh_interval=None).apply_to(asks_for("staff"))
class Staff(Bearer):
    def get(self, case, context):
        return staff


def one(kind):
    """Something of a kind that an answer named; nothing if none has."""
    return chance.choice(seen[kind]) if seen[kind] else None


def day(ahead=None):
    days = chance.choice([0, 0, 0, 1, 2]) if ahead is None else ahead
    return str(stack.now().date() + datetime.timedelta(days=days))


def hour():
    return f"{chance.choice([stack.now().hour + 1, stack.now().hour + 1, 0, 9, 15]) % 24:02}:00"


def hold():
    wish = {"office": stack.OFFICE, "service": chance.choice(stack.SERVICES),
            "applicant_id": chance.choice(["p1", "p3", "p3"])}
    return chance.choice([wish, {**wish, "date": day(), "slot": hour()}])


def group():
    wish = {key: value for key, value in hold().items() if key != "applicant_id"}
    return {**wish, "applicant_ids": chance.sample(["p1", "p2", "p3"], chance.choice([1, 2]))}


def registration(**more):
    begun = one("registration")
    return ({"id": begun["id"]}, {"secret": begun["secret"], **more}) if begun else None


def documents():
    entry = one("check_in")
    if not entry or chance.random() < 0.5:
        return entry and ({"code": entry["code"]}, {"decision": "complete"})
    missing = [document["id"] for document in entry["documents"]][:1]
    deadline = (stack.now() + datetime.timedelta(hours=1)).isoformat(timespec="seconds")
    return {"code": entry["code"]}, {"decision": "incomplete", "missing": missing, "deadline": deadline}


def verify():
    number = one("phone")
    return number and ({"id": number["id"]}, {"secret": number["secret"], "otp": stack.code_sent_to(number["phone"])})


def otp():
    begun = one("registration")
    return begun and ({"id": begun["id"]}, {"phone": stack.phone()})


def held(**body):
    return {"code": accounts.current.held}, body or None


def confirmed(**body):
    return {"code": accounts.current.confirmed}, body or None


def somebody_new(share=0.2):
    """Now and then: what was theirs may be cancelled, called or gone by now. Whether it is so this time."""
    is_time = chance.random() < share
    if is_time:
        accounts.current = stack.Account()
    return is_time


def held_anew():
    somebody_new()
    return held()


def removed():
    somebody_new()
    return {"applicant": "p3"}, None


def scanned():
    if somebody_new(0.5):
        stack.ask("POST", "/v1/check-ins", {"code": accounts.current.confirmed}, staff)
    return confirmed()


def handed_in():
    """A scan that was made without a network, by a clock that is right or hours off."""
    off = datetime.timedelta(hours=chance.choice([0, 0, -2, 2]))
    sent = stack.now() + off
    scanned_at = sent - datetime.timedelta(seconds=chance.randrange(600))
    scan = {"id": str(chance.randrange(10**9)), "code": accounts.current.confirmed, "scanned_at": scanned_at.isoformat()}
    return {}, {"scanner": chance.choice("AB"), "sent_at": sent.isoformat(), "scans": [scan]}


QUEUE = f"/v1/offices/{stack.OFFICE}/queue"


def called():
    """Somebody new, called to a counter that nobody else is at: what names it, and the number."""
    accounts.current = stack.Account()
    number = stack.ask("POST", "/v1/check-ins", {"code": accounts.current.confirmed}, staff)["queue_number"]
    counter = {"counter": f"S{chance.randrange(10**6)}"}
    stack.ask("POST", f"{QUEUE}/call", {**counter, "number": number}, staff)
    return counter, number


def skipped():
    """Now and then the number of somebody who did not come."""
    if chance.random() > 0.3:
        return OPEN, {"number": f"A-{chance.randrange(1, 9):03}"}
    counter, number = called()
    stack.ask("POST", f"{QUEUE}/skip", counter, staff)
    return OPEN, {"number": number}


def sent_on():
    """Somebody who is sent to another letter, or to a counter that may be there."""
    counter = called()[0] if chance.random() < 0.3 else {"counter": chance.choice("123")}
    return OPEN, {**counter, **chance.choice([{"to_counter": "4"}, {"to_group": "A"}])}


def of_office(booking):
    somebody_new()
    path, body = booking()
    return {**OPEN, **path}, body


def session():
    sessions = stack.ask("GET", "/v1/me/sessions", token=accounts.current.token)["sessions"]
    return {"session": sessions[0]["id"]}, None


OPEN = {"office": stack.OFFICE}
# By operation: path parameters and body about what there is; none as long as there is none.
REAL_CASES = {
    "post_bookings": lambda: ({}, hold()),
    "post_group_bookings": lambda: ({}, group()),
    "get_bookings_code": held,
    "post_bookings_code_confirm": held,
    "post_bookings_code_extend": held_anew,
    "post_bookings_code_cancel": held,
    "post_bookings_code_reschedule": lambda: held(date=day(), slot=hour()),
    "get_bookings_code_ticket_ics": confirmed,
    "get_bookings_code_ticket_png": confirmed,
    "get_bookings_code_ticket_svg": confirmed,
    "post_check_ins": lambda: ({}, {"code": accounts.current.confirmed, "gate": "A"}),
    "post_check_ins_batch": handed_in,
    "delete_check_ins_code": scanned,
    "get_offices_office_bookings_code": lambda: of_office(held),
    "post_offices_office_bookings_code_cancel": lambda: of_office(lambda: held(reason="asked")),
    "post_offices_office_bookings_code_reschedule": lambda: of_office(lambda: held(date=day(), slot=hour(), reason="office")),
    "delete_me_applicants_applicant": removed,
    "post_check_ins_code_documents": documents,
    "post_check_ins_code_excuse": lambda: ({"code": missed}, None),
    "delete_me_sessions_session": session,
    "post_check_ins_code_priority": lambda: confirmed(priority=True),
    "post_offices_office_queue_call": lambda: (OPEN, {"counter": chance.choice("123")}),
    "post_offices_office_queue_step": lambda: (
        {**OPEN, "step": chance.choice(["recall", "serve", "skip", "finish", "park", "pass-back"])},
        {"counter": chance.choice("123")}),
    "post_offices_office_queue_transfer": sent_on,
    "post_offices_office_queue_bring_back": skipped,
    "put_offices_office_counters_counter": lambda: (
        {**OPEN, "counter": chance.choice("1234")}, {"open": chance.random() < 0.8, "groups": []}),
    "get_offices_office_queue_numbers_number": lambda: ({**OPEN, "number": f"A-{chance.randrange(1, 9):03}"}, None),
    "post_me_applicants_applicant_claim": lambda: ({"applicant": "p1"}, None),
    "get_offices_office_report": lambda: (OPEN, None),
    "post_offices_office_person_releases": lambda: (OPEN, {"nik": stack.nik(chance.randrange(1000))}),
    "post_offices_office_walk_ins": lambda: (
        OPEN, {**stack.person(), "service": chance.choice(stack.SERVICES)}),
    "put_staff_denials_subject": lambda: ({"subject": "another-clerk"}, {"denial_reason": "left"}),
    "delete_staff_denials_subject": lambda: ({"subject": "another-clerk"}, None),
    "post_me_applicants": lambda: ({}, stack.person()),
    "post_registrations_id_otp": otp,
    "post_registrations_id_token": registration,
    "post_registrations_id_verify": verify,
    "put_offices_office": lambda: ({"office": CHANGED}, stack.office(CHANGED)),
    "get_offices_office_versions": lambda: (OPEN, None),
    "get_offices_office_versions_revision": lambda: ({**OPEN, "revision": 1}, None),
    "put_offices_office_calendar": lambda: ({"office": CHANGED}, {"exceptions": {
        day(): {"open": False, "reason": {"id": "Libur", "en": "Closed"}}}}),
    "post_offices_office_closures": lambda: ({"office": CHANGED}, {
        "from": day(), "to": day(4), "reason": {"id": "Libur", "en": "Closed"}}),
    "post_offices_office_closures_preview": lambda: (OPEN, {
        "from": day(), "to": day(4), "reason": {"id": "Libur", "en": "Closed"}}),
    "post_offices_office_releases": lambda: (OPEN, {"from": day(), "to": day(4)}),
    "patch_offices_office_slots_date_slot": lambda: (
        {**OPEN, "date": day(), "slot": hour()}, {"service": chance.choice(stack.SERVICES), "quota": 60}),
}


def is_linked(case):
    """Whether it is a step that names what an earlier answer named. Elsewhere such names come from dictionaries."""
    if "stateful" not in str(case.meta.phase.name).lower():
        return False
    body = case.body.values() if isinstance(case.body, dict) else []
    return any(value in returned for value in [*(case.path_parameters or {}).values(), *body] if isinstance(value, str))


@schemathesis.hook
def map_case(context, case):
    """Most cases of what the description allows are about what there is."""
    if case.meta.generation.mode.is_positive and not is_linked(case) and chance.random() < REAL:
        real = REAL_CASES.get(name_of(case), lambda: None)()
        if real:
            path, body = real
            case.path_parameters = {**(case.path_parameters or {}), **path} or case.path_parameters
            case.body = body if body is not None else case.body
    return case


# What changes an office is tried on one that nobody books at.
OF_OFFICES = {"put_offices_office", "put_offices_office_calendar", "post_offices_office_closures"}


@schemathesis.hook
def before_call(context, case, kwargs):
    # A path that is changed is looked at again as it is written, with `%20` for a blank: only where none can be.
    if name_of(case) in OF_OFFICES and case.path_parameters.get("office") == stack.OFFICE:
        case.path_parameters["office"] = CHANGED


def remember(name, answer, case):
    returned.update(value for key, value in answer.items() if key in ("id", "code", "ticket", "secret"))
    if name in CHANGES:
        accounts.current.changes += 1
    if name == "post_registrations":
        seen["registration"].append(answer)
        if chance.random() < 0.5:
            stack.prove(answer)
    elif name == "post_check_ins":
        seen["check_in"].append(answer)
    elif name == "post_registrations_id_otp":
        begun = [begun for begun in seen["registration"] if begun["id"] == case.path_parameters["id"]]
        seen["phone"].extend({**one, "phone": case.body["phone"]} for one in begun)


@schemathesis.hook
def after_call(context, case, response):
    name = name_of(case)
    if name == "delete_me_sessions_session" and response.status_code == 204:
        accounts.current = stack.Account()
    answers[name][response.status_code] += 1
    if response.status_code in (200, 201, 202) and "json" in str(response.headers.get("content-type")):
        remember(name, response.json(), case)


@schemathesis.check
def answers_have_the_headers_that_help(context, response, case):
    """A number to quote, and, to whoever is not signed in, how to be."""
    assert "x-request-id" in response.headers, "no X-Request-Id"
    assert response.status_code != 401 or "www-authenticate" in response.headers, "no WWW-Authenticate"


@atexit.register
def write_answers():
    with open(os.environ["ANSWERS"], "w") as file:
        json.dump(answers, file)
