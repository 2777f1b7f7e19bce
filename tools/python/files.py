"""Shared by the scripts that write reports: whole files, or a section of a page."""

import os


def write(path, text):
    """Writes to a temporary file next to the target, then renames it."""
    temporary = f"{path}.tmp{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise


def with_section(path, section, content):
    """The text of the file with the lines between the two lines `section` replaced; None if there is no file or the file
    has none of the lines. Raises ValueError for half a section."""
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        text = file.read()
    begin, end = (text.find(line) for line in section)
    if begin < 0 and end < 0:
        return None
    if begin < 0 or end < begin:
        raise ValueError(f"{path}: expected {section[0].strip()} and then {section[1].strip()}")
    return f"{text[:begin]}{section[0]}\n{content}\n{text[end:]}"
