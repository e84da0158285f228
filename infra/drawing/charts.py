"""Graphs, numbers, gauges and pies as SVG and HTML."""

import math
from html import escape

COLOURS = [
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f",
    "#bcbd22", "#17becf",
]  # fmt: skip
LEFT, RIGHT, TOP, BOTTOM = 50, 50, 8, 20


def number(value):
    """As people read it."""
    if value is None:
        return "–"
    if abs(value) >= 1_000_000:
        return f"{value / 1_000_000:.3g}M"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def coloured(lines):
    """Lines with a colour each."""
    rest = iter(COLOURS * 10)
    return [line | {"color": line.get("color") or next(rest)} for line in lines]


def _top(values, floor):
    most = max([value for value in values if value is not None] + [floor])
    if most <= 0:
        return 1.0
    step = 10 ** math.floor(math.log10(most))
    return next(step * part for part in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * part >= most)


def _stacked(lines):
    below, found = None, []
    for line in lines:
        points = [(at, value or 0) for at, value in line["points"]]
        base = below or [0] * len(points)
        below = [low + value for low, (_, value) in zip(base, points)]
        tops = [(at, low + value) for (at, value), low in zip(points, base)]
        found.append(line | {"points": tops, "base": base})
    return found


def graph(lines, properties, width, height):
    """Lines over time, with their legend."""
    lines = coloured(lines)
    legend = _legend(lines)
    rows = math.ceil(sum(len(line["label"]) * 6.2 + 26 for line in lines) / width)
    height = height - 16 * max(rows, 1) - 4
    is_stacked = properties.get("stacked", False)
    drawn = _stacked(lines) if is_stacked else lines
    marks = [it for it in properties.get("annotations", {}).get("horizontal", []) if isinstance(it, dict)]
    on_right = [line for line in drawn if line.get("yAxis") == "right"]
    on_left = [line for line in drawn if line.get("yAxis") != "right"]
    right = RIGHT if on_right else 12
    plot = (LEFT, TOP, width - LEFT - right, height - TOP - BOTTOM)
    parts = []
    for side, group in (("left", on_left), ("right", on_right)):
        if not group:
            continue
        values = [value for line in group for _, value in line["points"]]
        shown = [it["value"] for it in marks] if side == "left" else []
        near = [it for it in shown if it <= 2.5 * max([v for v in values if v is not None] + [0])]
        top = _top(values + near, 0)
        parts.append(_axis(plot, top, side, properties.get("yAxis", {}).get(side, {}).get("label")))
        parts += [_line(line, plot, top, is_stacked) for line in group]
        if side == "left":
            parts += [_mark(it, plot, top) for it in marks if it["value"] <= top]
    parts.append(_times(plot, drawn[0]["points"]))
    return f'<svg width="{width}" height="{height}">{"".join(parts)}</svg>{legend}'


def _axis(plot, top, side, label):
    x, y, width, height = plot
    at = x - 6 if side == "left" else x + width + 6
    anchor = "end" if side == "left" else "start"
    found = []
    for part in (0, 0.5, 1):
        level = y + height * (1 - part)
        if side == "left":
            found.append(f'<line x1="{x}" y1="{level}" x2="{x + width}" y2="{level}" class="grid"/>')
        found.append(f'<text x="{at}" y="{level + 4}" text-anchor="{anchor}">{number(top * part)}</text>')
    if label:
        middle, turn = y + height / 2, 10 if side == "left" else x + width + 46
        found.append(
            f'<text transform="translate({turn},{middle}) rotate(-90)" text-anchor="middle" '
            f'class="axis">{escape(label)}</text>'
        )
    return "".join(found)


def _line(line, plot, top, is_stacked):
    x, y, width, height = plot
    count = max(len(line["points"]) - 1, 1)
    places = [
        (x + width * step / count, y + height * (1 - min(value / top, 1)))
        for step, (_, value) in enumerate(line["points"])
        if value is not None
    ]
    text = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
    colour = line["color"]
    if is_stacked:
        floor = [
            (x + width * step / count, y + height * (1 - low / top)) for step, low in enumerate(line["base"])
        ]
        back = " ".join(f"{px:.1f},{py:.1f}" for px, py in reversed(floor))
        return f'<polygon points="{text} {back}" fill="{colour}" fill-opacity="0.75"/>'
    return f'<polyline points="{text}" fill="none" stroke="{colour}" stroke-width="1.8"/>'


def _mark(mark, plot, top):
    x, y, width, height = plot
    level = y + height * (1 - mark["value"] / top)
    return (
        f'<line x1="{x}" y1="{level}" x2="{x + width}" y2="{level}" stroke="{mark["color"]}" '
        f'stroke-dasharray="5 3"/><text x="{x + width - 4}" y="{level + 13}" text-anchor="end" '
        f'fill="{mark["color"]}">{escape(mark["label"])}</text>'
    )


def _times(plot, points):
    x, y, width, height = plot
    count, found = len(points) - 1, []
    for part in range(5):
        at = points[round(count * part / 4)][0]
        anchor = ("start", "middle", "middle", "middle", "end")[part]
        found.append(
            f'<text x="{x + width * part / 4}" y="{y + height + 15}" text-anchor="{anchor}">{at:%H:%M}</text>'
        )
    return "".join(found)


def _legend(lines):
    keys = (
        f'<span><i style="background:{line["color"]}"></i>{escape(line["label"])}</span>' for line in lines
    )
    return f'<div class="legend">{"".join(keys)}</div>'


def total(line, properties):
    """The number that stands for a line."""
    values = [value for _, value in line["points"] if value is not None]
    if not values:
        return None
    if not properties.get("setPeriodToTimeRange"):
        return values[-1]
    if line["stat"] in ("Sum", "SampleCount"):
        return sum(values)
    if line["stat"] == "Average":
        return sum(values) / len(values)
    return min(values) if line["stat"] == "Minimum" else max(values)


def single(lines, properties, width, height):
    """Numbers side by side, with what they were over time."""
    cells = []
    for line in coloured(lines):
        spark = ""
        if properties.get("sparkline"):
            values = [value or 0 for _, value in line["points"]]
            top, count = max(values + [1]), max(len(values) - 1, 1)
            wide, high = width / len(lines) - 8, 34
            points = " ".join(
                f"{wide * step / count:.1f},{high - (high - 4) * value / top:.1f}"
                for step, value in enumerate(values)
            )
            spark = (
                f'<svg width="{wide:.0f}" height="{high}"><polyline points="{points}" fill="none" '
                f'stroke="{line["color"]}" stroke-width="1.5"/></svg>'
            )
        cells.append(
            f'<div class="single"><b>{number(total(line, properties))}</b>'
            f'<span><i style="background:{line["color"]}"></i>{escape(line["label"])}</span>{spark}</div>'
        )
    return f'<div class="singles" style="height:{height}px">{"".join(cells)}</div>'


def _arc(cx, cy, radius, begin, end):
    points = [math.pi * (1 - part) for part in (begin, end)]
    (x1, y1), (x2, y2) = ((cx + radius * math.cos(a), cy - radius * math.sin(a)) for a in points)
    return f"M {x1:.1f} {y1:.1f} A {radius} {radius} 0 0 1 {x2:.1f} {y2:.1f}"


def gauge(line, properties, width, height):
    """A half circle with the ranges of good and bad."""
    low, high = (properties["yAxis"]["left"][end] for end in ("min", "max"))
    value = [it for _, it in line["points"] if it is not None][-1]
    share = lambda level: min(max((level - low) / (high - low), 0), 1)
    radius = min(width / 2 - 34, height - 66)
    cx, cy, parts, colour = width / 2, radius + 16, [], "#1f77b4"
    for mark in properties.get("annotations", {}).get("horizontal", []):
        ends = [it["value"] for it in mark] if isinstance(mark, list) else [mark["value"]] * 2
        first = mark[0] if isinstance(mark, list) else mark
        begin, end = {"below": (low, ends[1]), "above": (ends[0], high)}.get(first.get("fill"), ends)
        if begin <= value <= end:
            colour = first["color"]
        parts.append(
            f'<path d="{_arc(cx, cy, radius + 8, share(begin), share(end))}" fill="none" '
            f'stroke="{first["color"]}" stroke-width="5"/>'
        )
    parts.append(
        f'<path d="{_arc(cx, cy, radius - 6, 0, 1)}" fill="none" stroke="#e9ebed" stroke-width="16"/>'
        f'<path d="{_arc(cx, cy, radius - 6, 0, max(share(value), 0.01))}" fill="none" stroke="{colour}" '
        f'stroke-width="16"/><text x="{cx}" y="{cy - 4}" text-anchor="middle" class="big">'
        f"{number(value)}</text>"
    )
    for level, x, anchor in ((low, cx - radius, "middle"), (high, cx + radius, "middle")):
        parts.append(f'<text x="{x}" y="{cy + 15}" text-anchor="{anchor}">{number(level)}</text>')
    return (
        f'<svg width="{width}" height="{cy + 20}">{"".join(parts)}</svg>{_legend([line | {"color": colour}])}'
    )


def pie(lines, properties, width, height):
    """Shares of a whole, with numbers."""
    lines = coloured(lines)
    values = [total(line, properties) or 0 for line in lines]
    whole, radius = sum(values) or 1, min(width * 0.17, height / 2 - 8)
    cx = cy = radius + 6
    parts, begin = [], 0.0
    for line, value in zip(lines, values):
        end = begin + value / whole * 0.9999
        (x1, y1), (x2, y2) = (
            (cx + radius * math.sin(2 * math.pi * at), cy - radius * math.cos(2 * math.pi * at))
            for at in (begin, end)
        )
        large = 1 if end - begin > 0.5 else 0
        parts.append(
            f'<path d="M {cx} {cy} L {x1:.1f} {y1:.1f} A {radius} {radius} 0 {large} 1 {x2:.1f} {y2:.1f} Z" '
            f'fill="{line["color"]}"/>'
        )
        begin = end
    keys = "".join(
        f'<tr><td><i style="background:{line["color"]}"></i>{escape(line["label"])}</td>'
        f"<td>{number(value)}</td></tr>"
        for line, value in zip(lines, values)
    )
    return (
        f'<div class="pie"><svg style="flex:none" width="{2 * cx}" height="{2 * cy}">{"".join(parts)}</svg>'
        f"<table>{keys}</table></div>"
    )
