"""Verifies a signed look-up with the Python libraries: a line of JSON in, a line of JSON out."""

import json
import sys
from importlib.metadata import version

import standardwebhooks
import svix.webhooks

asked = json.load(sys.stdin)
verdicts = []
for name, library in [("standardwebhooks", standardwebhooks), ("svix", svix.webhooks)]:
    for body in ["{}", ""]:
        try:
            library.Webhook(asked["secret"]).verify(body, asked["headers"])
            verdict = "verified"
        except Exception as error:  # what a receiver's framework turns into a 500
            verdict = type(error).__name__
        verdicts.append({"library": f"PyPI {name} {version(name)}", "body": body, "verdict": verdict})
json.dump(verdicts, sys.stdout)
