"""Pages of long answers: moto breaks off at the 101st DB instance, as it knows no attribute to go on from."""

from typing import Any, Final

from moto.utilities.paginator import Paginator

_NOTHING_TO_GO_ON_FROM: Final = [None]
_page_of_moto: Final = Paginator.paginate


def mend() -> None:
    """Give every answer pages; twice does no harm."""
    Paginator.paginate = _page


def _page(self: Any, results: list[Any]) -> tuple[list[Any], str | None]:
    """Go on from a place in the list, where moto's settings name no attribute of what stands there."""
    if self._unique_attributes != _NOTHING_TO_GO_ON_FROM:
        return _page_of_moto(self, results)
    first = int(self._parsed_token["uniqueAttributes"]) if self._parsed_token else 0
    after = first + self._max_results
    if after >= len(results):
        return results[first:], None
    # With the token's own words, so that moto reads and checks it.
    checked = {"parameterChecksum": self._param_checksum} if self._param_checksum else {}
    return results[first:after], self._token_encoder.encode({**checked, "uniqueAttributes": str(after)})
