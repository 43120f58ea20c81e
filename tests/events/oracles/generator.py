"""Prints what the generator of the event hash's authors makes of documents, as JSON: {file: prehash of each event}.

    python generator.py document.jsonld document.xml

With ``--times N`` it prints instead the CPU seconds that N readings and hashings of all the files take.

Runs in an environment of its own (requirements.txt). The generator fetches contexts that it does not hold: here, every
address of the standard context is the one it holds, and all others mean nothing.
"""

import json
import logging
import sys
import time
from typing import Any

from epcis_event_hash_generator import file_document_loader, json_to_py
from epcis_event_hash_generator.__main__ import epcis_hash_from_file
from pyld import jsonld

logging.disable(logging.CRITICAL)
_STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_held = file_document_loader.file_document_loader()(_STANDARD)


def _load(url: str, _: Any = None) -> dict[str, Any]:
    known = {**_held, "documentUrl": url}
    return known if "epcis-context" in url else {**known, "document": {"@context": {}}}


def prehashes(file: str) -> list[str] | None:
    """Prehashes of the events of one file, None of what it cannot read; it forgets what the last one bound."""
    json_to_py._namespaces.clear()
    try:
        return epcis_hash_from_file(file)[1]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None


jsonld.set_document_loader(_load)
if sys.argv[1] == "--times":
    begun = time.process_time()
    for _ in range(int(sys.argv[2])):
        for name in sys.argv[3:]:
            prehashes(name)
    sys.stdout.write(str(time.process_time() - begun))
else:
    sys.stdout.write(json.dumps({name: prehashes(name) for name in sys.argv[1:]}))
