"""zhuisu (追溯): issue a certificate as a signed QR code, scan goods in and out, trace a code to origin and holders.

The folder is ``trace/`` and the package is ``zhuisu``: ``trace`` is a module of the standard library, which wins over
site-packages, so an installed package of that name could never be imported.
"""

__version__ = "0.1.0"
