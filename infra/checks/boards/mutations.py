"""Ways to break dashboards, alarms, queries and runbooks, and what must then be said."""

import re


def _widget(boards, kind, title=""):
    widgets = [it for body in boards.dashboards.values() for it in body["widgets"]]
    return next(it for it in widgets if it["type"] == kind and title in it["properties"].get("title", ""))


def _metric(boards, place, value):
    _widget(boards, "metric", "Bookings")["properties"]["metrics"][0][place] = value


def _query(boards, pattern, replacement, title="By office"):
    properties = _widget(boards, "log", title)["properties"]
    broken = re.sub(pattern, replacement, properties["query"], count=1)
    assert broken != properties["query"], pattern
    properties["query"] = broken


def _alarm(boards, name):
    return next(it for key, it in boards.alarms.items() if key.endswith(f"-{name}"))


def _saved(boards, name):
    return next(it for key, it in boards.queries.items() if name in key)


def _text(boards, pattern, replacement):
    properties = next(
        it["properties"]
        for body in boards.dashboards.values()
        for it in body["widgets"]
        if it["type"] == "text" and re.search(pattern, it["properties"]["markdown"])
    )
    properties["markdown"] = re.sub(pattern, replacement, properties["markdown"])


def _page(boards, name, old, new):
    boards.texts[f"runbooks/{name}.md"] = boards.texts[f"runbooks/{name}.md"].replace(old, new)


def _search(boards, old, new):
    line = _widget(boards, "metric", "Cold starts")["properties"]["metrics"][0][0]
    assert old in line["expression"], old
    line["expression"] = line["expression"].replace(old, new)


def _arn(alarm):
    return f"arn:aws:cloudwatch:ap-southeast-3:123456789012:alarm:antrian-prod-{alarm}"


def _set(it, key, value):
    it[key] = value


def _rewrite(saved, old, new):
    assert old in saved["QueryString"], old
    saved["QueryString"] = saved["QueryString"].replace(old, new)


# What is broken, what must be said, how it is broken.
ALL = [
    ("a metric's name", "nobody emits Antrian Bokings", lambda b: _metric(b, 1, "Bokings")),
    ("a namespace", "nobody emits antrian", lambda b: _metric(b, 0, "antrian")),
    ("a dimension's name", "has no dimensions Office", lambda b: _metric(b, 2, "Office")),
    ("a dimension's value", "Stage is never dev", lambda b: _metric(b, 3, "dev")),
    (
        "a reason",
        "Reason is never slot_ful",
        lambda b: _set(_widget(b, "metric", "Why people")["properties"]["metrics"][0], 5, "slot_ful"),
    ),
    (
        "a statistic",
        "unknown statistic P99",
        lambda b: _set(_widget(b, "metric", "Duration p99")["properties"], "stat", "P99"),
    ),
    (
        "an expression",
        "the expression names ages",
        lambda b: _set(
            _widget(b, "metric", "Menunggu dikirim")["properties"]["metrics"][0][0], "expression", "ages / 60"
        ),
    ),
    ("a place", "overlap", lambda b: _set(_widget(b, "log"), "y", 15)),
    ("the grid", "leaves the grid", lambda b: _set(_widget(b, "log"), "x", 20)),
    (
        "an alarm's name on a dashboard",
        "no alarm antrian-prod-api-6xx",
        lambda b: _widget(b, "alarm")["properties"]["alarms"].append("arn:x:alarm:antrian-prod-api-6xx"),
    ),
    ("a log group", "no log group", lambda b: _query(b, "-slots'", "-slot'")),
    ("a record", "no record bookings", lambda b: _query(b, '"booking"', '"bookings"')),
    ("a field", "the query reads offices", lambda b: _query(b, "fields office", "fields offices")),
    (
        "a field of another record",
        "the query reads CheckIns",
        lambda b: _query(b, r"SeatsFree", "CheckIns", "All offices, by day"),
    ),
    ("a link to a runbook", "no runbook api-6xx", lambda b: _text(b, r"api-5xx\.md", "api-6xx.md")),
    ("a link to a dashboard", "no dashboard", lambda b: _text(b, r"prod-engineering", "prod-engineers")),
    ("a parameter in a text", "not substituted", lambda b: _text(b, r"\(prod\)", "(${Stagee})")),
    (
        "a saved query",
        "the query reads latency,",
        lambda b: _set(_saved(b, "slowest"), "QueryString", "fields route, latency\n| sort latency desc"),
    ),
    (
        "a field between divisions",
        "the query reads WaitedTime",
        lambda b: _rewrite(_saved(b, "waktu-tunggu"), "pct(WaitingTime", "pct(WaitedTime"),
    ),
    (
        "an alarm's metric",
        "nobody emits Antrian SweepLags",
        lambda b: _set(_alarm(b, "sweep-lag"), "MetricName", "SweepLags"),
    ),
    (
        "an alarm's expression",
        "the expression names sents",
        lambda b: _set(_alarm(b, "messages-late")["Metrics"][0], "Expression", "late / sents"),
    ),
    (
        "an alarm's look back",
        "it looks back over",
        lambda b: _set(_alarm(b, "api-latency"), "EvaluationPeriods", 1441),
    ),
    (
        "an alarm's description",
        "does not lead to its runbook",
        lambda b: _set(_alarm(b, "throttles"), "AlarmDescription", "x"),
    ),
    ("an alarm's addressee", "it has no addressee", lambda b: _set(_alarm(b, "throttles"), "AlarmActions", [])),
    (
        "missing data",
        "what missing data mean",
        lambda b: _alarm(b, "scheduler-silent").pop("TreatMissingData"),
    ),
    (
        "too many metrics in an alarm",
        "an alarm may have 10",
        lambda b: _alarm(b, "throttles")["Metrics"].extend(_alarm(b, "table-throttled")["Metrics"][1:]),
    ),
    ("an alarm's page", "throttles.md is missing", lambda b: b.pages.remove("throttles")),
    ("a page's alarm", "throttled.md belongs to no alarm", lambda b: b.pages.add("throttled")),
    (
        "the index of pages",
        "README.md does not name throttles",
        lambda b: _page(b, "README", "throttles.md", ""),
    ),
    (
        "the list of queries",
        "does not name the query pesan-gagal",
        lambda b: _page(b, "README", "pesan-gagal", "pesan"),
    ),
    ("a link between pages", "no api-6xx.md", lambda b: _page(b, "errors", "api-5xx.md", "api-6xx.md")),
    ("a function's section", "has no heading slots", lambda b: _page(b, "errors", "## slots", "## slot")),
    (
        "a link to a function's section",
        "no heading #checkins in errors.md",
        lambda b: _text(b, "errors.md#checkin", "errors.md#checkins"),
    ),
    (
        "a search",
        "Antrian ColdStarts has no dimensions Stage, Functions",
        lambda b: _search(b, "Stage,Function}", "Stage,Functions}"),
    ),
    ("a search's value", "Stage is never dev", lambda b: _search(b, '"prod"', '"dev"')),
    (
        "an alarm on a dashboard",
        "throttles: no dashboard shows it",
        lambda b: _widget(b, "alarm", "Alarms")["properties"]["alarms"].remove(_arn("throttles")),
    ),
    ("a heading", "no heading #going-back", lambda b: _page(b, "README", "## Going back", "## Going forth")),
]
