"""The page at /docs: its blocks of code, ids and links."""

import html.parser

RUN = {"sh": None, "python": "{python} {file}.py", "node": "node {file}.mjs", "php": "php {file}.php"}
OUTPUT = ["json", "text"]


class Block:
    def __init__(self, language, attributes, line):
        self.language = language
        self.needs = attributes.get("data-needs")
        self.refuses = attributes.get("data-refuses")
        self.is_prelude = "data-prelude" in attributes
        self.uses_prelude = "data-uses" in attributes
        self.verifies = "data-verify" in attributes
        self.is_illustration = "data-illustration" in attributes
        self.line = line
        self.text = ""
        self.output = None


class Page(html.parser.HTMLParser):
    """The blocks of code in order, the ids, and the links to them."""

    def __init__(self, text):
        super().__init__()
        self.blocks, self.ids, self.links = [], [], []
        self.attributes = None
        self.is_in_code = False
        self.feed(text)
        # The examples of one thing in several languages, which have one output.
        together = []
        for block in self.blocks:
            if block.language in OUTPUT and not block.is_illustration:
                for each in together:
                    each.output = block
            if block.language not in RUN or block.verifies or block.is_prelude:
                together = []
            elif block.uses_prelude and block.language not in [each.language for each in together]:
                together = [*together, block]
            else:
                together = [block]

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "href" in attributes:
            self.links.append(attributes["href"])
        if tag == "pre":
            self.attributes = attributes
        elif tag == "code" and self.attributes is not None:
            language = attributes.get("class", "")
            self.blocks.append(Block(language, self.attributes, self.getpos()[0]))
            self.is_in_code = True

    def handle_endtag(self, tag):
        if tag == "code":
            self.is_in_code = False
        if tag == "pre":
            self.attributes = None

    def handle_data(self, data):
        if self.is_in_code:
            self.blocks[-1].text += data


def check_links(page):
    failures = [f"docs: two things have the id {name}" for name in page.ids
                if page.ids.count(name) > 1]
    for link in page.links:
        if link.startswith("#") and link[1:] not in page.ids:
            failures.append(f"docs: links to {link}, which is not there")
    return failures
