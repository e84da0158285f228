#!/usr/bin/env python3
"""Holds the templates against the project's own rules.

`python infra/checks/policy.py [ROOT]`, with PyYAML. Prints every fault in a line; then breaks the
templates in every way that is listed and makes sure that the right rule notices.
"""

import sys
from pathlib import Path

from rules import alarms, api, data, edge, functions
from rules.edge_mutations import EDGE_MUTATIONS
from rules.mutations import MUTATIONS as OTHERS
from rules.templates import Templates

RULES = [*api.RULES, *data.RULES, *functions.RULES, *edge.RULES, *alarms.RULES]
MUTATIONS = [*OTHERS, *EDGE_MUTATIONS]


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2])
    templates = Templates(root)
    found = [fault for rule in RULES for fault in rule(templates)]
    print("".join(f"{fault}\n" for fault in found), end="", file=sys.stderr)
    unnoticed = []
    for what, mutate, rule in MUTATIONS:
        broken = templates.clone()
        mutate(broken)
        if len(list(rule(broken))) <= len(list(rule(templates))):
            unnoticed.append(what)
            print(f"not noticed: {what} ({rule.__name__})", file=sys.stderr)
    untried = {rule.__name__ for rule in RULES} - {rule.__name__ for _, _, rule in MUTATIONS}
    print("".join(f"no mutation tries the rule {name}\n" for name in sorted(untried)), end="", file=sys.stderr)
    if found or unnoticed or untried:
        sys.exit(1)
    print(f"{len(RULES)} rules hold, {len(MUTATIONS)} ways to break them are noticed")


main()
