"""Compares the names of organisations, so that “ACME GmbH” and “Acme, gmbh” are recognised as one."""

import re

from rooms.core.search import fold

KEY_LENGTH = 240
"""Folding makes some names longer: "㍿" becomes four characters."""

_NO_LETTER = re.compile(r"[\W_]+")
_LEGAL_FORM = re.compile(
    "ab|ag|as|asa|bhd|bv|co|company|corp|corporation|ev|gmbh|inc|incorporated|kg|kgaa|kk|limited|llc|llp|ltd|mbh|nv|oy|oyj"
    "|plc|pte|pty|pvt|sa|sarl|sas|se|spa|srl|ug"
)
_CHINESE_FORMS = re.compile("(股份|责任|責任)?(有限)?公司$")


def key_of(name: str) -> str:
    """The folded name without punctuation and legal form. Names that consist of nothing else keep it."""
    words = _NO_LETTER.sub(" ", fold(name).replace(".", "")).split()
    bare = [word for word in words if not _LEGAL_FORM.fullmatch(word)]
    joined = " ".join(bare or words)
    return (_CHINESE_FORMS.sub("", joined) or joined or fold(name))[:KEY_LENGTH]
