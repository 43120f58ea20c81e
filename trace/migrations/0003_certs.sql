-- Certificates: what was signed, with which key, for which goods, and what was withdrawn. All append-only.

create schema certs;

create sequence certs.status_count as bigint minvalue 0 start 0;

create table certs.secret (
    one   boolean primary key default true check (one),
    bytes bytea   not null                              -- shuffles status indexes, so that they do not tell the order
);
insert into certs.secret (bytes) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

create table certs.key (
    id      int         generated always as identity primary key,
    party   int         not null,                       -- parties.organisation; 0: the root
    kid     bytea       not null check (octet_length(kid) = 4),
    public  bytea       not null unique,                -- COSE_Key, RFC 9052 §7
    wrapped bytea,                                      -- AES-256-GCM under the master key; null: not held here
    custody text        not null check (custody in ('service', 'client', 'hsm')),
    since   timestamptz not null,
    until   timestamptz check (until > since),          -- null: no end planned
    check ((wrapped is not null) = (custody = 'service'))
);
create index key_kid on certs.key (kid);
create index key_party on certs.key (party, since);

create table certs.certificate (
    id      uuid        primary key,                    -- first 16 bytes of the token's SHA-256
    token   bytea       not null,                       -- COSE_Sign1, schemas/certificate.cddl
    party   int         not null,                       -- parties.organisation: the issuer
    key     int         not null,                       -- certs.key that signed
    status  bigint      not null unique,                -- index in the status list
    kind    text        not null,
    product text        not null,
    lot     text        not null,
    issued  timestamptz not null,
    person  text        not null,                       -- login of who issued; '' by API key
    event   text        not null                        -- eventID of the issue in the ledger
);
create index certificate_party on certs.certificate (party, issued, id);

create table certs.goods (
    code        text not null,                          -- canonical
    certificate uuid not null,
    primary key (code, certificate)
);
create index goods_certificate on certs.goods (certificate);

create table certs.revocation (
    certificate uuid        not null,
    at          timestamptz not null,
    by          int         not null,                   -- parties.organisation
    person      text        not null,
    standing    smallint    not null check (standing between 0 and 2), -- Token Status List §7.1; the latest one counts
    reason      text        not null,
    primary key (certificate, at)
);
create unique index revocation_once on certs.revocation (certificate) where standing = 1;
