-- Queries that have a name, and who is told when they have new answers.

create table epcis.query (
    id      bigint      generated always as identity primary key,
    name    text        not null unique,
    party   int         references parties.organisation,           -- whose it is; null: the standard's, for good
    query   text        not null,                                  -- JSON, as its owner wrote it; @context binds its prefixes
    created timestamptz not null
);
insert into epcis.query (name, query, created) values ('SimpleEventQuery', '{}', now());  -- EPCIS 2.0 §8.2.7.1
create index query_party on epcis.query (party, name);

create table epcis.subscription (
    id            uuid        primary key,
    query         bigint      not null references epcis.query on delete cascade,
    party         int         not null references parties.organisation,
    roles         text[]      not null,                            -- of the credential that subscribed
    dest          text        not null,
    token         bytea       not null,                            -- signatureToken under the master key; '' for none
    schedule      text        not null,                            -- JSON, as given; '' for a stream
    report_empty  boolean     not null,
    form          text        not null,                            -- JSON: media type and formats of the deliveries
    since         timestamptz not null,                            -- events recorded earlier are not sent
    created       timestamptz not null,

    -- Where the delivery stands. A node holds a subscription while it delivers, until ``held``; then another may.
    xid           xid8        not null,
    ev            uuid        not null,                            -- zhuisu.ledger.tail: delivered up to here
    reached       timestamptz not null,                            -- record time of what was last looked at
    due           timestamptz not null,                            -- not before
    holder        uuid,
    held          timestamptz,
    reported      boolean     not null default false,              -- something was sent since the schedule last fired
    most          smallint    not null,                            -- events a delivery, fewer after a 413
    failures      smallint    not null default 0,                  -- in a row
    error         text        not null default '',                 -- the last
    notified      timestamptz                                      -- last answered with success
);
create index subscription_query on epcis.subscription (query);
create index subscription_due on epcis.subscription (due);

create table epcis.dead_letter (
    subscription uuid        not null references epcis.subscription on delete cascade,
    xid          xid8        not null,
    ev           uuid        not null,                             -- replay from here
    events       int         not null,
    failures     int         not null,
    error        text        not null,
    since        timestamptz not null,
    primary key (subscription, xid, ev)
);
comment on table epcis.dead_letter is 'Deliveries that failed too often and were passed over.';
