"""The API in OpenAPI 3.1, generated from the registry of operations and the declared messages."""

import copy
from typing import Any

import msgspec
import msgspec.inspect

from rooms.core.commands.messages import Command, tag_of
from rooms.core.errors import CODES
from server.api.contract import COMMON_CODES, PATH_PARTS, VERSION, Operation, operations
from server.api.views import COMMANDS, OWNS, REFERENCE, REPLIES, SNAPSHOTS, Refusal

ABOUT = """\
What programs can read and do in Plenary. Everything that people follow is a *room*: a conference's lobby, a session, a person's desk. Every change in a
room is a command, sent here or over the live connection at /live (docs/protocol.md). Both have the same rules.

A person creates access tokens on their account page. A token has that person's rights. Send it as `Authorization: Bearer plenary_…`, never in an address.
Pages use their cookie instead, and send the page's token as X-CSRF-Token with every request that is not a GET.

Errors have one shape, `{"error": {"code", "message", "field"?, "retry_after"?, "present"?}}`. In v1, fields and operations are only added, never removed."""


def document() -> dict[str, Any]:
    answers = [each.answer for each in operations()]
    types: list[Any] = [*answers, *SNAPSHOTS, *OWNS, *REPLIES, Refusal, *COMMANDS]
    _, components = msgspec.json.schema_components(types, ref_template=REFERENCE + "{name}")
    for command in COMMANDS:
        components[command.__name__] = _with_key(components[command.__name__])
    components["Command"] = {
        "title": "Command",
        "description": "Any command; `op` says which.",
        "oneOf": [{"$ref": REFERENCE + command.__name__} for command in COMMANDS],
        "discriminator": {"propertyName": "op", "mapping": _mapping(COMMANDS)},
    }
    paths: dict[str, dict[str, Any]] = {}
    for each in operations():
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Plenary", "version": VERSION, "description": ABOUT, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _mapping(commands: list[type[Command]]) -> dict[str, str]:
    return {tag_of(command): REFERENCE + command.__name__ for command in commands}


def _with_key(schema: dict[str, Any]) -> dict[str, Any]:
    """A command's schema with the key that every command carries."""
    whole = copy.deepcopy(schema)
    key = {
        "type": "string",
        "pattern": "^[!-~]{1,64}$",
        "description": "Chosen by the caller; makes a retry harmless.",
    }
    whole["properties"] = {**whole["properties"], "key": key}
    whole["required"] = [*whole.get("required", []), "key"]
    return whole


def _operation(each: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": each.details,
        "parameters": [*_path_parameters(each), *_query_parameters(each)],
        "security": [{"token": []}] if each.signed_in else [{"token": []}, {}],
        "responses": {"200": _content("Done.", each.answer.__name__), **_refusals(each)},
    }
    if each.takes:
        content = {"application/json": {"schema": {"$ref": REFERENCE + "Command"}}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _path_parameters(each: Operation) -> list[dict[str, Any]]:
    return [
        {"name": part, "in": "path", "required": True, "description": PATH_PARTS[part], "schema": {"type": "string"}}
        for part in each.parts
    ]


def _query_parameters(each: Operation) -> list[dict[str, Any]]:
    if each.query is None:
        return []
    properties = msgspec.json.schema(each.query)["$defs"][each.query.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "description": _described(schema), "schema": schema}
        for name, schema in properties.items()
    ]


def _described(schema: dict[str, Any]) -> str:
    """The description of a parameter; for an optional one, that of its non-null form."""
    return schema.get("description") or next(
        (form["description"] for form in schema.get("anyOf", []) if "description" in form), ""
    )


def _refusals(each: Operation) -> dict[str, Any]:
    codes: dict[int, list[str]] = {}
    own: set[str] = {*COMMON_CODES, *each.codes, *(["invalid"] if each.query else [])}
    for code in sorted(own):
        codes.setdefault(CODES[code].status, []).append(code)
    return {str(status): _content(", ".join(names), "Refusal") for status, names in sorted(codes.items())}


def _content(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"$ref": REFERENCE + name}}}}
