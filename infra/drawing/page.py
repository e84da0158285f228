"""Draws dashboards as pages of HTML.

`python infra/drawing/page.py OUT`, with PyYAML: writes OUT/NAME.html for each dashboard and prints
`NAME WIDTH HEIGHT`.
"""

import re
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "infra" / "checks"))

import charts  # noqa: E402
import math_of  # noqa: E402
import sample  # noqa: E402
from boards import insights  # noqa: E402
from boards.templates import Boards  # noqa: E402

COLUMN, ROW, GAP = 60, 46, 8
STYLE = """
* { box-sizing: border-box } body { margin: 0; background: #f2f3f3; width: 1440px;
  font: 12px/1.45 "DejaVu Sans", sans-serif; color: #16191f }
.w { position: absolute; background: #fff; border: 1px solid #d5dbdb; border-radius: 3px;
  overflow: hidden; padding: 7px 9px }
.w.clear { background: none; border: 0 } h1, h2, h3 { margin: 0 0 4px } h1 { font-size: 19px }
h2 { font-size: 16px; line-height: 34px } h3 { font-size: 13px } p { margin: 0 0 6px } a { color: #0972d3 }
.t { font-weight: bold; font-size: 12.5px; margin-bottom: 4px; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 2px 8px 2px 4px;
  border-bottom: 1px solid #eaeded; white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
  max-width: 190px } th { color: #545b64 } td.n, th.n { text-align: right }
.md td, .pie td { max-width: none } .md td { white-space: normal; padding: 1px 6px 1px 2px }
svg text { font-size: 10.5px; fill: #545b64 } svg text.big { font-size: 26px; font-weight: bold; fill: #16191f }
svg .grid { stroke: #eaeded }
i { display: inline-block; width: 10px; height: 10px; margin-right: 4px; border-radius: 2px; font-style: normal }
em { font-style: italic; color: #414d5c }
.legend span { margin-right: 12px; white-space: nowrap; font-size: 11px }
.singles { display: flex; gap: 8px } .single { flex: 1; overflow: hidden }
.single b { display: block; font-size: 25px; line-height: 36px }
.pie { display: flex; gap: 18px; align-items: center } .pie td:last-child { text-align: right }
.alarms { display: flex; flex-wrap: wrap; gap: 6px } .alarms span { border-left: 5px solid #2ca02c;
  background: #f2f8f0; padding: 5px 8px; flex: 0 0 auto }
.alarms span.red { border-color: #d13212; background: #fdf3f1; color: #d13212; font-weight: bold }
"""


def inline(text):
    """Bold, italics, code and links."""
    text = escape(text, quote=False)
    text = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def markdown(text):
    """What a text widget needs: headings, paragraphs, tables."""
    found, table = [], []
    for line in text.split("\n") + [""]:
        if line.startswith("|"):
            table.append([inline(cell.strip()) for cell in line.strip("|").split("|")])
            continue
        if table:
            rows = [row for row in table[2:]]
            cells = "".join("<tr>" + "".join(f"<td>{it}</td>" for it in row) + "</tr>" for row in rows)
            found.append(f"<table>{cells}</table>")
            table = []
        if match := re.match(r"(#+) (.*)", line):
            found.append(f"<h{len(match[1])}>{inline(match[2])}</h{len(match[1])}>")
        elif line:
            found.append(f"<p>{inline(line)}</p>")
    return f'<div class="md">{"".join(found)}</div>'


def hours(properties, start):
    """How far back a widget looks."""
    return float(re.search(r"-PT(\d+)H", properties.get("start", start))[1])


def lines_of(properties, start):
    """The visible lines of a metric widget, with sample values."""
    by_id, expressions, found = {}, [], []
    for entry in properties["metrics"]:
        options = dict(entry[-1]) if isinstance(entry[-1], dict) else {}
        options.setdefault("stat", properties.get("stat"))
        if "expression" in options:
            expressions.append(options)
            continue
        names = [name for name in entry if not isinstance(name, dict)]
        dimensions = list(zip(names[2::2], names[3::2]))
        points = sample.series(
            names[1], dimensions, options["stat"], properties["period"], hours(properties, start)
        )
        by_id[options.get("id", names[1])] = points
        if options.get("visible", True):
            found.append({"label": names[1], "points": points} | options)
    for options in expressions:
        found.append(options | {"points": math_of.evaluate(options["expression"], by_id)})
    return found


def table(properties, height):
    """The answer to a query."""
    columns = insights.columns(properties["query"])
    rows = sample.rows(columns, int((height - 46) / 21.5), properties["query"])
    is_number = {name: any(isinstance(row[name], int) for row in rows) for name in columns}
    order = re.findall(r"sort (\w+) desc", properties["query"])
    if order and order[0] in columns and all(isinstance(row[order[0]], int) for row in rows):
        rows.sort(key=lambda row: -row[order[0]])
    head = "".join(f'<th class="{"n" * is_number[it]}">{escape(it)}</th>' for it in columns)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{"n" * is_number[it]}">{charts.number(row[it]) if isinstance(row[it], int) else escape(str(row[it]))}</td>'
            for it in columns
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def alarms(properties):
    """Tiles, one of them red."""
    names = [arn.rpartition("antrian-prod-")[2] for arn in properties["alarms"]]
    tiles = (f'<span class="{"red" if name == sample.RED else "ok"}">{name}</span>' for name in names)
    return f'<div class="alarms">{"".join(tiles)}</div>'


def inside(widget, start, width, height):
    """What a widget shows below its title."""
    properties = widget["properties"]
    match widget["type"], properties.get("view"):
        case "text", _:
            return markdown(properties["markdown"])
        case "alarm", _:
            return alarms(properties)
        case "log", _:
            return table(properties, height)
        case _, "singleValue":
            return charts.single(lines_of(properties, start), properties, width, height)
        case _, "gauge":
            return charts.gauge(lines_of(properties, start)[0], properties, width, height)
        case _, "pie":
            return charts.pie(lines_of(properties, start), properties, width, height)
        case _:
            return charts.graph(lines_of(properties, start), properties, width, height)


def page(body):
    """A dashboard, and its height."""
    found, bottom = [], 0
    for widget in body["widgets"]:
        properties = widget["properties"]
        x, y, width, height = (widget[side] for side in ("x", "y", "width", "height"))
        box = (x * COLUMN + GAP / 2, y * ROW + GAP / 2, width * COLUMN - GAP, height * ROW - GAP)
        title = f'<div class="t">{escape(properties["title"])}</div>' if "title" in properties else ""
        content = inside(widget, body["start"], box[2] - 20, box[3] - 40)
        kind = "w clear" if properties.get("background") == "transparent" else "w"
        place = "left:{}px;top:{}px;width:{}px;height:{}px".format(*box)
        found.append(f'<div class="{kind}" style="{place}">{title}{content}</div>')
        bottom = max(bottom, (y + height) * ROW)
    html = f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{"".join(found)}'
    return html, bottom + GAP


def main():
    out = Path(sys.argv[1])
    for name, body in Boards(ROOT).dashboards.items():
        html, height = page(body)
        short = name.removeprefix("antrian-prod-")
        (out / f"{short}.html").write_text(html, encoding="utf-8")
        print(short, 24 * COLUMN, height)


if __name__ == "__main__":
    main()
