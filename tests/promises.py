"""Holds answers against the description of the API, more strictly than it is told: what is not described may not be sent."""

from functools import cached_property

from jsonschema import Draft202012Validator

DRAFT = "https://json-schema.org/draft/2020-12/schema"


class Promises:
    """An OpenAPI description."""

    def __init__(self, description):
        self.description = description

    @property
    def answers(self):
        """Every address with every status that it may answer with."""
        return {
            (path, int(status))
            for path, methods in self.description["paths"].items()
            for status in methods["get"]["responses"]
        }

    def broken_by(self, answer, path):
        """What an answer has that was not promised, and what it lacks."""
        operation = self.description["paths"][path]["get"]
        status = str(answer.status_code)
        if status not in operation["responses"]:
            return [f"{status} is not described"]
        response = self.resolved(operation["responses"][status])
        return [
            *self._broken_by_headers(answer.headers, response.get("headers", {})),
            *self._broken_by_body(answer, response.get("content", {})),
        ]

    def _broken_by_headers(self, sent, described):
        for name, given in described.items():
            header = self.resolved(given)
            if name not in sent:
                yield f"{name} is not sent"
                continue
            is_number = header["schema"]["type"] == "integer"
            value = int(sent[name]) if is_number else sent[name]
            yield from self.faults(value, header["schema"])

    def _broken_by_body(self, answer, described):
        if not described:
            if answer.content:
                yield f"{answer.content} is sent where no body is described"
            return
        kind = answer.headers["content-type"]
        if kind not in described:
            yield f"{kind} is not described"
            return
        yield from self.faults(answer.json(), described[kind]["schema"])

    def faults(self, value, schema):
        whole = {"$schema": DRAFT, **schema, "components": self._strict["components"]}
        checker = Draft202012Validator.FORMAT_CHECKER
        validator = Draft202012Validator(whole, format_checker=checker)
        return [f"{e.json_path}: {e.message}" for e in validator.iter_errors(value)]

    def resolved(self, piece):
        """What a piece of the description refers to, else itself."""
        if "$ref" not in piece:
            return piece
        found = self.description
        for name in piece["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return found

    @cached_property
    def _strict(self):
        return strict(self.description)


def strict(piece):
    """The same, with no room for fields that it does not name."""
    if isinstance(piece, list):
        return [strict(one) for one in piece]
    if not isinstance(piece, dict):
        return piece
    told = {name: strict(one) for name, one in piece.items()}
    return told | {"additionalProperties": False} if "properties" in told else told
