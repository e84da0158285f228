#!/usr/bin/env python3
"""What all functions have alike, written into the templates: `infra/functions.py [--check]`.

infra/template.yaml lists the functions. What differs only in a function's name stands between
`# functions:PART` and `# /functions` and is written from that list. `Fn::ForEach` would do so at
deployment, but is reported to fail on parameters inside `Fn::Sub`:
https://github.com/aws-cloudformation/cfn-language-discussion/issues/136
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

INFRA = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Function:
    """A function of infra/template.yaml."""
    id: str              # its logical id, without `Function`
    name: str            # its folder in functions/
    fails: str           # what its alarm says
    is_http: bool        # it answers requests; the others have event sources
    has_channel: bool    # it may read the channel's secret


def listed(template):
    """The functions, in the template's order."""
    blocks = re.findall(r"^  (\w+)Function:\n(.*?)(?=^ {0,2}\S)", template, re.MULTILINE | re.DOTALL)
    value = lambda pattern, body: re.search(pattern, body)[1]
    return [Function(id=id,
                     name=value(r'FunctionName: !Sub "\$\{AWS::StackName\}-(\w+)"', body),
                     fails=value(r'Fails: "(.*)"', body),
                     is_http="      Events:" not in body,
                     has_channel="Outputs.WhatsappArn" in body) for id, body in blocks]


@dataclass(frozen=True)
class Page:
    """A request of a page: it has no description, its function's code lists it."""
    key: str
    method: str
    id: str
    function: str


# Functions that answer with pages.
PAGES = ["web", "office"]


def pages():
    for function in PAGES:
        sources = sorted((INFRA.parent / "functions" / function / "src").glob("*.rs"))
        code = "".join(path.read_text("utf-8") for path in sources)
        for path, handlers in re.findall(r'\.route\(\s*"([^"]+)",\s*((?:\.?(?:get|post)\(\w+\))+)', code):
            words = "".join(word.capitalize() for word in re.findall(r"[a-z]+", path)) or "Start"
            for method in re.findall(r"(get|post)\(", handlers):
                yield Page(key=f"{method.upper()} {path}", method=method.capitalize(), id=words,
                           function=function.capitalize())


FUNCTIONS = listed((INFRA / "template.yaml").read_text("utf-8"))
HTTP = [one for one in FUNCTIONS if one.is_http]
OTHERS = [one for one in FUNCTIONS if not one.is_http]

ALARM = """\
  Errors%(id)s:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub "${Name}-errors-%(name)s"
      AlarmDescription: !Sub "%(fails)s ${RunbookUrl}/errors.md#%(name)s"
      AlarmActions: [!Ref Topic]
      OKActions: [!Ref Topic]
      ComparisonOperator: GreaterThanOrEqualToThreshold
      Threshold: 3
      EvaluationPeriods: 1
      TreatMissingData: notBreaching
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions: [{Name: FunctionName, Value: !Sub "${Name}-%(name)s"}]
      Statistic: Sum
      Period: 300
"""
METRIC = """\
        - Id: %(name)s
          ReturnData: false
          MetricStat:
            Metric: {Namespace: AWS/Lambda, MetricName: METRIC, Dimensions: [{Name: FunctionName, Value: !Sub "${Name}-%(name)s"}]}
            Stat: Sum
            Period: PERIOD
"""
INTEGRATION = """\
  %(id)sIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref ApiId
      IntegrationType: AWS_PROXY
      PayloadFormatVersion: "2.0"
      TimeoutInMillis: 26000
      IntegrationUri: !Ref %(id)s
  %(id)sPermission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref %(id)s
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${ApiId}/*/*"
"""
LOG = """\
  %(id)sLog:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub "/aws/lambda/${AWS::StackName}-%(name)s"
      RetentionInDays: !Ref LogRetention
      KmsKeyId: !GetAtt Data.Outputs.KeyArn
"""
ROUTE = """\
  %(method)sPage%(id)s:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref ApiId
      RouteKey: "%(key)s"
      Target: !Sub "integrations/${%(function)sIntegration}"
      AuthorizationType: NONE

"""
FUNCTION_ARN = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Name}-%(name)s"

# Text and functions of each part, by file.
PARTS = {
    "template.yaml": {
        "aliases": ("        %(id)s: !Ref %(id)sFunction.Alias\n", HTTP),
        "names": ('            - !Sub "${AWS::StackName}-%(name)s"\n', FUNCTIONS),
        "logs": (LOG, FUNCTIONS),
    },
    "roles.yaml": {
        "shifted": (f'                  - !Sub "{FUNCTION_ARN}"\n', FUNCTIONS),
        "roles": ("  %(id)s: {Value: !GetAtt %(id)s.Arn}\n", FUNCTIONS),
    },
    "api.yaml": {
        "aliases": ("  %(id)s: {Type: String, Description: \"ARN of the alias that answers\"}\n", HTTP),
        "integrations": (INTEGRATION, HTTP),
        "pages": (ROUTE, sorted(pages(), key=lambda page: page.key)),
    },
    "alarms.yaml": {
        "errors": (ALARM, FUNCTIONS),
        "throttles": (METRIC.replace("METRIC", "Throttles").replace("PERIOD", "300"), FUNCTIONS),
        # A crash of the others is a 5xx of the API, which the alarm has: ten metrics are all that it may.
        "deployment": (METRIC.replace("METRIC", "Errors").replace("PERIOD", "60"), OTHERS),
        "arns": ("        - !GetAtt Errors%(id)s.Arn\n", FUNCTIONS),
    },
}


def written(template, parts):
    """The template with its parts as they should be."""
    for part, (text, functions) in parts.items():
        lines = "".join(text % vars(one) for one in functions)
        mark = re.compile(rf"^( *# functions:{part}\n).*?^( *# /functions\n)", re.MULTILINE | re.DOTALL)
        template, found = mark.subn(lambda it: it[1] + lines + it[2], template)
        if found != 1:
            sys.exit(f"infra/functions.py: the part {part} is there {found} times")
    return template


def main():
    stale = []
    for file, parts in PARTS.items():
        path = INFRA / file
        before = path.read_text("utf-8")
        after = written(before, parts)
        if after != before:
            stale.append(file)
            if "--check" not in sys.argv:
                path.write_text(after, "utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"not as infra/functions.py writes it: {', '.join(stale)}")


if __name__ == "__main__":
    main()
