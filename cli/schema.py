"""`datastores schema`: the JSON Schema of stack files, for editors."""

import json
from typing import TextIO

from stacks.schema import json_schema


def schema(*, out: TextIO) -> int:
    """Print the JSON Schema of stack files and return the exit status, always 0."""
    json.dump(json_schema(), out, indent=2, ensure_ascii=False)
    out.write("\n")
    return 0
