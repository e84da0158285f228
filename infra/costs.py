#!/usr/bin/env python3
"""What Antrian costs. Prices, counts and assumptions stand at the top; everything else follows.

    infra/costs.py            prints all tables
    infra/costs.py --check    whether the tables of docs/costs.md, metrics.md and operations.md are these
    infra/costs.py --write    puts them there

For another region change PRICES. USD, without tax and without the free allowances of AWS.
"""

import json
import math
import pathlib
import re
import sys
from dataclasses import dataclass

from functions import FUNCTIONS

MILLION = 1_000_000

# value, unit, source. Region: us-east-1, for no price of ap-southeast-3 could be found to cite.
# "page" means: AWS's price page, where the figure was not read again for this table; look it up there.
PRICES = {
    "http": (1.00 / MILLION, "1.00 per million requests", "aws.amazon.com/api-gateway/pricing, read 2026-09-20"),
    "invoke": (0.20 / MILLION, "0.20 per million invocations", "page: aws.amazon.com/lambda/pricing"),
    "gb_second": (0.0000133334, "0.0000133334 per GB-second, arm64", "page: aws.amazon.com/lambda/pricing"),
    "write": (0.625 / MILLION, "0.625 per million write units", "page: aws.amazon.com/dynamodb/pricing/on-demand"),
    "read": (0.125 / MILLION, "0.125 per million read units", "page: aws.amazon.com/dynamodb/pricing/on-demand"),
    "stored_gb": (0.25, "0.25 per GB and month", "page: aws.amazon.com/dynamodb/pricing/on-demand"),
    "pitr_gb": (0.20, "0.20 per GB and month", "page: aws.amazon.com/dynamodb/pricing/on-demand"),
    "sqs": (0.40 / MILLION, "0.40 per million requests", "page: aws.amazon.com/sqs/pricing"),
    "fifo": (0.50 / MILLION, "0.50 per million requests", "page: aws.amazon.com/sqs/pricing"),
    "log_gb": (0.50, "0.50 per GB taken in", "aws.amazon.com/cloudwatch/pricing, read 2026-05-05"),
    "log_kept_gb": (0.03, "0.03 per GB and month", "aws.amazon.com/cloudwatch/pricing, read 2026-05-05"),
    "metric": (0.30, "0.30 per metric and month", "aws.amazon.com/cloudwatch/pricing, read 2026-05-05"),
    "alarm": (0.10, "0.10 per metric of an alarm and month", "aws.amazon.com/cloudwatch/pricing, read 2026-05-05"),
    "dashboard": (3.00, "3.00 per dashboard and month", "page: aws.amazon.com/cloudwatch/pricing"),
    "trace": (5.00 / MILLION, "5.00 per million traces", "page: aws.amazon.com/xray/pricing"),
    "schedule": (1.00 / MILLION, "1.00 per million runs", "page: aws.amazon.com/eventbridge/pricing"),
    "key": (1.00, "1.00 per key and month", "page: aws.amazon.com/kms/pricing"),
    "kms": (0.03 / 10_000, "0.03 per 10,000 requests", "page: aws.amazon.com/kms/pricing"),
    "secret": (0.40, "0.40 per secret and month", "page: aws.amazon.com/secrets-manager/pricing"),
    "out_gb": (0.120, "0.120 per GB from the edge to Asia; from the API to the edge free", "page: aws.amazon.com/cloudfront/pricing"),
    "acl": (5.00, "5.00 per web ACL and month", "c3x.dev/blog/aws-waf-cost-explained; same in all regions: AWS networking blog"),
    "waf_rule": (1.00, "1.00 per rule and month", "c3x.dev/blog/aws-waf-cost-explained; same in all regions: AWS networking blog"),
    "waf": (0.60 / MILLION, "0.60 per million requests", "c3x.dev/blog/aws-waf-cost-explained; same in all regions: AWS networking blog"),
    "edge": (1.20 / MILLION, "0.0120 per 10,000 HTTPS requests from Asia", "page: aws.amazon.com/cloudfront/pricing"),
    "utility": (0.0250, "0.0250 per message, Indonesia", "Meta's rate card of 2026-01-01, in transcriptions"),
    "service": (0.0250, "as utility; first 1,000 a month and number free", "vendors, July 2026: from 2026-10-01"),
}
FREE_SERVICE_MESSAGES = 1_000

# Assumptions.
WORKING_DAYS = 21          # a month: 252 a year
FILL = 0.90                # of the seats are booked
AVERAGE_SEATS = 140        # seats a day of the average of all offices
OFFICES = 151
CHAT_SHARE = 0.30          # of bookings are made by chat, the others on the web
HOLDS = 1.2                # for one confirmation: every sixth lapses
NO_SHOWS = 0.10
SENT_BACK = 0.10           # of those who come miss a document, bring it the same day, and are told once by WhatsApp
POLLS = 3                  # looks of a page whether the number is verified
TURNS = 4                  # messages that a person writes or taps for a booking by chat
STATUSES = 3               # that Meta reports of a message: sent, delivered, read
DAYS_AHEAD = 20            # working days that are open for booking, all booked out when it is busy
MAX_TURNS, TURN_TICKS = 200, 15   # ledger/survey.rs: dates that a tick reads in turn, ticks between turns
MEMORY_GB = 0.25           # infra/template.yaml: MemorySize
OWN_MS, CALL_MS, PROVIDER_MS = 3, 8, 300   # a request's own work; a call to table or queue; Meta's answer
KEPT_MONTHS = 12           # bookings in the table
LOG_MONTHS = 3             # infra/template.yaml: LogRetention
VIEW_KB, REFUSAL_KB = 1.7, 1.0             # measured: an answer with 14 days; a problem document
# Views and refusals for one booking; share of the views that read, for an instance remembers an office's
# dates for a second; share of those that read the dates anew, which one does every ten seconds at the most;
# share of requests that X-Ray records (all up to one a second and function, then 5 %).
TIMES = {"calm": (20, 2, (1.0, 1.0), 1.0), "busy": (100, 100, (0.95, 0.3), 0.5), "rush": (1_000, 1_000, (0.8, 0.03), 0.05)}
VIEW_ITEM_KB = 4           # measured: 62 dates of 384 seats take 1 to 6.2 kB (storage/views.rs)

# What stands in the templates and in the catalogue of metrics.
INFRA = pathlib.Path(__file__).resolve().parent
CATALOGUE = json.loads((INFRA / "metrics.json").read_text("utf-8"))
ALARMS_YAML = (INFRA / "alarms.yaml").read_text("utf-8")
ALARMS, ALARM_METRICS = ALARMS_YAML.count("AWS::CloudWatch::Alarm\n"), ALARMS_YAML.count("MetricName:")
WAF_RULES = (INFRA / "edge.yaml").read_text("utf-8").count("          Priority: ")
DASHBOARDS = 2
KINDS = len(CATALOGUE["kinds"])
OWN_METRICS = {
    "in sum": sum(len(record["metrics"]) for record in CATALOGUE["records"].values()),
    "`Holds`, `Bookings` by `Channel`: web, whatsapp, priority": 2 * 3,
    "`Refusals` by `Reason`: 13 codes": 13,
    f"`MessagesSent`, `MessagesFailed` by `Kind`: {KINDS} kinds": 2 * KINDS,
    "`CheckInRefusals` by `Reason`: 11 codes": 11,
    "`ColdStarts` by `Function`": len(FUNCTIONS),
}
METRICS = sum(OWN_METRICS.values())
SECRETS = 5
KEYS = (INFRA / "data.yaml").read_text("utf-8").count("AWS::KMS::Key\n")
KMS_CALLS = len(FUNCTIONS) * 12 * 24 * 30  # one every five minutes for each function
TICKS = 60 * 24 * 30
POLLERS = 5 * 3 * 60 * 24 * 30             # of a queue: five, an empty receive every 20 s

# Bytes, measured: an office (with its next free hour), a slot, a seat; of a booking all its items with 100
# bytes each that DynamoDB adds; lines of the logs with the 26 that CloudWatch adds.
OFFICE_B, SLOT_B, SLOTS, SEAT_B, BOOKING_B = 2_540, 235, 15, 91, 4_700
ENTRY_B, SURVEY_B = 180, 2_100   # a place in the queue, what is remembered of an office; not measured, added up from their attributes
INVOCATION_B, ACCESS_B, RECORD_B = 286 + 384 + 2 * 26, 219 + 26, 379 + 26
EDGE_B = 400 + 26          # a line of the edge's log; not measured, added up from its thirteen fields


@dataclass(frozen=True)
class Use:
    """What something uses. Numbers add up, and may be multiplied."""
    http: float = 0
    invoke: float = 0
    calls: float = 0       # to table and queue, one after the other
    write: float = 0
    read: float = 0
    sqs: float = 0
    fifo: float = 0
    records: float = 0     # lines that the functions write
    wait_ms: float = 0
    kb: float = 0          # sent to the internet

    def __mul__(self, times):
        return Use(*(value * times for value in vars(self).values()))

    def __add__(self, other):
        return Use(*(a + b for a, b in zip(vars(self).values(), vars(other).values())))

    def costs(self, traced=1.0):
        """USD by service."""
        p = {name: price[0] for name, price in PRICES.items()}
        seconds = (self.invoke * OWN_MS + self.calls * CALL_MS + self.wait_ms) / 1000
        log_gb = (self.invoke * INVOCATION_B + self.http * (EDGE_B + ACCESS_B) + self.records * RECORD_B) / 1e9
        return {
            "edge": self.http * (p["edge"] + p["waf"]),
            "API Gateway": self.http * p["http"],
            "Lambda": self.invoke * p["invoke"] + seconds * MEMORY_GB * p["gb_second"],
            "DynamoDB": self.write * p["write"] + self.read * p["read"],
            "SQS": self.sqs * p["sqs"] + self.fifo * p["fifo"],
            "logs": log_gb * (p["log_gb"] + LOG_MONTHS * p["log_kept_gb"]),
            "traces": self.invoke * traced * p["trace"],
            "transfer": self.kb / 1e6 * p["out_gb"],
        }


# Counted on the wire of a local stack; those of the desk after the check-in read from the code. Write units
# with those of the index (2 for each item of a transaction and KB, 1 for each change of the index), read
# units, calls one after the other.
STEPS = {
    "look at offices and documents": Use(http=2, invoke=2, kb=10),
    "begin a registration": Use(http=1, invoke=1, calls=1, write=2, kb=1),
    "the message that proves the number": Use(http=1, invoke=2, calls=15, write=25, read=7, sqs=1, fifo=3, records=2),
    "token, with polls": Use(http=1 + POLLS, invoke=1 + POLLS, calls=2 + POLLS, write=6, read=1 + POLLS, kb=2),
    "add a person": Use(http=1, invoke=1, calls=2, write=4, read=1, kb=1),
    "hold": Use(http=1, invoke=1, calls=3, write=18, read=2, sqs=1, records=1, kb=2),
    "confirm": Use(http=1, invoke=1, calls=3, write=16, read=3, sqs=1, records=1, kb=2),
    "fetch the ticket": Use(http=1, invoke=1, calls=1, read=2, kb=3),
    "check-in": Use(http=1, invoke=1, calls=3, write=10, read=3, records=1, kb=2),
    "documents found complete": Use(http=1, invoke=1, calls=4, write=6, read=3, kb=2),
    "documents found missing": Use(http=1, invoke=1, calls=5, write=12, read=3, sqs=1, records=1, kb=2),
    "documents brought": Use(http=1, invoke=1, calls=4, write=9, read=3, records=1, kb=2),
    "call": Use(http=1, invoke=1, calls=3, write=8, read=4, records=1, kb=2),
    "serve": Use(http=1, invoke=1, calls=4, write=6, read=4, kb=2),
    "finish": Use(http=1, invoke=1, calls=5, write=12, read=5, records=1, kb=2),
    "hold that ran out written down and told": Use(calls=2, write=10, read=2, sqs=1, records=1),
    "no-show written down": Use(calls=1, write=7, read=1, records=1),
    "audit, every night": Use(read=4),
    "a message sent": Use(http=STATUSES, invoke=1 + STATUSES, calls=9 + 2 * STATUSES, write=9 + 2 * 2, read=6 + STATUSES, sqs=2, records=2, wait_ms=PROVIDER_MS, kb=2),
    "a reminder enqueued": Use(calls=1, write=4, sqs=0.1),
    "a turn of a chat": Use(http=1, invoke=2, calls=14, write=22, read=7, sqs=1, fifo=3, records=2),
}
NIGHTS = round(DAYS_AHEAD * 7 / 5)


def directory():
    """An office and the next free hours, or whether the list has changed: remembered for some seconds, here
    counted as read each time."""
    return Use(read=1)


def booking(channel, seats=AVERAGE_SEATS):
    """One booking from the first look to the end of the visit, without views of what is free."""
    use = directory() * 2 + Use(read=day_units(seats)) * HOLDS
    use += STEPS["confirm"] + desk(seats) * (1 - NO_SHOWS) + STEPS["audit, every night"] * NIGHTS
    use += STEPS["a reminder enqueued"]
    use += STEPS["hold that ran out written down and told"] * (HOLDS - 1) + STEPS["no-show written down"] * NO_SHOWS
    use += STEPS["hold"] * HOLDS
    if channel == "web":
        names = ["look at offices and documents", "begin a registration", "the message that proves the number",
                 "token, with polls", "add a person", "fetch the ticket"]
        for name in names:
            use += STEPS[name]
    else:
        # Hold and confirmation are part of its turns: neither requests nor functions of their own.
        use += STEPS["a turn of a chat"] * TURNS + Use(http=-1 - HOLDS, invoke=-1 - HOLDS)
    return use + STEPS["a message sent"] * sum(messages(channel))


def desk(seats):
    """A visit: ticket, documents, counter. Whoever scans or calls reads the day's queue, half of it on average."""
    use = (STEPS["documents found missing"] + STEPS["documents brought"]) * SENT_BACK
    use += STEPS["documents found complete"] * (1 - SENT_BACK)
    for name in ["check-in", "call", "serve", "finish"]:
        use += STEPS[name]
    queue = seats * FILL * (1 - NO_SHOWS) / 2 * ENTRY_B / 4096
    return use + Use(read=2 * queue)


def messages(channel):
    """Messages of service (inside the window that the person opened; one for each hold that ran out) and of
    utility: the reminder, and what is missing for those who miss a document."""
    utility, lapsed = 1 + SENT_BACK * (1 - NO_SHOWS), HOLDS - 1
    return (3 + lapsed, utility) if channel == "web" else (TURNS + lapsed, utility)


def day_units(seats):
    """Read units of a whole day."""
    return math.ceil((SLOTS * SLOT_B + seats * FILL * SEAT_B) / 4096)


def view(seats, reading=(0.0, 0.0)):
    """A look at two weeks of an office. Who reads them anew reads ten working days and four others, takes the
    lease and writes what was read."""
    read, anew = reading
    looks = Use(calls=1, read=math.ceil(VIEW_ITEM_KB / 8)) + directory()
    renews = Use(calls=2, read=10 * day_units(seats) + 4, write=2 + 2 * VIEW_ITEM_KB + 2)
    return Use(http=1, invoke=1, kb=VIEW_KB) + (looks + renews * anew) * read


REFUSAL = Use(http=1, invoke=1, records=1, kb=REFUSAL_KB)
# What a screen in the hall asks for, with the offices cached: its counters are one query.
BOARD = Use(http=1, invoke=1, calls=1, read=1, kb=1.5)
SCREEN_EVERY_S, SCREEN_HOURS = 3, 8


def fixed(offices, seats, is_full):
    """USD a month, whoever comes."""
    p = {name: price[0] for name, price in PRICES.items()}
    # Each office's next free date, if there is one, and all dates of some offices: those whose turn it is.
    turns = min(MAX_TURNS, offices * NIGHTS / TURN_TICKS)
    looks = turns + (0 if is_full else offices)
    tick = looks * day_units(seats) + offices * (OFFICE_B / 8192 + SURVEY_B / 4096) + 24 * 0.5 + 3
    tick_seconds = (26 + looks) * CALL_MS / 1000
    remembered = turns / NIGHTS * 2 * math.ceil(SURVEY_B / 1024)
    bookings = seats * FILL * WORKING_DAYS * KEPT_MONTHS * offices
    gb = (bookings * BOOKING_B + offices * DAYS_AHEAD * SLOTS * SLOT_B) / 1e9
    return {
        "metrics of the functions": METRICS * p["metric"],
        "alarms": ALARM_METRICS * p["alarm"],
        "dashboards": DASHBOARDS * p["dashboard"],
        "the edge's firewall": p["acl"] + WAF_RULES * p["waf_rule"],
        "key, secrets": KEYS * p["key"] + SECRETS * p["secret"] + KMS_CALLS * p["kms"],
        "schedule: runs": TICKS * (p["schedule"] + p["invoke"] + tick_seconds * MEMORY_GB * p["gb_second"]),
        "schedule: reading": TICKS * tick * p["read"],
        "schedule: remembering": TICKS * remembered * p["write"],
        "waiting at the queues": POLLERS * (3 * p["sqs"] + p["fifo"]),
        "stored, with recovery": gb * (p["stored_gb"] + p["pitr_gb"]),
    }


def whatsapp(bookings):
    """USD a month for this many bookings."""
    service = utility = 0
    for channel, share in (("web", 1 - CHAT_SHARE), ("chat", CHAT_SHARE)):
        in_window, outside = messages(channel)
        service, utility = service + bookings * share * in_window, utility + bookings * share * outside
    chargeable = max(0, service - FREE_SERVICE_MESSAGES)
    return chargeable * PRICES["service"][0] + utility * PRICES["utility"][0]


SIZES = [("140 seats", 1, 140), ("384 seats", 1, 384), (f"{OFFICES} offices, {AVERAGE_SEATS} seats each", OFFICES, AVERAGE_SEATS)]


def month(offices, seats, time):
    """Bookings and USD of a month: fixed, bookings, views, refusals, WhatsApp."""
    views, refusals, reading, traced = TIMES[time]
    bookings = round(seats * offices * WORKING_DAYS * FILL)
    one = sum(share * total(booking(channel, seats).costs())
              for channel, share in (("web", 1 - CHAT_SHARE), ("chat", CHAT_SHARE)))
    return bookings, [
        total(fixed(offices, seats, time != "calm")), bookings * one,
        bookings * views * total(view(seats, reading).costs(traced)),
        bookings * refusals * total(REFUSAL.costs(traced)), whatsapp(bookings)]


def total(costs):
    return sum(costs.values())


def usd(value):
    """Two places from a dollar on, else three digits that count."""
    if value == 0:
        return "0"
    places = 0 if value >= 100 else 2 if value >= 1 else 2 - math.floor(math.log10(abs(value)))
    return f"{value:,.{places}f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def months():
    rows = []
    for name, offices, seats in SIZES:
        for time in TIMES:
            bookings, parts = month(offices, seats, time)
            everything = sum(parts)
            rows.append([f"{name}, {time}", f"{bookings:,}", *map(usd, parts), f"**{usd(everything)}**",
                         usd(everything / bookings), f"{100 * parts[-1] / everything:.0f} %"])
    return table(["a month", "bookings", "fixed", "bookings, AWS", "views", "refusals", "WhatsApp", "all",
                  "per booking", "WhatsApp's share"], rows)


def one_booking():
    rows = []
    for channel in ("web", "chat"):
        costs = booking(channel).costs()
        service, utility = messages(channel)
        price = service * PRICES["service"][0] + utility * PRICES["utility"][0]
        rows.append([channel, *map(usd, costs.values()), usd(total(costs)), f"{service + utility:g}", usd(price)])
    return table(["one booking", *costs, "AWS", "messages", "WhatsApp"], rows)


def a_million():
    kinds = [("views, from the cache", view(140), 0.05),
             ("views, all read", view(140, (1, 0)), 1.0),
             ("views, 140 seats, all read anew", view(140, (1, 1)), 1.0),
             ("views, 384 seats, all read anew", view(384, (1, 1)), 1.0),
             ("refusals, in a rush", REFUSAL, 0.05),
             ("refusals, calm", REFUSAL, 1.0), ("boards, one office", BOARD, 1.0)]
    rows = []
    for name, use, traced in kinds:
        costs = (use * MILLION).costs(traced)
        rows.append([name, *map(usd, costs.values()), f"**{usd(total(costs))}**"])
    asks = SCREEN_HOURS * 3600 / SCREEN_EVERY_S * WORKING_DAYS
    screen = usd(asks * total(BOARD.costs()))
    text = f"A screen that asks every {SCREEN_EVERY_S} seconds for {SCREEN_HOURS} hours a working day asks {asks:,.0f} times a month: {screen} USD."
    return table(["a million", *costs, "all"], rows) + f"\n\n{text}"


def a_message_less():
    rows = []
    for name, offices, seats in SIZES:
        bookings = round(seats * offices * WORKING_DAYS * FILL)
        web = bookings * (1 - CHAT_SHARE)
        outside = bookings * messages("web")[1] * PRICES["utility"][0]
        rows.append([name, usd(whatsapp(bookings)), usd(outside), usd(web * PRICES["service"][0])])
    return table(["a month", "as it is", "if replies inside the window were free", "one message less for each booking on the web"], rows)


def fixed_costs():
    columns = [fixed(offices, seats, is_full) for _, offices, seats in SIZES for is_full in (False, True)]
    rows = [[name, *(usd(column[name]) for column in columns)] for name in columns[0]]
    rows.append(["**all**", *(f"**{usd(total(column))}**" for column in columns)])
    return table(["a month", *(f"{name}, {how}" for name, _, _ in SIZES for how in ("seats free", "booked out"))], rows)


def a_rush():
    rows = []
    for name, seats, offices in (("384 seats of one date", 384, 1), (f"one date of {OFFICES} offices", AVERAGE_SEATS, OFFICES)):
        sold = seats * offices
        for times in (100, 1_000):
            _, _, reading, traced = TIMES["busy" if times == 100 else "rush"]
            views = sold * times * total(view(seats, reading).costs(traced))
            refusals = sold * times * total(REFUSAL.costs(traced))
            booked = sold * total(booking("web", seats).costs())
            rows.append([f"{name}, {times:,} each", f"{sold:,}", f"{2 * sold * times:,}", usd(booked), usd(views), usd(refusals),
                         f"**{usd(booked + views + refusals)}**"])
    return table(["a release", "bookings", "views and refusals", "bookings", "views", "refusals", "AWS"], rows)


def edge():
    p = {name: price[0] for name, price in PRICES.items()}
    whole = (view(140) * MILLION).costs(0.05)
    log = MILLION * EDGE_B / 1e9 * (p["log_gb"] + LOG_MONTHS * p["log_kept_gb"])
    at_edge = whole["edge"] + log + whole["transfer"]
    rows = [["answered by the edge", usd(at_edge)], ["passed on by the edge", usd(total(whole))],
            ["of it the edge and its log", usd(whole["edge"] + log)]]
    return table(["a million views", "USD"], rows) + f"\n\nBesides, {usd(p['acl'] + WAF_RULES * p['waf_rule'])} USD a month for the firewall with its {WAF_RULES} rules."


# What the ceilings of infra/template.yaml let through at most: each second of a day.
TEMPLATE = (INFRA / "template.yaml").read_text("utf-8")
CEILINGS = {name: int(re.search(rf"^  TableMax{name}:.*?Default: (\d+)", TEMPLATE, re.S | re.M)[1]) for name in ("Writes", "Reads")}
SHARES = sum(map(int, re.findall(r"\{Reserved: (\d+)\}", TEMPLATE)))
META_PER_SECOND = 80


def ceilings():
    p = {name: price[0] for name, price in PRICES.items()}
    day = 24 * 3600
    rows = [[f"table, {CEILINGS['Writes']:,} write units a second", usd(CEILINGS["Writes"] * day * p["write"])],
            [f"table, {CEILINGS['Reads']:,} read units a second", usd(CEILINGS["Reads"] * day * p["read"])],
            [f"functions, {SHARES} at once", usd(SHARES * day * MEMORY_GB * p["gb_second"])],
            [f"messages, {META_PER_SECOND} a second, the most of a number", usd(META_PER_SECOND * day * p["utility"])]]
    return table(["a day at the ceiling", "USD"], rows)


def prices():
    lines = ["| what | USD | source |", "|---|---|---|"]
    return "\n".join(lines + [f"| `{name}` | {unit} | {source} |" for name, (_, unit, source) in PRICES.items()])


def counts():
    names = ["http", "invoke", "calls", "write", "read", "sqs", "fifo", "records"]
    rows = [[step, *(f"{getattr(use, name):g}" for name in names)] for step, use in STEPS.items()]
    head = ["step", "requests", "invocations", "calls in turn", "write units", "read units", "SQS", "SQS FIFO", "log records"]
    return table(head, rows)


def own_metrics():
    rows = [*OWN_METRICS.items(), ("**a stage, when everything has happened**", f"**{METRICS}**")]
    upper = METRICS * PRICES["metric"][0]
    return table(["", "metrics"], rows) + f"\n\n{METRICS} × 0.30 = {usd(upper)} USD a month at most: a metric is paid for only by the hours in which it had a value."


def monitoring():
    """After CloudWatch's free tier: ten alarms' metrics, ten metrics, three dashboards of up to 50 metrics."""
    p = {name: price[0] for name, price in PRICES.items()}
    alarms, board, metrics = (ALARM_METRICS - 10) * p["alarm"], p["dashboard"], (METRICS - 10) * p["metric"]
    rows = [
        ["alarms: an alarm is paid by the metrics it looks at", f"{ALARMS} alarms, {ALARM_METRICS} metrics, 10 free", "0.10 each", usd(alarms)],
        ["Operations dashboard", "up to 50 metrics and three boards are free", "3.00", 0],
        ["Engineering dashboard", "more than 50 metrics", "3.00", usd(board)],
        ["own metrics, whatever the number of offices", f"at most {METRICS}, 10 free", "0.30 each", usd(metrics)],
        ["saved queries", "", "none", 0],
        ["e-mail", "first 1,000 free", "", 0],
        ["**together**", "", "", f"**{usd(alarms + board + metrics)}**"],
    ]
    return table(["", "amount", "price", "USD"], rows)


# By page of docs.
TABLES = {
    "costs.md": {"months": months, "booking": one_booking, "million": a_million, "fixed": fixed_costs, "rush": a_rush,
                 "messages": a_message_less, "edge": edge, "ceilings": ceilings, "counts": counts, "prices": prices},
    "metrics.md": {"metrics": own_metrics},
    "operations.md": {"monitoring": monitoring},
}


def with_tables(text, tables):
    """The text with every table between its marks made anew."""
    for name, made in tables.items():
        mark = re.compile(rf"(<!-- costs:{name} -->\n).*?(<!-- /costs -->)", re.S)
        text, found = mark.subn(lambda m: m[1] + made() + "\n" + m[2], text)
        if found != 1:
            sys.exit(f"there must be one table `{name}`, not {found}")
    return text


def main(arguments):
    if arguments not in ([], ["--check"], ["--write"]):
        sys.exit(__doc__)
    for page, tables in TABLES.items():
        if not arguments:
            print("\n\n".join(made() for made in tables.values()))
            continue
        path = INFRA.parent / "docs" / page
        text = path.read_text("utf-8")
        after = with_tables(text, tables)
        if arguments == ["--write"]:
            path.write_text(after, "utf-8")
        elif after != text:
            sys.exit(f"the tables of {path} are not those of infra/costs.py: infra/costs.py --write")


main(sys.argv[1:])
