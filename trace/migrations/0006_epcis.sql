-- What came through the EPCIS door. Rows are inserted, never changed.

create schema epcis;

create table epcis.capture (
    id       uuid        primary key,                              -- hash of sender and document
    party    int         not null,                                 -- parties.organisation
    created  timestamptz not null,
    finished timestamptz not null,
    events   int         not null
);
