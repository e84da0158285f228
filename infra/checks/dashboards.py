#!/usr/bin/env python3
"""Holds dashboards, alarms, saved queries and runbooks against what the code emits and the templates name.

`python infra/checks/dashboards.py [ROOT]`, with PyYAML. Prints every fault in a line; then breaks each
thing once and makes sure that it is noticed.
"""

import copy
import os
import re
import sys
from pathlib import Path

from boards import insights, mutations
from boards.contract import INSIGHTS_FIELDS, LINE_FIELDS, NAME, PLATFORM_FIELDS, Contract
from boards.templates import Boards

COLUMNS = 24
MAX_WIDGETS = 500
MAX_BODY_BYTES = 1_000_000
MAX_ALARM_METRICS = 10
VIEWS = {"timeSeries", "singleValue", "gauge", "bar", "pie", "table"}
STATISTICS = re.compile(r"Sum|Average|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d+)?")
DAY, WEEK, HOUR = 86_400, 604_800, 3_600
# Nobody is woken by it: the canary looks at it.
SILENT = {"deployment"}
# `{Namespace,Dimension,…} MetricName="…" Dimension="…"`
SEARCH = re.compile(r"SEARCH\('\{([\w/]+),([\w,]+)\} MetricName=\"(\w+)\"([^']*)'")
# Pages that belong to no alarm.
OTHER_PAGES = {"README", "restore", "rotate-keys"}


def problems(boards, contract):
    """Everything that is wrong."""
    found = []
    for name, body in boards.dashboards.items():
        found += [f"{name}: {fault}" for fault in dashboard(body, boards, contract)]
    for name, body in boards.bodies.items():
        if len(body["DashboardBody"].encode()) > MAX_BODY_BYTES:
            found.append(f"{name}: the body has more than {MAX_BODY_BYTES} bytes")
    for name, alarm in boards.alarms.items():
        found += [f"{name}: {fault}" for fault in alarm_faults(name, alarm, contract)]
    for name, saved in boards.queries.items():
        groups, query = saved["LogGroupNames"], saved["QueryString"]
        found += [f"{name}: {fault}" for fault in query_faults(groups, query, contract)]
    shown = {
        arn.rpartition(":alarm:")[2]
        for body in boards.dashboards.values()
        for widget in body["widgets"]
        for arn in widget["properties"].get("alarms", [])
    }
    found += [f"{name}: no dashboard shows it" for name in sorted(boards.alarms.keys() - shown)]
    return found + list(page_faults(boards))


def dashboard(body, boards, contract):
    """The faults of a dashboard."""
    widgets = body["widgets"]
    if len(widgets) > MAX_WIDGETS:
        yield f"{len(widgets)} widgets"
    yield from grid_faults(widgets)
    for widget in widgets:
        what = widget["properties"].get("title") or widget["properties"]["markdown"][:30]
        for fault in widget_faults(widget, boards, contract):
            yield f"“{what}”: {fault}"


def grid_faults(widgets):
    """Widgets outside of the grid, or on top of each other."""
    taken = {}
    for number, widget in enumerate(widgets):
        x, y, width, height = (widget[side] for side in ("x", "y", "width", "height"))
        if x < 0 or y < 0 or width < 1 or height < 1 or x + width > COLUMNS:
            yield f"widget {number} leaves the grid of {COLUMNS} columns"
            continue
        cells = {(cx, cy) for cx in range(x, x + width) for cy in range(y, y + height)}
        for other in sorted({taken[cell] for cell in cells & taken.keys()}):
            yield f"widgets {other} and {number} overlap"
        taken.update(dict.fromkeys(cells, number))


def widget_faults(widget, boards, contract):
    """The faults of a widget."""
    properties = widget["properties"]
    match widget["type"]:
        case "text":
            yield from link_faults(properties["markdown"], boards)
        case "alarm":
            for arn in properties["alarms"]:
                if arn.rpartition(":alarm:")[2] not in boards.alarms:
                    yield f"no alarm {arn.rpartition(':')[2]}"
        case "log":
            query = properties["query"]
            yield from query_faults(insights.log_groups(query), query, contract)
        case "metric":
            yield from graph_faults(properties, contract)
        case other:
            yield f"unknown type {other}"


def link_faults(markdown, boards):
    """Links that lead nowhere."""
    if "${" in markdown:
        yield "something was not substituted"
    for page, section in re.findall(r"/docs/runbooks/([\w.-]+)\.md#?([\w-]*)\)", markdown):
        if page not in boards.pages:
            yield f"no runbook {page}.md"
        elif section and section not in boards.headings(f"runbooks/{page}.md"):
            yield f"no heading #{section} in {page}.md"
    for board in re.findall(r"#dashboards/dashboard/([\w.-]+)", markdown):
        if board not in boards.dashboards:
            yield f"no dashboard {board}"


def graph_faults(properties, contract):
    """The faults of a graph or a number."""
    if properties.get("view") not in VIEWS:
        yield f"unknown view {properties.get('view')}"
    if properties.get("view") == "gauge" and not {"min", "max"} <= properties["yAxis"]["left"].keys():
        yield "a gauge needs both ends of its scale"
    ids, expressions, names = set(), [], []
    for line in properties["metrics"]:
        options = line[-1] if isinstance(line[-1], dict) else {}
        ids |= {options["id"]} if "id" in options else set()
        if "expression" in options:
            expressions.append(options["expression"])
            continue
        own = line[:-1] if options else line
        names = names[: 1 - len(own)] + own[1:] if own[0] == "..." else own
        yield from statistic_faults(options.get("stat", properties.get("stat")))
        yield from metric_faults(names[0], names[1], list(zip(names[2::2], names[3::2])), contract)
    for expression in expressions:
        yield from expression_faults(expression, ids)
        for namespace, dimensions, metric, chosen in SEARCH.findall(expression):
            values = dict(re.findall(r'(\w+)="([^"]+)"', chosen))
            found = [(name, values.get(name)) for name in dimensions.split(",")]
            yield from metric_faults(namespace, metric, found, contract)


def statistic_faults(statistic):
    if not STATISTICS.fullmatch(statistic or ""):
        yield f"unknown statistic {statistic}"


def metric_faults(namespace, metric, dimensions, contract):
    """A metric that nobody emits with these dimensions."""
    known = contract.dimensions(namespace, metric)
    if not known:
        yield f"nobody emits {namespace} {metric}"
        return
    names = tuple(name for name, _ in dimensions)
    if names not in known:
        yield f"{namespace} {metric} has no dimensions {', '.join(names)}"
    for name, value in dimensions:
        if value is not None and value not in contract.values.get(name, {value}):
            yield f"{namespace} {metric}: {name} is never {value}"


def expression_faults(expression, ids):
    """Names in an expression that stand for nothing."""
    for name in re.findall(r"\b[a-z]\w*\b", re.sub(r"'[^']*'", "", expression)):
        if name not in ids:
            yield f"the expression names {name}, which is not there"


def query_faults(groups, query, contract):
    """The faults of a query: log groups, records and fields that there are not."""
    known = contract.function_groups | {contract.access_group}
    if not groups:
        yield "the query names no log group"
    for group in groups:
        if group not in known:
            yield f"no log group {group}"
    events = insights.events(query)
    for event in events - contract.records.keys():
        yield f"no record {event}"
        return
    fields = contract.record_fields(events or contract.records.keys()) | INSIGHTS_FIELDS
    if contract.access_group in groups:
        fields |= contract.access_fields
    if contract.function_groups & set(groups) and (not events or "message" in insights.fields(query)):
        fields |= LINE_FIELDS | PLATFORM_FIELDS
    for field in sorted(insights.fields(query) - fields):
        yield f"the query reads {field}, which the lines that it looks at do not have"


def alarm_faults(name, alarm, contract):
    """The faults of an alarm."""
    short = name.removeprefix(f"{NAME}-")
    if not alarm["AlarmDescription"].endswith(f"/{page_of(short)}"):
        yield "its description does not lead to its runbook"
    if short not in SILENT and not alarm.get("AlarmActions"):
        yield "it has no addressee"
    if "TreatMissingData" not in alarm:
        yield "it does not say what missing data mean"
    watched, ids, periods = [], set(), {alarm.get("Period")} - {None}
    for query in alarm.get("Metrics", []):
        ids.add(query["Id"])
        if "MetricStat" in query:
            watched.append((query["MetricStat"]["Metric"], query["MetricStat"]["Stat"]))
            periods.add(query["MetricStat"]["Period"])
    if "MetricName" in alarm:
        watched.append((alarm, alarm.get("Statistic") or alarm.get("ExtendedStatistic")))
    if len(watched) > MAX_ALARM_METRICS:
        yield f"{len(watched)} metrics: an alarm may have {MAX_ALARM_METRICS}"
    for metric, statistic in watched:
        dimensions = [(pair["Name"], pair["Value"]) for pair in metric["Dimensions"]]
        yield from statistic_faults(statistic)
        yield from metric_faults(metric["Namespace"], metric["MetricName"], dimensions, contract)
    for query in alarm.get("Metrics", []):
        yield from expression_faults(query.get("Expression", ""), ids)
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    span = max(periods) * alarm["EvaluationPeriods"]
    if span > (WEEK if max(periods) >= HOUR else DAY):
        yield f"it looks back over {span} s"


def page_of(alarm):
    """Where an alarm is explained. Those of functions share a page."""
    return f"errors.md#{alarm.removeprefix('errors-')}" if alarm.startswith("errors-") else f"{alarm}.md"


def page_faults(boards):
    """Alarms without a page, pages without an alarm, pages that the index does not name."""
    pages = set()
    for alarm in sorted(name.removeprefix(f"{NAME}-") for name in boards.alarms):
        page, _, section = page_of(alarm).partition("#")
        pages.add(page.removesuffix(".md"))
        if page.removesuffix(".md") not in boards.pages:
            yield f"docs/runbooks/{page} is missing"
        elif section and section not in boards.headings(f"runbooks/{page}"):
            yield f"docs/runbooks/{page} has no heading {section}"
    yield from (f"docs/runbooks/{name}.md belongs to no alarm" for name in sorted(boards.pages - pages - OTHER_PAGES))
    named = set(re.findall(r"\(([\w.-]+)\.md\)", boards.index))
    yield from (f"docs/runbooks/README.md does not name {name}" for name in sorted(pages - named))
    for query in boards.queries:
        short = query.removeprefix(f"{NAME}/").split()[0]
        if f"*{short}*" not in boards.index:
            yield f"docs/runbooks/README.md does not name the query {short}"
    for page, text in boards.texts.items():
        yield from (f"docs/{page}: {fault}" for fault in reference_faults(page, text, boards))


def reference_faults(page, text, boards):
    """Links to pages or headings that are not there."""
    planned = {f"runbooks/{name}.md" for name in OTHER_PAGES}
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
        target = os.path.normpath(Path(page).parent / link) if link else page
        if target not in boards.files | planned:
            yield f"no {link}"
        elif anchor and anchor not in boards.headings(target):
            yield f"no heading #{anchor}"


def self_test(boards, contract):
    """Breaks one thing after the other. Returns what went unnoticed."""
    unnoticed = []
    for what, expected, breaks in mutations.ALL:
        broken = copy.deepcopy(boards)
        breaks(broken)
        if not any(expected in fault for fault in problems(broken, contract)):
            unnoticed.append(f"not noticed: {what}")
    return unnoticed


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2])
    boards, contract = Boards(root), Contract(root)
    found = problems(boards, contract) or self_test(boards, contract)
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        sys.exit(1)
    widgets = sum(len(body["widgets"]) for body in boards.dashboards.values())
    print(
        f"dashboards: {widgets} widgets, {len(boards.alarms)} alarms, {len(boards.queries)} queries agree "
        f"with the code; {len(mutations.ALL)} mutations were noticed"
    )


if __name__ == "__main__":
    main()
