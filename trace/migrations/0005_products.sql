-- What goods are called: one row a class of goods (GTIN, product id of a drug code, device identifier …) at one level of packaging.

create schema products;

create table products.product (
    code          text        primary key,                           -- canonical URI of the class
    owner         int         not null references parties.organisation,
    name          text        not null,
    name_en       text        not null,
    specification text        not null,                              -- 规格
    form          text        not null,                              -- 剂型
    maker         text        not null,
    approval      text        not null,                              -- 批准文号, in any shape
    standard_code text        not null,                              -- 药品本位码, '' when it has none
    level         smallint    check (level between 1 and 3),         -- 1 the smallest sold, 3 the case
    contains      int         check (contains > 0),                  -- how many of ``below``
    below         text        not null check (below = '' or contains is not null),
    category      text        not null,
    unit          text        not null,
    changed       timestamptz not null
);
create index product_owner on products.product (owner, code);
create index product_category on products.product (category, code);

-- What was said of a product, when and by whom: inserted with every change, never changed.
create table products.change (
    id     bigint      generated always as identity primary key,
    code   text        not null references products.product,
    at     timestamptz not null,
    by     int         not null references parties.organisation,
    person text        not null,                                     -- login; '' for an API key
    owner  int         not null references parties.organisation,
    said   jsonb       not null                                      -- the whole product from then on
);
create index change_code on products.change (code, id);
