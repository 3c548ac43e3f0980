"""How a method of our clients is written in each language, for scripts/sdk."""

import re
import textwrap


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def firsts(words):
    """The fields that come first, each with its default or None."""
    return [(name, default or None) for name, _, default in (word.partition("=") for word in words.split())]


def modules(found, is_sdk):
    """The methods of each module of a client, in the document's order."""
    by_module = {}
    for each in found:
        if each.is_sdk == is_sdk:
            by_module.setdefault(each.name.module, []).append(each)
    return by_module


def class_name(module, is_sdk):
    return ("SDK" if is_sdk else "") + camel(module)[0].upper() + camel(module)[1:]


def every_module(found):
    for is_sdk in (False, True):
        for module, methods in modules(found, is_sdk).items():
            yield is_sdk, module, methods


# Python

def python_call(each, function, last=""):
    path = re.sub(r"{\w+}", lambda _, ids=iter(each.ids): "{_segment(" + next(ids) + ")}", each.path)
    path = f'{"f" if each.ids else ""}"{path}"'
    named = "".join(f", {name}={name}" for name, _ in firsts(each.name.python))
    given = f"_given(fields{named})"
    if function != "_call":
        return f"self.{function}({path}, {given}{last})"
    text = f'self._call("{each.verb}", {path}'
    if each.fields is not None:
        text += f", {'body' if each.has_body else 'query'}={given}"
    if each.takes_key:
        text += ", key=idempotency_key or True"
    return text + ")"


def python_method(each, name, body, note=""):
    words = ["self", *each.ids, *[f"{word}={default!r}" for word, default in firsts(each.name.python)]]
    if each.takes_key:
        words += ["*", "idempotency_key=None"]
    if each.fields is not None:
        words.append("**fields")
    about = [note + each.summary]
    if each.fields:
        names = ", ".join(each.fields)
        about += ["", *textwrap.wrap(f"Fields: {names}.", 96)]
    lines = textwrap.wrap(f"def {name}({', '.join(words)}):", 98, subsequent_indent=" " * 8)
    quoted = '"""' + "\n".join(about) + ("\n" if len(about) > 1 else "") + '"""'
    lines += textwrap.indent(quoted, "    ").split("\n") + ["    " + body, ""]
    return textwrap.indent("\n".join(lines), "    ")


def python(_, found):
    text = ""
    for is_sdk, module, methods in every_module(found):
        parent = "_Webhooks" if module == "webhooks" else "_Module"
        text += f"\n\nclass {class_name(module, is_sdk)}({parent}):\n"
        for each in methods:
            items = f', "{each.items}"'
            if each.name.is_whole:
                text += python_method(
                    each, each.name.method, f"return list({python_call(each, '_items', items)})") + "\n"
                continue
            text += python_method(each, each.name.method, "return " + python_call(each, "_call")) + "\n"
            if each.name.each:
                call = python_call(each, "_items", items) if each.items else python_call(each, "_pages")
                text += python_method(each, each.name.each, "return " + call, "Goes through all: ") + "\n"
        text = text.rstrip() + "\n"
    for is_sdk, name in ((False, "CLIENT_MODULES"), (True, "SDK_MODULES")):
        listed = "".join(
            f'\n    "{module}": {class_name(module, is_sdk)},' for module in modules(found, is_sdk))
        text += f"\n\n{name} = {{{listed}\n}}" if listed else f"\n\n{name} = {{}}"
    return text


# JavaScript

def script_words(each):
    words = [camel(word) for word in each.ids]
    words += [camel(word) + (f' = "{default}"' if default else "") for word, default in firsts(each.name.javascript)]
    return words + ["fields = {}"] * (each.fields is not None)


def script_given(each):
    named = "".join(f"{name}: {camel(name)}, " for name, _ in firsts(each.name.javascript))
    return f"given({{ {named}...fields }})" if named else "given(fields)"


def script_path(each):
    path = re.sub(r"{\w+}", lambda _, ids=iter(each.ids): "${segment(" + camel(next(ids)) + ")}", each.path)
    return f"`{path}`"


def script_method(each, name, body, note="", prefix=""):
    words = script_words(each)
    if each.takes_key:
        words.append("idempotencyKey")
    return (f"  /** {note}{each.summary} */\n  {prefix}{camel(name)}({', '.join(words)}) {{\n"
            f"    return {body};\n  }}\n\n")


def script(_, found):
    text = ""
    for is_sdk, module, methods in every_module(found):
        parent = "WebhookModule" if module == "webhooks" else "Module"
        text += f"\nclass {class_name(module, is_sdk)} extends {parent} {{\n"
        for each in methods:
            path, given = script_path(each), script_given(each)
            listed = f'eachItem({path}, {given}, "{each.items}")'
            if each.name.is_whole:
                text += script_method(each, each.name.method, f"collected(this.{listed})")
                continue
            options = [f"{'body' if each.has_body else 'query'}: {given}"] * (each.fields is not None)
            options += ["key: idempotencyKey ?? true"] * each.takes_key
            last = f", {{ {', '.join(options)} }}" if options else ""
            text += script_method(each, each.name.method, f'this.call("{each.verb}", {path}{last})')
            if each.name.each:
                body = f"this.{listed}" if each.items else f"this.eachPage({path}, {given})"
                text += script_method(each, each.name.each, body, "Goes through all: ")
        text = text.rstrip() + "\n}\n"
    for is_sdk, name in ((False, "CLIENT_MODULES"), (True, "SDK_MODULES")):
        listed = "".join(
            f"\n  {camel(module)}: {class_name(module, is_sdk)}," for module in modules(found, is_sdk))
        text += f"\nconst {name} = {{{listed}\n}};" if listed else f"\nconst {name} = {{}};"
    return text


# TypeScript

class Types:
    """The types of a document's schemas, those that methods name. One that is called as a class of ours, or as
    TypeScript's own Record, is called its data."""

    def __init__(self, document, classes):
        self.schemas, self.names, self.taken = document["components"]["schemas"], {}, {"Record", *classes}

    def of(self, schema):
        if "$ref" in schema:
            schema = schema["$ref"].rsplit("/", 1)[1]
            name = schema + "Data" if schema in self.taken else schema
            if name not in self.names:
                self.names[name] = None
                self.names[name] = self.of(self.schemas[schema])
            return name
        for word, between in (("allOf", " & "), ("anyOf", " | "), ("oneOf", " | ")):
            if word in schema and "properties" not in schema:
                parts = [self.of(part) for part in schema[word]]
                parts = [part for part in dict.fromkeys(parts) if part not in ("unknown", "")]
                return between.join(f"({part})" if " " in part else part for part in parts) or "unknown"
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if values is not None:
            return " | ".join("null" if each is None else f'"{each}"' if isinstance(each, str)
                              else str(each).lower() for each in values)
        kinds = schema.get("type", "object" if "properties" in schema else "unknown")
        return " | ".join(self.kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))

    def kind(self, kind, schema):
        if kind == "array":
            item = self.of(schema.get("items", {}))
            return f"({item})[]" if " " in item and not item.startswith("{") else f"{item}[]"
        if kind == "object":
            required = schema.get("required", [])
            members = [
                f"{name if name.isidentifier() else repr(name)}{'' if name in required else '?'}: "
                f"{self.of(each)}; " for name, each in schema.get("properties", {}).items()]
            # Beside members of their own types, others can only be unknown.
            others = schema.get("additionalProperties")
            rest = self.of(others) if isinstance(others, dict) and not members else "unknown"
            return "{ " + "".join(members) + f"[name: string]: {rest} }}"
        return {"integer": "number"}.get(kind, kind)


def types_method(types, each, name, result):
    fields = each.fields or {}
    words = [f"{camel(word)}: string" for word in each.ids]
    first = dict(firsts(each.name.javascript))
    words += [f"{camel(word)}{'?' if default or word not in each.required else ''}: {types.of(fields[word])}"
              for word, default in first.items()]
    if each.fields is not None:
        rest = [name for name in fields if name not in first]
        members = "".join(f"{camel(name) if each.is_sdk else name}?: {types.of(fields[name])}; " for name in rest)
        words.append(f"fields?: {{ {members}[name: string]: unknown }}")
    if each.takes_key:
        words.append("idempotencyKey?: string")
    return f"  /** {each.summary} */\n  {camel(name)}({', '.join(words)}): {result};\n"


def declarations(document, found):
    types = Types(document, [class_name(module, is_sdk) for is_sdk, module, _ in every_module(found)])
    text = ""
    for is_sdk, module, methods in every_module(found):
        parent = "WebhookModule" if module == "webhooks" else "Module"
        text += f"\nexport declare class {class_name(module, is_sdk)} extends {parent} {{\n"
        for each in methods:
            answer = types.of(each.answer) if each.answer else "Record<string, never>"
            item = f'{answer}["{each.items}"][number]' if each.items else answer
            result = f"Promise<{item}[]>" if each.name.is_whole else f"Promise<{answer}>"
            text += types_method(types, each, each.name.method, result)
            if each.name.each:
                text += types_method(types, each, each.name.each, f"AsyncGenerator<{item}>")
        text += "}\n"
    for is_sdk, name in ((False, "ClientModules"), (True, "SDKModules")):
        listed = "".join(f"  readonly {camel(module)}: {class_name(module, is_sdk)};\n"
                         for module in modules(found, is_sdk))
        text += f"\nexport interface {name} {{\n{listed}}}\n"
    for name, definition in sorted(types.names.items()):
        text += f"\nexport type {name} = {definition};\n"
    return text


# PHP

def php_method(each, name, body, result="Answer", note=""):
    words = [f"string ${camel(word)}" for word in each.ids]
    words += [f"mixed ${camel(word)} = " + (f"'{default}'" if default else "null")
              for word, default in firsts(each.name.php)]
    words += ["array $fields = []"] * (each.fields is not None)
    words += ["?string $idempotencyKey = null"] * each.takes_key
    return (f"        /** {note}{each.summary} */\n"
            f"        public function {camel(name)}({', '.join(words)}): {result}\n        {{\n"
            f"            return {body};\n        }}\n\n")


def php(_, found):
    text = ""
    for is_sdk, module, methods in every_module(found):
        parent = "WebhookModule" if module == "webhooks" else "Module"
        text += f"\n    final class {class_name(module, is_sdk)} extends {parent}\n    {{\n"
        for each in methods:
            parts = iter(each.ids)
            path = re.sub(r"{\w+}", lambda _, ids=parts: f"' . self::segment(${camel(next(ids))}) . '", each.path)
            path = f"'{path}'".removesuffix(" . ''")
            named = ", ".join(f"'{name}' => ${camel(name)}" for name, _ in firsts(each.name.php))
            given = f"self::given($fields, [{named}])" if named else "self::given($fields)"
            listed = f"$this->eachItem({path}, {given}, '{each.items}')"
            if each.name.is_whole:
                text += php_method(each, each.name.method, f"iterator_to_array({listed}, false)", "array")
                continue
            words = [f"'{each.verb}'", path]
            words += [f"{'body' if each.has_body else 'query'}: {given}"] * (each.fields is not None)
            words += ["key: $idempotencyKey ?? true"] * each.takes_key
            text += php_method(each, each.name.method, f"$this->call({', '.join(words)})")
            if each.name.each:
                body = listed if each.items else f"$this->eachPage({path}, {given})"
                text += php_method(each, each.name.each, body, "\\Generator", "Goes through all: ")
        text = text.rstrip() + "\n    }\n"
    for is_sdk, name in ((False, "CLIENT_MODULES"), (True, "SDK_MODULES")):
        listed = ", ".join(f"'{camel(module)}' => {class_name(module, is_sdk)}::class"
                           for module in modules(found, is_sdk))
        text += f"\n    const {name} = [{listed}];"
    return text


LANGUAGES = {"py": python, "mjs": script, "d.ts": declarations, "php": php}
