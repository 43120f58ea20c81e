-- name: lock
-- One writer at a time, readers go on: what is decided on is still so when it is written.
lock table products.product in share row exclusive mode

-- name: held
-- Entries of these codes with their holders.
select p.*, o.uscc, o.name as owner_name, o.name_en as owner_name_en, o.kind as owner_kind
from products.product p join parties.organisation o on o.id = p.owner
where p.code = any($1::text[])

-- name: page
-- In order of codes after $1: holder $2, category $3 and the words $4 as they are given; like-patterns are escaped by the caller.
select p.*, o.uscc, o.name as owner_name, o.name_en as owner_name_en, o.kind as owner_kind
from products.product p join parties.organisation o on o.id = p.owner
where p.code > $1 and ($2 = '' or o.uscc = $2) and ($3 = '' or p.category = $3)
  and ($4 = '' or concat_ws(' ', p.name, p.name_en, p.specification, p.maker, p.approval, p.standard_code, p.code) ilike $4)
order by p.code
limit $5

-- name: inside
-- What lies in these products, at most $2 packages down.
with recursive inside (code, below, depth) as (
    select p.code, p.below, 1 from products.product p where p.code = any($1::text[]) and p.below <> ''
    union
    select p.code, p.below, i.depth + 1 from inside i join products.product p on p.code = i.below
    where p.below <> '' and i.depth < $2
)
select distinct code, below from inside

-- name: save
-- New entries and new words for old ones; who may is decided before.
insert into products.product
    (owner, changed, code, name, name_en, specification, form, maker, approval, standard_code, level, contains, below, category, unit)
select s.owner, $1, s.code, s.name, s.name_en, s.specification, s.form, s.maker, s.approval, s.standard_code, s.level, s.contains,
       s.below, s.category, s.unit
from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::smallint[], $12::int[], $13::text[], $14::text[], $15::text[])
    as s (owner, code, name, name_en, specification, form, maker, approval, standard_code, level, contains, below, category, unit)
on conflict (code) do update set
    owner = excluded.owner, changed = excluded.changed, name = excluded.name, name_en = excluded.name_en,
    specification = excluded.specification, form = excluded.form, maker = excluded.maker, approval = excluded.approval,
    standard_code = excluded.standard_code, level = excluded.level, contains = excluded.contains, below = excluded.below,
    category = excluded.category, unit = excluded.unit

-- name: log
insert into products.change (at, by, person, owner, code, said)
select $1, $2, $3, s.owner, s.code, s.said::jsonb
from unnest($4::int[], $5::text[], $6::text[]) as s (owner, code, said)

-- name: history
select c.at, c.person, c.said, b.uscc as by, o.uscc as owner
from products.change c
join parties.organisation b on b.id = c.by
join parties.organisation o on o.id = c.owner
where c.code = $1
order by c.id
