"""What schemathesis has done, from its reports: `check.py FOLDER LEAST_CASES`.

Fails if there were fewer cases, if an operation was never carried out (what was only refused was not tried),
or if more than one answer in a hundred was that the system is busy.
"""

import collections
import json
import pathlib
import sys

folder, least = pathlib.Path(sys.argv[1]), int(sys.argv[2])
cases = 0
for report in folder.glob("*.report.json"):
    read = json.loads(report.read_text())
    # A step that the end of its time cut short is counted as an error, and is none.
    assert not read["errors"] and not read["failures"], f"{report.name}: {read['errors']} {read['failures']}"
    cases += read["test_cases"]["generated"]

answers = collections.defaultdict(collections.Counter)
for file in folder.glob("*.answers.json"):
    for operation, statuses in json.loads(file.read_text()).items():
        answers[operation].update(statuses)
document = json.loads((pathlib.Path(__file__).parents[2] / "openapi.json").read_text())
operations = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
refused = [name for name in operations if not any(status[0] == "2" for status in answers[name])]

for name in sorted(operations):
    print(f"{name:45}", *(f"{status}: {count}" for status, count in sorted(answers[name].items())))
total = sum((collections.Counter(one) for one in answers.values()), collections.Counter())
print(f"{cases} cases, {total.total()} requests, {len(operations)} operations, {total['503']} times busy")
assert not refused, f"never carried out: {refused}"
assert total["503"] * 100 <= total.total(), f"too slow a machine, or a fault: {total['503']} times busy"
assert cases >= least, f"{cases} cases are fewer than {least}"
