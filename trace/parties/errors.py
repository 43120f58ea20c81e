"""What the register of parties declines.

NotFound          PartyNotFound  KeyNotFound  PersonNotFound
Conflict          PartyExists  SiteTaken  LicenceExists  LoginTaken
Forbidden         NotYours
Unauthenticated   SignInRefused
TooMany           TooManyAttempts
Malformed         RoleUnfit  DivisionsUnfit
"""

from zhuisu.errors import Conflict, Forbidden, Malformed, NotFound, TooMany, Unauthenticated


class PartyNotFound(NotFound):
    """No organisation is registered under this USCC.

    Check the 18 characters. An administrator registers an organisation before its sites, licences, keys and people.
    """

    zh = "该统一社会信用代码未登记"


class KeyNotFound(NotFound):
    """This organisation has no such API key.

    The register shows the ids of an organisation's keys, never the keys themselves.
    """

    zh = "该组织没有此 API 密钥"


class PersonNotFound(NotFound):
    """This organisation has nobody with that login.

    The register shows an organisation's logins to itself and to administrators.
    """

    zh = "该组织没有此登录名"


class PartyExists(Conflict):
    """An organisation is already registered under this USCC.

    One organisation has one unified social credit code (GB 32100). Nothing was changed.
    """

    zh = "该统一社会信用代码已登记"


class SiteTaken(Conflict):
    """This GLN already names a site.

    A GLN names one place of one party (GS1 General Specifications §2.4). Nothing was changed.
    """

    zh = "该全球位置码已被登记"


class LicenceExists(Conflict):
    """This licence is already recorded.

    The organisation already has a licence of this kind and number. Nothing was changed.
    """

    zh = "该许可证已登记"


class LoginTaken(Conflict):
    """This login is taken.

    A login names one person in the whole service. Choose another.
    """

    zh = "该登录名已被使用"


class NotYours(Forbidden):
    """That belongs to another organisation.

    Only the organisation itself or an administrator may change its entry in the register.
    """

    zh = "不属于您的组织"


class SignInRefused(Unauthenticated):
    """The login or the password is not right.

    Both are answered the same, and so is an account that was closed. Passwords are case-sensitive; logins are not.
    """

    zh = "登录名或密码不正确"


class TooManyAttempts(TooMany):
    """Too many sign-in attempts.

    Attempts are counted per login and per network address. Wait as long as ``Retry-After`` says; no account is locked.
    """

    zh = "登录尝试过于频繁"


class RoleUnfit(Malformed):
    """That role does not fit the organisation.

    The role ``regulator`` belongs to an organisation of kind ``regulator``: only such a one has divisions to oversee.
    """

    zh = "角色与组织类型不符"


class DivisionsUnfit(Malformed):
    """Only a regulator oversees divisions.

    ``divisions`` is for an organisation of kind ``regulator``. Where any other organisation is goes into ``division``.
    """

    zh = "仅监管部门可设管辖区划"
