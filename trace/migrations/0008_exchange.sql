-- What of a relation file stays with whoever sent it: all else of the file is in the events that it became.

create schema exchange;

create table exchange.batch (
    party   int  not null references parties.organisation,
    product text not null,                               -- productCode
    number  text not null,                               -- batchNo
    license text not null,
    manager text not null,                               -- lineManager, a person's name: shown to the sender only
    primary key (party, product, number)
);
