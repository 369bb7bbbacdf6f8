"""The names that a C++ file keeps to itself, and those that it mentions: enough to tell which files can be one unit.

Reads text, not C++: where it errs, it should name too much.
"""

import dataclasses
import re

TOKEN = re.compile(
    r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|^[ \t]*#(?:\\\n|[^\n])*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\''
    r"|\b\d(?:[\w.]|'\w)*|(?P<word>[A-Za-z_]\w*)|(?P<sign>::|->|[^\s\w])", re.S | re.M)
BRACKETS = {"(": ")", "[": "]", "{": "}"}
# After a block in braces a declaration goes on with one of these, or it was a function's.
GOES_ON = set(";,=[({")
ENDS_NAME = {"()", "[]", "{}", "=", ";", ",", ":"}
KEYWORDS = set("""alignas auto bool char class const consteval constexpr constinit decltype default delete double enum
    explicit extern final float friend inline int long mutable namespace noexcept operator override private protected
    public requires return short signed sizeof static static_assert struct template this thread_local typedef typename
    union unsigned using virtual void volatile wchar_t""".split())


@dataclasses.dataclass
class Names:
    """By namespace, as a tuple of its parts: what other files cannot see but files of the same unit would."""
    own: dict = dataclasses.field(default_factory=dict)  # namespace: names with internal linkage
    borrowed: dict = dataclasses.field(default_factory=dict)  # (namespace, name): the using-declaration or alias
    aliases: set = dataclasses.field(default_factory=set)  # names of namespace aliases
    namespaces: set = dataclasses.field(default_factory=lambda: {()})  # every one opened, and those around it
    mentions: set = dataclasses.field(default_factory=set)  # words that are neither qualified nor members
    qualifiers: set = dataclasses.field(default_factory=set)  # words before ::
    opened: dict = dataclasses.field(default_factory=dict)  # (namespace, other namespace): a using-directive, not of std


def tokens(text):
    """Words and signs without comments, literals and directives; `0` stands for a literal."""
    for match in TOKEN.finditer(text):
        if match["word"] or match["sign"]:
            yield match.group()
        elif not match.group().lstrip().startswith(("//", "/*", "#")):
            yield "0"


def closing(words, at):
    """Where the bracket that opens at `at` is closed."""
    depth = 0
    for place in range(at, len(words)):
        if words[place] in BRACKETS:
            depth += 1
        elif words[place] in BRACKETS.values():
            depth -= 1
            if depth == 0:
                return place
    return len(words) - 1


def closing_angle(words, at):
    """The same for `<` of a template; None where it turns out to be a comparison."""
    depth = 0
    place = at
    while place < len(words):
        word = words[place]
        if word in BRACKETS:
            place = closing(words, place)
        elif word == "<":
            depth += 1
        elif word == ">":
            depth -= 1
            if depth == 0:
                return place
        elif word in ";}":
            return None
        place += 1
    return None


def is_word(word):
    return word[0].isalpha() or word[0] == "_"


def declared(head):
    """What a declaration declares; brackets in it were folded to `()`, `[]`, `{}` and `<>`."""
    found = set()
    kind = next((place for place, word in enumerate(head[:3]) if word in ("class", "struct", "union")), None)
    if kind is not None and "()" not in head and "=" not in head:
        return {next((word for word in head[kind + 1:] if is_word(word) and word not in KEYWORDS), "")}
    for place, word in enumerate(head[:-1]):
        if not is_word(word) or word in KEYWORDS:
            continue
        before = head[place - 1] if place else ""
        after = head[place + 1]
        if before in ("class", "struct", "union", "enum") or (after in ENDS_NAME and before != "::"):
            found.add(word)
    return found


class Reader:
    def __init__(self, text):
        self.words = list(tokens(text))
        self.names = Names()
        self.scopes = []  # names of open namespaces; None for those without

    def read(self):
        at = 0
        while at < len(self.words):
            at = self.step(at)
        before = ""
        for word in self.words:
            if is_word(word) and before not in (".", "->", "::"):
                self.names.mentions.add(word)
            if word == "::" and before:
                self.names.qualifiers.add(before)
            before = word
        return self.names

    def place(self):
        return tuple(part for scope in self.scopes if scope for part in scope.split("::"))

    def step(self, at):
        word = self.words[at]
        if word == "}":
            if self.scopes:
                self.scopes.pop()
            return at + 1
        if word == "inline" and self.words[at + 1:at + 2] == ["namespace"]:
            return at + 1
        if word == "namespace":
            return self.open_namespace(at)
        return self.declaration(at)

    def open_namespace(self, at):
        end = at + 1
        while self.words[end] not in ("{", "="):
            end += 1
        parts = [word for word in self.words[at + 1:end] if word != "::"]
        if self.words[end] == "=":
            last = self.words.index(";", end)
            self.names.borrowed[self.place(), parts[0]] = " ".join(self.words[at:last])
            self.names.aliases.add(parts[0])
            return last + 1
        # One scope a brace: nested names are one.
        self.scopes.append(None)
        if parts:
            self.scopes[-1] = "::".join(parts)
        path = self.place()
        for length in range(len(path) + 1):
            self.names.namespaces.add(path[:length])
        return end + 1

    def declaration(self, at):
        head = []
        enumerators = set()
        while at < len(self.words):
            word = self.words[at]
            if word == ";":
                at += 1
                break
            if word == "}":
                break
            if word in BRACKETS:
                end = closing(self.words, at)
                if word == "{" and head[:1] == ["enum"] and head[1:2] not in (["class"], ["struct"]):
                    enumerators = {inner for inner in self.words[at:end] if is_word(inner)}
                head.append(word + BRACKETS[word])
                at = end + 1
                if word == "{" and (at >= len(self.words) or self.words[at] not in GOES_ON):
                    break
                continue
            if word == "<" and "=" not in head and head and is_word(head[-1]):
                end = closing_angle(self.words, at)
                if end is not None:
                    head.append("<>")
                    at = end + 1
                    continue
            head.append(word)
            at += 1
        self.keep(head + [";"], enumerators)
        return at

    def keep(self, head, enumerators):
        path = self.place()
        if head[:2] == ["using", "namespace"]:
            if head[2] != "std":
                self.names.opened[path, " ".join(head[2:])] = True
            return
        if head[0] == "using" and "=" not in head:
            self.names.borrowed[path, head[-2]] = " ".join(head)
            return
        internal = None in self.scopes or not {"using", "static", "const", "constexpr", "constinit"}.isdisjoint(head)
        if internal and "extern" not in head:
            self.names.own.setdefault(path, set()).update(declared(head), enumerators)


def read(text):
    return Reader(text).read()
