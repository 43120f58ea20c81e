-- Who takes part, where they work, what they are licensed for, and by which secrets they are known.
-- Of every secret only a one-way hash is here: SHA-256 of 256 random bits, or argon2id of a password.

create schema parties;

create table parties.organisation (
    id        int         generated always as identity primary key,
    uscc      text        not null unique,               -- GB 32100, 18 characters
    name      text        not null,
    name_en   text        not null,
    kind      text        not null,
    division  text        not null,                      -- GB/T 2260, where it is
    divisions text[]      not null,                      -- GB/T 2260, what it oversees; empty unless a regulator
    address   text        not null,
    phone     text        not null,
    status    text        not null check (status in ('active', 'suspended', 'struck')),
    created   timestamptz not null
);

create table parties.licence (
    organisation int  not null references parties.organisation,
    kind         text not null,
    number       text not null,
    valid_from   date not null,
    valid_until  date check (valid_until >= valid_from), -- null: no end stated (长期)
    primary key (organisation, kind, number)
);

create table parties.site (
    id           text primary key,                       -- its GLN, else <uscc>.<n>
    organisation int  not null references parties.organisation,
    uri          text not null unique,
    gln          text not null,                          -- '' when it has none
    name         text not null,
    kind         text not null,
    division     text not null,
    address      text not null,
    latitude     double precision,                       -- WGS 84
    longitude    double precision,
    check ((latitude is null) = (longitude is null))
);
create index site_organisation on parties.site (organisation);

create table parties.api_key (
    id           bigint      generated always as identity primary key,
    organisation int         not null references parties.organisation,
    label        text        not null,
    roles        text[]      not null check (cardinality(roles) > 0),
    hash         bytea       not null unique check (octet_length(hash) = 32),
    created      timestamptz not null,
    created_by   int         references parties.organisation, -- null: from the command line
    revoked      timestamptz
);
create index api_key_organisation on parties.api_key (organisation);

create table parties.person (
    id           int         generated always as identity primary key,
    organisation int         not null references parties.organisation,
    login        text        not null unique,
    name         text        not null,
    password     text        not null check (password like '$argon2id$%'),
    roles        text[]      not null check (cardinality(roles) > 0),
    created      timestamptz not null,
    disabled     timestamptz
);
create index person_organisation on parties.person (organisation);

create table parties.session (
    hash    bytea       primary key check (octet_length(hash) = 32),
    person  int         not null references parties.person,
    created timestamptz not null,
    expires timestamptz not null
);
create index session_expires on parties.session (expires);
create index session_person on parties.session (person);

-- Sign-in attempts by keyed hash of login or address; unlogged: after a crash all count from nought, and nothing else is lost.
create unlogged table parties.attempt (
    subject bytea       primary key,
    since   timestamptz not null,
    count   int         not null
);
create index attempt_since on parties.attempt (since);
