"""What schemathesis does not know by itself: a part of a file is bytes as they are."""

import schemathesis
from schemathesis.transport.requests import REQUESTS_TRANSPORT
from schemathesis.transport.serialization import serialize_binary


@REQUESTS_TRANSPORT.serializer("application/offset+octet-stream")
def part_of_a_file(_context, value):
    return {"data": serialize_binary(value)}


@schemathesis.deserializer("application/octet-stream")
def file(_context, response):
    return response.content
