"""Downloader middleware: decompresses bodies, and believes none that is not whole."""

from http import HTTPStatus

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from crawler.coding import decode
from crawler.fetch_failure import Declined


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's own, but that a body which is cut short, corrupt or too large is declined.

    Scrapy 2.19 takes what comes before a fault for the whole body. The limit is DOWNLOAD_MAXSIZE or
    the request's `meta["download_maxsize"]`, for each coding that is undone.
    """

    def process_response(self, request: Request, response: Response) -> Response:  # type: ignore[override]  # never a Request
        """The response with its body decompressed.

        Raises:
            Declined: it is a page, and its compression is damaged or holds too much.
        """
        try:
            return super().process_response(request, response)  # type: ignore[return-value]
        except Declined:
            if response.status == HTTPStatus.OK:
                raise
            # The status says enough: a page is gone, however its body was packed.
            plain = response.replace(body=b"")
            del plain.headers["Content-Encoding"]
            return plain

    def _handle_encoding(
        self, body: bytes, content_encoding: list[bytes], max_size: int
    ) -> tuple[bytes, list[bytes]]:
        decoded, fault = decode(body, b",".join(content_encoding).decode("latin-1"), max_size)
        if fault:
            raise Declined(
                fault.value,
                f"{len(body)} bytes were sent, of which {len(decoded)} could be decompressed",
            )
        return decoded, []
