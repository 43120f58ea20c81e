"""What certificates decline, and why.

Malformed     ├── BadClaim              a field of the order has a value a certificate cannot carry
              ├── BasisMissing          the commitment rests on nothing
              ├── QuarantineMissing     meat without its quarantine certificate number
              ├── InspectionMissing     meat without a result that the law asks for
              ├── InspectionFailed      a result that forbids the certificate
              ├── NoForm                no template in force for this kind, species and day
              ├── NotACertificate       text or bytes that are not a sealed certificate of this system
              ├── BadSeal               a sealed document whose signature or form is wrong
              ├── BadList               a trust list or status list that cannot be used
              ├── BadKey                not a key of a suite we know
              ├── TooMuchForASymbol     more text than a QR symbol holds
              └── UnreadablePicture     no picture, or none with a readable code
Forbidden     ├── NotTheIssuer          only the issuer or its authority voids a certificate
              ├── WrongIssuer           a kind of organisation that the form is not for
              └── GoodsNotYours         goods that another organisation made known first
NotFound      ├── UnknownCertificate
              └── UnknownSite           a site that is not the issuer's
Conflict      └── AlreadyRevoked
Unavailable   ├── KeyLocked             the private key cannot be opened with this master key
              └── NoLists               trust list and status list could not be fetched
"""

from zhuisu.errors import Conflict, Forbidden, Malformed, NotFound, Unavailable


class BadClaim(Malformed):
    """A field of the certificate cannot be what it is.

    ``where`` names the field; ``detail`` says what it takes. Nothing was signed and nothing stored.
    """

    zh = "合格证字段无效"


class BasisMissing(Malformed):
    """A commitment needs at least one basis.

    The form in force lists them under 承诺依据; the issuer ticks one or more (Order 4 of 2025, MARA).
    """

    zh = "缺少承诺依据"


class QuarantineMissing(Malformed):
    """Meat leaves only with the number of its quarantine certificate.

    Pig Slaughter Regulation (2021) art. 12, 13 and 17: give it in ``quarantine``.
    """

    zh = "缺少检疫证明编号"


class InspectionMissing(Malformed):
    """A result that the law asks for is missing.

    A meat certificate names the report of the African swine fever test for pork and of the β-agonist test
    (Pig Slaughter Regulation art. 15); ``where`` names the missing one.
    """

    zh = "缺少检验结果"


class InspectionFailed(Malformed):
    """This result forbids the certificate.

    A lot that did not pass is not certified but handled under supervision (Pig Slaughter Regulation art. 15 and 18).
    """

    zh = "检验结果不合格"


class NoForm(Malformed):
    """No form is in force for that kind on that day.

    Templates carry the dates between which they may be issued; older ones can only be verified and shown.
    """

    zh = "没有可用的合格证样式"


class NotACertificate(Malformed):
    """This is not a sealed certificate.

    A certificate is the number at the end of a certificate address: decimal digits that spell a COSE_Sign1 message
    (RFC 9052 §4.2) in the one form of ``schemas/certificate.cddl``.
    """

    zh = "不是本系统合格证"


class BadSeal(Malformed):
    """The seal does not fit what it seals.

    The signature is wrong, or the content is not in the one accepted encoding. Treat the document as forged.
    """

    zh = "签名无效"


class BadList(Malformed):
    """The trust list or status list cannot be used.

    It is not signed by the expected root, is out of date, or is another document altogether. Fetch it again from
    ``/trust-list`` or ``/status-list``.
    """

    zh = "信任列表或状态列表无效"


class BadKey(Malformed):
    """This is not a key we can use.

    Keys are P-256 (ES256) or Ed25519 (EdDSA), public ones as COSE_Key (RFC 9052 §7), private ones as PKCS#8 PEM.
    """

    zh = "密钥无效"


class TooMuchForASymbol(Malformed):
    """The text is too long for a QR symbol.

    Version 40 is the largest symbol there is (ISO/IEC 18004). Ask for level M instead of Q, or shorten the text.
    """

    zh = "内容超出二维码容量"


class UnreadablePicture(Malformed):
    """No code can be read from this picture.

    There is no such file, it is not a PNG or JPEG image, too large, or shows no sharp code. Come closer, avoid glare,
    keep the white margin.
    """

    zh = "图片中未识别到二维码"


class NotTheIssuer(Forbidden):
    """Only its issuer or an authority over it voids a certificate.

    Report the fault to the issuer or to the authority of the place of origin.
    """

    zh = "只有开具主体或其主管部门可以撤销"


class WrongIssuer(Forbidden):
    """This kind of organisation does not issue this certificate.

    Producers (``farm``, their co-operatives too) commit for what they grow (Order 4 of 2025, MARA); slaughterhouses
    inspect their meat (Pig Slaughter Regulation art. 15). The kind is the register's; have a wrong one corrected there.
    """

    zh = "该类主体不能开具此种合格证"


class GoodsNotYours(Forbidden):
    """These goods are another organisation's.

    Goods are certified by the one who recorded them first, so that nobody else can void their papers. ``where`` names
    the code. Whoever passes goods on cites the certificate that came with them.
    """

    zh = "货物不属于该开具主体"


class UnknownCertificate(NotFound):
    """This register has no such certificate.

    The id is the first 32 hexadecimal characters of the SHA-256 of the sealed bytes.
    """

    zh = "未找到合格证"


class UnknownSite(NotFound):
    """The issuer has no such site.

    A certificate is issued at a site of its issuer. Register one first; without ``site`` the first one counts.
    """

    zh = "开具主体没有该场所"


class AlreadyRevoked(Conflict):
    """The certificate is already void.

    A certificate is voided once; the first reason and time stay.
    """

    zh = "合格证已撤销"


class KeyLocked(Unavailable):
    """The private key cannot be opened.

    It was wrapped under another master key, or the stored record was changed. Start the service with the master key
    under which the key was made.
    """

    zh = "私钥无法解封"


class NoLists(Unavailable):
    """The lists to verify with could not be fetched.

    The service did not answer. Repeat, or verify with files saved earlier.
    """

    zh = "无法获取信任列表"
