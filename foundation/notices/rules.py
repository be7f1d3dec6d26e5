"""The rule of an e-mail address; pure."""

import re

from foundation.errors import Invalid

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""What HTML calls a valid e-mail address, with a dot in the name of the machine."""


def check_email(email: str) -> str:
    """The address without blanks around it, or nothing; anything that is no address is refused."""
    cleaned = email.strip()
    if cleaned and (len(cleaned) > 254 or not ADDRESS.fullmatch(cleaned)):
        sentence = "Enter an e-mail address, like name@example.gov.uk, or leave it empty"
        raise Invalid(sentence, problems={"email": sentence})
    return cleaned
