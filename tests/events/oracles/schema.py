"""Tells of each document, one a line, whether the official JSON schema takes it: ``null``, or what it says.

    python schema.py epcis-json-schema.json < documents.jsonl

Runs in an environment of its own (requirements.txt).
"""

import json
import sys
from pathlib import Path

import jsonschema

schema = json.loads(Path(sys.argv[1]).read_text("utf-8"))
validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
for line in sys.stdin:
    fault = next(validator.iter_errors(json.loads(line)), None)
    sys.stdout.write(json.dumps(fault and f"/{'/'.join(map(str, fault.absolute_path))}: {fault.message[:100]}") + "\n")
