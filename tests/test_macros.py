"""The macros that our forms are made of draw what GOV.UK Frontend draws, in our own strict environment."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, NavigableString
from jinja2 import nodes

from register.kit.pages import environment

FRONTEND = (
    Path(__file__).parent.parent / "node_modules" / "govuk-frontend" / "dist" / "govuk"
)
COMPONENTS = sorted(
    path.parent.name for path in FRONTEND.glob("components/*/fixtures.json")
)
ENV = environment()


def fixtures_of(component):
    return json.loads(
        (FRONTEND / "components" / component / "fixtures.json").read_text("utf-8")
    )["fixtures"]


def drawn(component, options, caller=""):
    name = "govuk" + component.title().replace("-", "")
    source = f'{{% from "govuk_frontend_jinja/components/{component}/macro.html" import {name} %}}'
    call = (
        f"{{% call {name}(options) %}}{caller}{{% endcall %}}"
        if caller
        else f"{{{{ {name}(options) }}}}"
    )
    return ENV.from_string(source + call).render(options=options)


def shape(node):
    """An element as a browser builds it: name, attributes and children, with white space as it is shown."""
    if isinstance(node, NavigableString):
        return " ".join(node.split())
    attributes = {
        name: " ".join(value) if isinstance(value, list) else value
        for name, value in node.attrs.items()
    }
    attributes = {name: " ".join(value.split()) for name, value in attributes.items()}
    return (
        node.name,
        attributes,
        [child for child in map(shape, node.contents) if child],
    )


def shape_of(html):
    soup = BeautifulSoup(html, "html.parser")
    return [found for found in map(shape, soup.contents) if found]


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_is_drawn_as_its_fixtures_say(component):
    differing = [
        fixture["name"]
        for fixture in fixtures_of(component)
        if shape_of(drawn(component, fixture["options"])) != shape_of(fixture["html"])
    ]

    assert differing == []


def test_no_fixture_was_left_out():
    assert sum(len(fixtures_of(component)) for component in COMPONENTS) == 657


def test_no_page_gives_another_meaning_to_a_name_of_the_frame_around_it():
    """In its blocks the name has the frame's: a form would be sent to where the frame says."""
    told = {}
    for package in ("register", "fees", "fitness"):
        env = environment(package)
        for name in env.list_templates(extensions=["html"]):
            tree = env.parse(env.loader.get_source(env, name)[0])
            told[name] = (
                [one.template.value for one in tree.find_all(nodes.Extends)],
                {
                    one.target.name: repr(one.node)
                    for one in tree.body
                    if isinstance(one, nodes.Assign)
                    and isinstance(one.target, nodes.Name)
                },
            )
    wrong = [
        f"{name}: {one} of {frame}"
        for name, (_, own) in told.items()
        for frame in around(name, told)
        for one in own.keys() & told[frame][1].keys()
        if own[one] != told[frame][1][one]
    ]
    assert not wrong


def around(name, told):
    """The frames in which a page stands, from the innermost."""
    for frame in told[name][0]:
        yield frame
        yield from around(frame, told)
