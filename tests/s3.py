"""An S3 server (moto's) over HTTP on this machine, which can be stopped at any request."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

BUCKET = "desk"
#: What a client needs to find the server and to be let in; no file of a home is looked at.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "courier",
    "AWS_SECRET_ACCESS_KEY": "sesame-4711",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing."""


class S3Server:
    """Serves a bucket while a `with` statement lasts."""

    def __init__(self) -> None:
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server(
            "127.0.0.1", 0, self._serve, threaded=True, request_handler=_Silent
        )
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self.environment = CREDENTIALS | {"AWS_ENDPOINT_URL": self.endpoint}
        #: Called before (False) and after (True) each request that writes is carried out.
        self.on_write: Callable[[bool], None] = lambda _: None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="eu-west-1",
            aws_access_key_id="courier",
            aws_secret_access_key="sesame-4711",  # noqa: S106 - of no account
        )
        self.client.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @contextmanager
    def as_environment(self) -> Iterator[None]:
        """This process's own clients find the server too."""
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _serve(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "PUT":
            return self._app(environ, start)
        try:
            self.on_write(False)  # noqa: FBT003 - not yet
        except ConnectionAbortedError:
            start("503 Service Unavailable", [])
            return []
        answer = list(self._app(environ, start))
        self.on_write(True)  # noqa: FBT003 - by now
        return answer
