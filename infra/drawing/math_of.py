"""Metric math, as far as the dashboards use it."""


def _fill(value, otherwise):
    return otherwise if value is None else value


def _if(condition, yes, no):
    return yes if condition else no


def evaluate(expression, series):
    """An expression over series of the same times, by their ids."""
    times = [at for at, _ in next(iter(series.values()))]
    found = []
    for place, at in enumerate(times):
        values = {name: points[place][1] for name, points in series.items()}
        try:
            # The expressions are the templates' own; nothing else can be called.
            result = eval(expression, {"__builtins__": {}, "FILL": _fill, "IF": _if}, values)
        except (TypeError, ZeroDivisionError):
            result = None
        found.append((at, result))
    return found
