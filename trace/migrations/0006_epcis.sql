-- What came through the EPCIS door: each capture with what became of it, and the bodies that are still to be recorded.

create schema epcis;

create table epcis.capture (
    id        uuid        primary key,                             -- hash of sender, behaviour and document
    party     int         not null,                                -- parties.organisation
    uscc      text        not null,                                -- its key, as it was when it sent this
    anywhere  boolean     not null,                                -- an administrator's: events may be at any place
    proceed   boolean     not null,                                -- store the good ones of a document with a bad one
    created   timestamptz not null,
    finished  timestamptz,                                         -- null: running
    events    int         not null default 0,                      -- recorded, or found recorded
    refused   int         not null default 0,
    done      int         not null default 0,                      -- events of the document that are dealt with
    xml       boolean     not null default false,
    body      uuid,                                                -- epcis.body, while running
    header    text        not null default ''                      -- what stood around the events, in JSON
);

create index capture_by_party on epcis.capture (party, created, id);
create index capture_by_time on epcis.capture (created, id);
create index capture_running on epcis.capture (created) where finished is null;

create table epcis.fault (                                         -- the first faults of a capture, in document order
    capture uuid  not null references epcis.capture,
    n       int   not null,
    problem text  not null,                                        -- RFC 9457 object
    primary key (capture, n)
);

create table epcis.body (                                          -- a document in pieces, gone when its capture is finished
    id    uuid  not null,
    n     int   not null,
    piece bytea not null,
    primary key (id, n)
);
alter table epcis.body alter column piece set storage external;
