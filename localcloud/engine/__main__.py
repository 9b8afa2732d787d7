"""`python -m localcloud.engine`: obtain the pulumi CLI, for `make up` and `make test`."""

import sys

from localcloud.engine.obtain import obtain
from localcloud.errors import SetupError
from localcloud.paths import here

if __name__ == "__main__":
    try:
        obtain(here(), err=sys.stderr)
    except SetupError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
