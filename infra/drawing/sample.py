"""Made-up but plausible numbers for every metric and every column: a Monday, half past ten, with a release
at seven, reminders at nine, and doors that opened at eight. The same each time."""

import hashlib
import math
from datetime import datetime, timedelta

NOW = datetime(2026, 11, 30, 10, 30)
RELEASE, REMINDERS = 7.0, 9.0
OFFICES = [
    "jakarta-pusat", "jakarta-selatan", "surabaya", "bandung", "medan", "makassar", "denpasar",
    "semarang", "tangerang", "bekasi", "depok", "bogor", "palembang", "pekanbaru", "batam",
    "balikpapan", "manado", "padang", "yogyakarta", "malang",
]  # fmt: skip
# The alarm that is drawn red.
RED = "errors-admin"


def chance(*key):
    """A number from 0 to 1 that follows from the key."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _bump(hour, at, width):
    return math.exp(-(((hour - at) / width) ** 2))


def _rush(hour, at, minutes):
    """Sudden, then fading."""
    return math.exp(-(hour - at) * 60 / minutes) if hour >= at else 0.0


def _awake(hour):
    return 0.06 + 0.94 / (1 + math.exp(-(hour - 6.5) * 2)) * (1 - 0.7 / (1 + math.exp(-(hour - 21) * 2)))


def _doors(hour):
    return _bump(hour, 8.9, 1.0) if hour >= 7.7 else 0.0


def _counters(hour):
    """How many of the counters are at work."""
    return min((hour - 8.1) / 0.6, 1.0) if 8.1 <= hour < 16 else 0.0


# Counts in a minute, by the hour of the day.
_PER_MINUTE = {
    "Holds": lambda h: 7 * _awake(h) + 240 * _rush(h, RELEASE, 9),
    "Bookings": lambda h: 6 * _awake(h) + 205 * _rush(h, RELEASE + 0.03, 11),
    "HoldsExpired": lambda h: 0.8 * _awake(h) + 22 * _rush(h, RELEASE + 0.25, 12),
    "Cancellations": lambda h: 0.7 * _awake(h),
    "Moves": lambda h: 0.4 * _awake(h),
    "Refusals": lambda h: 2.5 * _awake(h) + 900 * _rush(h, RELEASE, 14),
    "CheckIns": lambda h: 52 * _doors(h),
    "CheckInRefusals": lambda h: 1.6 * _doors(h),
    "SentBack": lambda h: 3.1 * _doors(h - 0.2),
    "DocumentsBrought": lambda h: 2.2 * _bump(h, 10.3, 0.7) if h > 8.6 else 0,
    # What nobody brought until the end of the day before.
    "VisitsLapsed": lambda h: 0.6 if h < 1 else 0,
    "NumbersSkipped": lambda h: 1.1 * _counters(h),
    "VisitsServed": lambda h: 30 * _counters(h),
    "NoShows": lambda h: 5 * _bump(h, 10.2, 0.5) if h > 8.9 else 0,
    "MessagesSent": lambda h: 14 * _awake(h) + 400 * _rush(h, RELEASE, 10) + 420 * _rush(h, REMINDERS, 6),
    "MessagesFailed": lambda h: 0.35 * _awake(h) + 12 * _rush(h, REMINDERS, 8),
    "MessagesLate": lambda h: 0.05 * _awake(h) + 330 * _rush(h, REMINDERS, 6),
    "InboundMessages": lambda h: 9 * _awake(h) + 90 * _rush(h, RELEASE, 15),
    "MessagesSwept": lambda h: 0.2 + 900 * _rush(h, REMINDERS, 6),
    "SendingPaused": lambda h: 0,
    "WebhooksRejected": lambda h: 0.01,
    "AuditDisagreements": lambda h: 0,
    "ColdStarts": lambda h: 0.3 * _awake(h) + 40 * _rush(h, RELEASE, 2),
    "Count": lambda h: 420 * _awake(h) + 9_500 * _rush(h, RELEASE, 16),
    "4xx": lambda h: 9 * _awake(h) + 1_400 * _rush(h, RELEASE, 14),
    "5xx": lambda h: 0.12 * _awake(h) + 9 * _rush(h, RELEASE, 3),
    "Throttles": lambda h: 0,
    "ConsumedReadCapacityUnits": lambda h: 900 * _awake(h) + 6_000 * _rush(h, RELEASE, 12),
    "ConsumedWriteCapacityUnits": lambda h: 240 * _awake(h) + 4_400 * _rush(h, RELEASE, 10),
    "ReadThrottleEvents": lambda h: 0,
    "WriteThrottleEvents": lambda h: 0,
    "TransactionConflict": lambda h: 0.1 + 26 * _rush(h, RELEASE, 6),
    "ConditionalCheckFailedRequests": lambda h: 1 + 140 * _rush(h, RELEASE, 8),
    "SystemErrors": lambda h: 0,
    "IncomingBytes": lambda h: 60_000 * _awake(h) + 900_000 * _rush(h, RELEASE, 14),
}
# Levels, by the hour of the day.
_LEVELS = {
    "SeatsFree": lambda h: (
        13_900
        - 60 * _awake(h) * max(h - 5, 0)
        - 80 * (h > 20)
        + (1_500 + 4_300 * _rush(h, RELEASE, 14) if h >= RELEASE else 0)
    ),
    "WaitingTime": lambda h: 420 + 2_400 * _bump(h, 9.7, 1.0) if _counters(h) else None,
    "ServiceTime": lambda h: 930 if _counters(h) else None,
    "SweepLag": lambda h: 25 + 260 * _rush(h, REMINDERS, 8),
    "MessageDelay": lambda h: 650 + 240_000 * _rush(h, REMINDERS, 8),
    "Init": lambda h: 62,
    "Latency": lambda h: 60 + 700 * _rush(h, RELEASE, 5),
    "IntegrationLatency": lambda h: 52 + 640 * _rush(h, RELEASE, 5),
    "Duration": lambda h: 24 + 180 * _rush(h, RELEASE, 5),
    "ConcurrentExecutions": lambda h: 1 + 5 * _awake(h) + 130 * _rush(h, RELEASE, 7),
    "SuccessfulRequestLatency": lambda h: 5 + 9 * _rush(h, RELEASE, 6),
    "ApproximateAgeOfOldestMessage": lambda h: 2 + 190 * _rush(h, REMINDERS, 9),
    "ApproximateNumberOfMessagesVisible": lambda h: 1 + 1_900 * _rush(h, REMINDERS, 6),
    "ApproximateNumberOfMessagesNotVisible": lambda h: 3 + 70 * _rush(h, REMINDERS, 8),
}
# What part of it all a dimension's value has.
_SHARES = {
    "slot_full": 0.74, "already_booked": 0.09, "not_released": 0.08, "hold_expired": 0.04,
    "office_closed": 0.02, "not_online": 0.01, "too_late_to_move": 0.006, "booking_ended": 0.01,
    "reply": 0.34, "confirmed": 0.22, "hold": 0.12, "reminder": 0.24, "ticket": 0.03,
    "verified": 0.02, "cancelled": 0.012, "moved": 0.008, "office_closed_message": 0.004,
    "one_time_code": 0.006, "documents_missing": 0.01,
    "slots": 0.72, "registration": 0.07, "whatsapp": 0.06, "conversation": 0.05, "checkin": 0.04,
    "admin": 0.004, "notifier": 0.06, "scheduler": 0.01,
}  # fmt: skip
_SPREAD = {"Average": 0.55, "p50": 0.45, "p90": 1.0, "p99": 2.6, "Maximum": 1.0, "Minimum": 0.6}
_CONSTANT = {"scheduler": {"Invocations": 1.0, "ConcurrentExecutions": 1.0, "Duration": 1_900.0}}


def _share(dimensions):
    last = dimensions[-1][1] if dimensions else ""
    if last == "due-index":
        return 0.14
    if last.endswith(("-dlq", "-dlq.fifo")):
        return 0.0
    if "inbox" in last:
        return 0.08
    key = last.removeprefix("antrian-prod-").rpartition("/")[2].removeprefix("antrian-prod-")
    if dimensions and dimensions[-1][0] == "Operation":
        return {"GetItem": 0.7, "BatchGetItem": 1.0, "Query": 1.2, "TransactWriteItems": 2.4}[last]
    return _SHARES.get(key, 1.0)


def _function(dimensions):
    return dict(dimensions).get("FunctionName", "").removeprefix("antrian-prod-")


def value(metric, dimensions, statistic, period, at):
    """The value of a metric for the period that begins then."""
    hour = at.hour + at.minute / 60
    noise = 0.82 + 0.36 * chance(metric, dimensions, statistic, at.isoformat())
    constant = _CONSTANT.get(_function(dimensions), {}).get(metric)
    if metric == "AuditDisagreements" and (at.hour != 2 or statistic == "SampleCount"):
        return 1 if at.hour == 2 else None
    if metric == "Errors":
        return 4 if _function(dimensions) == "admin" and hour >= 10.3 else 0
    if metric == "Invocations":
        if constant:
            return constant * period / 60
        return round(_share(dimensions) * _PER_MINUTE["Count"](hour) * noise * period / 60)
    if constant:
        return constant * noise * _SPREAD.get(statistic, 1.0)
    if metric in _PER_MINUTE:
        total = sum(_PER_MINUTE[metric](hour + minute / 60) for minute in range(period // 60))
        return math.floor(_share(dimensions) * total * noise + chance(at.isoformat(), metric, dimensions))
    if metric == "Duration" and statistic == "Sum":
        return _share(dimensions) * 30 * _PER_MINUTE["Count"](hour) * period / 60
    level = _LEVELS[metric](hour)
    if level is None:
        return None
    if metric == "SeatsFree":
        return round(level)
    share = 1.0 if _function(dimensions) and metric == "Duration" else _share(dimensions)
    if metric == "Duration":
        noise *= 0.5 + chance(_function(dimensions))
    return level * share * noise * _SPREAD.get(statistic, 1.0)


def series(metric, dimensions, statistic, period, hours):
    """Values over the last hours, oldest first."""
    begin = NOW - timedelta(hours=hours)
    begin -= timedelta(seconds=(begin.hour * 3600 + begin.minute * 60) % period)
    times = [begin + timedelta(seconds=period * step) for step in range(int(hours * 3600 / period))]
    return [(at, value(metric, tuple(dimensions), statistic, period, at)) for at in times]


_DATES = [
    (NOW + timedelta(days=day)).date().isoformat()
    for day in range(14)
    if (NOW + timedelta(days=day)).weekday() < 5
]
_REASONS = ["slot_full", "already_booked", "not_released", "hold_expired", "office_closed"]
_FAILURES = [
    ("confirmed", "131026"), ("reminder", "131026"), ("hold", "131049"), ("reminder", "no_contact"),
    ("confirmed", "131000"),
]  # fmt: skip
_PAPERS = [
    ("jakarta-pusat", "kk"), ("bandung", "civil_proof"), ("surabaya", "kk civil_proof"), ("medan", "kk"),
    ("bekasi", "parents_statement"), ("jakarta-pusat", "civil_proof"), ("batam", "duty_stamp"),
    ("depok", "ktp kk"), ("bandung", "parents_marriage_book"), ("makassar", "old_passport"),
]  # fmt: skip
_ROUTES = [
    "POST /v1/bookings", "GET /v1/offices/{office}/availability", "POST /v1/bookings/{code}/confirm",
    "GET /v1/offices", "POST /webhooks/whatsapp",
]  # fmt: skip


def _seats(office, day):
    if office < 3 and day < 6:
        return 0 if day < 4 else round(9 * chance("few", office, day))
    return round(
        (40 + 120 * chance("seats", office)) * (0.15 + 0.085 * day) * (0.7 + 0.6 * chance(office, day))
    )


def _refused(office):
    return round(5_200 * 0.62**office * (0.8 + 0.4 * chance("refused", office)))


def rows(columns, count, query):
    """Rows of the answer to a query with these columns."""
    if columns[:2] == ["tanggal", "kantor"]:
        found = [_place_row(number) for number in range(count)]
    elif columns[0] == "tanggal":
        found = [_day_row(columns, number) for number in range(min(count, len(_DATES)))]
    else:
        count = 3 if 'level = "ERROR"' in query else count
        found = [{name: _cell(name, number, columns) for name in columns} for number in range(count)]
    return found


def _day_row(columns, day):
    free = [_seats(office, day) for office in range(len(OFFICES))]
    known = {
        "tanggal": _DATES[day],
        "kursi_kosong": sum(free) * 6,
        "paling_sedikit": min(free),
        "jumlah_kantor": 120 - (day % 3),
    }
    return {name: known[name] for name in columns}


def _place_row(number):
    places = sorted(range(len(OFFICES)), key=lambda office: _seats(office, 0))
    office = places[number % len(places)]
    return {"tanggal": _DATES[0], "kantor": OFFICES[office], "kursi_kosong": _seats(office, 0)}


def _cell(name, number, columns):
    at = NOW - timedelta(minutes=3 + 11 * number + 5 * chance(name, number))
    come = round(120 * (0.5 + chance("c", number)))
    office, papers = _PAPERS[number % len(_PAPERS)]
    cells = {
        "kantor": office if "dokumen" in columns else OFFICES[number % len(OFFICES)],
        "dokumen": papers,
        "orang": round(19 * 0.84**number) + 1,
        "booking": round(260 * (0.4 + chance("b", number))),
        "hadir": come,
        "menit_tunggu": round(9 + 26 * chance("w", number)),
        "dokumen_kurang": round(come * 0.12 * chance("p", number)),
        "selesai": round(come * (0.55 + 0.2 * chance("v", number))),
        "tidak_datang": round(14 * chance("n", number)),
        "ditolak": _refused(number),
        "tanggal": _DATES[min(number % 4 + 6, len(_DATES) - 1)],
        "alasan": _FAILURES[number % 5][1] if "jenis" in columns else _REASONS[number // 2 % 3],
        "jenis": _FAILURES[number % 5][0],
        "pesan": round(90 * 0.5**number) + 1,
        "terakhir_dibuka": _DATES[min(4 + number // 2, len(_DATES) - 1)],
        "kursi_kosong": round(300 * (number * 0.35 + chance("k", number))),
        "hari": 5 + number // 2,
        "@timestamp": at.strftime("%Y-%m-%d %H:%M:%S"),
        "route": _ROUTES[number % 5],
        "status": 200 if number % 3 else 503,
        "latency_ms": round(4_100 * 0.86**number),
        "function_ms": round(4_060 * 0.86**number),
        "request_id": f"Vh{int(chance('r', number) * 10**8):08d}=",
        "@log": "…/antrian-prod-admin",
        "message": ["panic", "", "panic"][number % 3],
        "error": "",
        "code": "",
        "at": ["functions/admin/src/slots.rs:118:9", ""][number % 3 == 1],
        "record.status": ["", "timeout"][number % 3 == 1],
    }
    return cells.get(name, "")
