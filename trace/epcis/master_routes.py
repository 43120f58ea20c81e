"""Master data over HTTP: the SimpleMasterDataQuery, to which EPCIS 2.0 gives no address: ``/epcis/vocabularies``."""

from litestar import Response, get
from msgspec import structs

from zhuisu.auth import Db, Now, Role, Who, may
from zhuisu.epcis import master_ask, master_query, paging
from zhuisu.epcis.answer import form, vocabularies
from zhuisu.epcis.headers import Asked, extensions, options

PATH = "/epcis/vocabularies"


@get(PATH, guards=[may(*Role)], media_type="application/ld+json")
async def list_vocabularies(request: Asked, db: Db, who: Who, now: Now) -> Response[bytes]:
    """Query master data (SimpleMasterDataQuery): what is known of places, parties and kinds of goods.

    An EPCISQueryDocument with a ``vocabularyList``: what the registers show to the caller, with what was captured in
    the headers of documents by the caller, by those it oversees, and by others of things in events it may see. The
    registers' word stands before all others', the caller's own before other captured words, a later one before an
    earlier. ``includeHistory=true`` gives every captured statement by itself, with who made it and when.
    """
    wanted = form(request.headers)
    text = str(request.scope["query_string"].decode("latin-1"))
    asked = master_ask.parse(text, extensions(request))
    asked = structs.replace(asked, token=paging.fresh(asked.token, now))
    page = await master_query.ask(db, who, asked)
    more = paging.link(PATH, text, asked.per_page, page.next, now)
    return Response(vocabularies(page.elements, now, wanted), media_type=wanted.media, headers={**wanted.told, **more})


HANDLERS = [options(PATH, allow=("GET",)), list_vocabularies]
