-- Master data that came in the headers of captured documents: who said what of which id, when; nothing is ever changed.

create table epcis.subject (
    id    bigint generated always as identity primary key,
    party int    not null references parties.organisation,          -- who speaks
    type  text   not null,                                          -- the vocabulary, urn:epcglobal:epcis:vtype:…
    uri   text   collate "C" not null                               -- the id, canonical
);
create unique index subject_key on epcis.subject (uri, type, party);

create table epcis.statement (
    subject  bigint      not null references epcis.subject,
    n        bigint      generated always as identity,              -- the last one holds
    at       timestamptz not null,
    capture  uuid        not null,                                  -- epcis.capture
    children text[]      not null,                                  -- canonical
    doc      text        not null,                                  -- the element in JSON, as it was written
    primary key (subject, n)
);

create table epcis.naming (                                         -- which events of its document name the subject
    subject bigint not null references epcis.subject,
    ev      uuid   not null,                                        -- ledger.event
    primary key (subject, ev)
);
create index naming_ev on epcis.naming (ev, subject);

create function epcis.only_inserted() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger subject_append_only before update or delete or truncate on epcis.subject
    for each statement execute function epcis.only_inserted();
create trigger statement_append_only before update or delete or truncate on epcis.statement
    for each statement execute function epcis.only_inserted();
create trigger naming_append_only before update or delete or truncate on epcis.naming
    for each statement execute function epcis.only_inserted();

-- Whether what an organisation said is a caller's to read by itself: its own, that of those it oversees, or all.
create function epcis.hears(everything boolean, caller int, divisions text[], speaker int) returns boolean
language sql stable parallel safe as $$
    select everything or speaker = caller or (cardinality(divisions) > 0 and exists (
        select from parties.organisation o join unnest(divisions) as d (prefix) on starts_with(o.division, d.prefix)
        where o.id = speaker
    ))
$$;

-- The service adds and reads; the reader, who answers queries by attributes, reads the registers too.
revoke update, delete on epcis.subject, epcis.statement, epcis.naming from zhuisu_service;
grant execute on function epcis.hears to zhuisu_service, zhuisu_reader;
grant usage on schema epcis, products to zhuisu_reader;
grant select on epcis.subject, epcis.statement, epcis.naming, parties.organisation, products.product to zhuisu_reader;
