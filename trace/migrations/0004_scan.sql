-- What was scanned: who, when, and the answer. Rows are inserted, never changed; refused codes are here and nowhere else.

create schema scan;

create table scan.intake (
    id      bigint      generated always as identity primary key,
    request bytea       unique check (octet_length(request) = 32), -- hash of a request that says its own time, else null
    party   int         not null,                                  -- parties.organisation
    person  text        not null,                                  -- login; '' for an API key
    site    text        not null,                                  -- parties.site
    step    text        not null,
    at      timestamptz not null,
    rec     timestamptz not null
);
create index intake_site on scan.intake (site, at);

create table scan.line (
    intake    bigint   not null references scan.intake,
    n         smallint not null,                                   -- place in the request
    text      text     not null,                                   -- as scanned
    canonical text     not null,                                   -- '' when it could not be read
    verdict   text     not null check (verdict in ('accept', 'warn', 'refuse')),
    found     jsonb    not null,                                   -- rules that spoke, with their facts
    event     text     not null,                                   -- eventID, '' when nothing is recorded
    primary key (intake, n)
);
