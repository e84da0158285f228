"""Which fields a Logs Insights query reads, and which columns it shows."""

import re

WORDS = {
    "source", "filter", "fields", "stats", "sort", "limit", "display", "parse", "dedup", "by", "as",
    "and", "or", "not", "like", "in", "asc", "desc",
}  # fmt: skip
FUNCTIONS = {
    "sum", "count", "min", "max", "avg", "pct", "latest", "earliest", "sortsfirst", "sortslast",
    "datefloor", "bin", "ispresent", "tolower", "coalesce", "strlen", "ceil",
}  # fmt: skip
# A slash begins an expression after `like` only; elsewhere it divides.
_LITERAL = re.compile(r'"[^"]*"|\'[^\']*\'|(?<=like )/(?:\\.|[^/\n])+/')
_NAME = re.compile(r"@?[A-Za-z_][\w.]*")


def commands(query):
    """The commands of a query, without comments."""
    lines = [line for line in query.split("\n") if not line.lstrip().startswith("#")]
    return [part.strip() for part in "\n".join(lines).split("|")]


def log_groups(query):
    """The log groups that a widget's query names."""
    return re.findall(r"SOURCE '([^']+)'", query)


def events(query):
    """The records that a query is about; none: it is about lines of any kind."""
    found = set(re.findall(r'\bevent = "(\w+)"', query))
    for several in re.findall(r"\bevent in \[([^\]]*)\]", query):
        found |= set(re.findall(r'"(\w+)"', several))
    return found


def fields(query):
    """The fields of log lines that a query reads. Names that it gives itself are none."""
    given, read = set(), set()
    for command in commands(query):
        text = _LITERAL.sub(" ", command)
        aliases = set(re.findall(r"\bas\s+([A-Za-z_]\w*)", text))
        text = re.sub(r"\bas\s+[A-Za-z_]\w*", " ", text)
        text = re.sub(r"\b\d+[smhd]\b", " ", text)
        for name in _NAME.findall(text):
            if name.lower() not in WORDS | FUNCTIONS and name not in given:
                read.add(name)
        given |= aliases
    return read


def columns(query):
    """The columns of the answer."""
    shown = []
    for command in commands(query):
        word, _, rest = command.partition(" ")
        if word == "stats":
            values, _, groups = rest.partition(" by ")
            names = re.findall(r"\bas\s+(\w+)", values)
            shown = [part.strip() for part in groups.split(",") if part.strip()] + names
        elif word in ("fields", "display") and not any(c.startswith("stats") for c in commands(query)):
            shown = [part.split(" as ")[-1].strip() for part in rest.split(",")]
    return shown
