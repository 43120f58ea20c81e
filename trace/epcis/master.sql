-- name: add_subjects
-- That an organisation speaks of these ids.
insert into epcis.subject (party, type, uri) select $1, * from unnest($2::text[], $3::text[]) order by 3, 2
on conflict do nothing

-- name: subjects
-- The subjects of an organisation by type and id.
select s.id, s.type, s.uri
from unnest($2::text[], $3::text[]) as u (type, uri) join epcis.subject s on s.uri = u.uri collate "C" and s.type = u.type
where s.party = $1

-- name: tell
-- New statements; what says the same as the last one is none.
insert into epcis.statement (subject, at, capture, children, doc)
select u.subject, $1, $2, array(select jsonb_array_elements_text(u.children::jsonb)), u.doc
from unnest($3::bigint[], $4::text[], $5::text[]) as u (subject, children, doc)
where u.doc is distinct from (select l.doc from epcis.statement l where l.subject = u.subject order by l.n desc limit 1)

-- name: name
-- That events of the same document name the subjects.
insert into epcis.naming (subject, ev) select * from unnest($1::bigint[], $2::uuid[]) on conflict do nothing

-- name: said
-- What holds of what was said of these ids by those whom the caller hears, the latest first.
select s.type, s.uri, l.doc, s.party = $3 as own
from epcis.subject s
cross join lateral (select t.n, t.doc from epcis.statement t where t.subject = s.id order by t.n desc limit 1) l
where s.uri = any($1::text[]) and epcis.hears($2, $3, $4::text[], s.party)
order by l.n desc

-- name: said_with
-- What holds of what the documents of these events said of what the events name, the latest first.
select n.ev, s.type, s.uri, l.doc
from epcis.naming n
join epcis.subject s on s.id = n.subject
cross join lateral (select t.n, t.doc from epcis.statement t where t.subject = s.id order by t.n desc limit 1) l
where n.ev = any($1::uuid[])
order by l.n desc

-- name: history
-- All that was ever said of subjects, the latest first.
select s.type, s.uri, t.doc, t.at, o.uscc
from epcis.subject s
join epcis.statement t on t.subject = s.id
join parties.organisation o on o.id = s.party
where s.id = any($1::bigint[])
order by s.type, s.uri, t.n desc

-- name: latest
-- What holds of what was said of subjects, the latest first.
select s.type, s.uri, l.doc, s.party = $2 as own
from epcis.subject s
cross join lateral (select t.n, t.doc from epcis.statement t where t.subject = s.id order by t.n desc limit 1) l
where s.id = any($1::bigint[])
order by l.n desc

-- name: having
-- Ids of which anybody ever said something that shows one of these names and one of these texts (null: any).
select distinct s.uri
from epcis.statement t join epcis.subject s on s.id = t.subject
where exists (select from unnest($1::text[]) as n (name) where strpos(t.doc, n.name) > 0)
  and ($2::text[] is null or exists (select from unnest($2) as v (text) where strpos(t.doc, v.text) > 0))
limit $3

-- name: places_saying
-- Sites and organisations ($2 begins their URIs) of which the register says one of these texts or numbers (null: all).
(select s.uri
 from parties.site s join parties.organisation o on o.id = s.organisation
 where $1::text[] is null or array[s.name, s.address, s.division, s.kind, 'CN', $2::text || o.uscc] && $1
   or s.latitude = any($3::float8[]) or s.longitude = any($3)
 limit $4)
union all
(select $2 || o.uscc from parties.organisation o
 where $1 is null or array[o.name, o.address, o.division, o.kind, 'CN', o.name_en, o.uscc] && $1
 limit $4)

-- name: goods_saying
-- Products of which the register says one of these texts (null: all).
select p.code from products.product p
where $1::text[] is null
  or array[p.name, p.specification, p.form, p.maker, p.name_en, p.approval, p.standard_code, p.category, p.unit,
    p.level::text, p.contains::text, p.below] && $1
limit $2

-- name: naming
-- The latest events that name subjects, up to a number for each.
select s.id as subject, n.ev
from unnest($1::bigint[]) as s (id)
cross join lateral (select ev from epcis.naming where subject = s.id order by ev desc limit $2) n

-- name: below
-- What lies in places: what the children of their statements say, all the way down, each once. Whose word counts: those
-- whom the caller hears, and whoever the register says holds the place.
with recursive down (uri) as (
  select w collate "C" from unnest($1::text[]) as u (w)
  union
  select found.uri
  from down d
  cross join lateral (
    select c.child collate "C" as uri
    from epcis.subject s
    cross join lateral (select t.children from epcis.statement t where t.subject = s.id order by t.n desc limit 1) l
    cross join unnest(l.children) as c (child)
    where (s.uri = d.uri or (s.uri >= d.uri || '/254/' and s.uri < d.uri || '/2540')
           or (starts_with(d.uri, 'urn:zhuisu:site:loc:') and s.uri >= d.uri || '.' and s.uri < d.uri || '/'))
      and (epcis.hears($2, $3, $4::text[], s.party)
           or exists (select from parties.site x where x.organisation = s.party and x.uri = split_part(s.uri, '/254/', 1)))
    union all
    select x.uri collate "C"
    from parties.organisation o join parties.site x on x.organisation = o.id
    where d.uri = ('urn:zhuisu:site:loc:' || o.uscc) collate "C"
  ) found
)
select uri from down

-- name: page
-- Ids of which something is known, after ($7, $8), in order: the subjects of those whom the caller ($1-$3) hears, those of
-- others, and whether a register shows it to the caller. Asked for by $4 types, $5 ids, $6 places that they lie in (null:
-- all); $10 are the types of sites, $11 of parties with their prefix $12, $13 of products, "" where none is asked for.
with asked (type, uri) as (
  (select distinct s.type collate "C" as type, s.uri from epcis.subject s
   where ($4::text[] is null or s.type = any($4))
     and ($5::text[] is null or s.uri = any($5) or exists (
       select from unnest($6::text[]) as w (site) where starts_with(s.uri, w.site || '/254/')
         or (starts_with(w.site, 'urn:zhuisu:site:loc:') and starts_with(s.uri, w.site || '.'))))
     and (s.type collate "C", s.uri) > ($7::text, $8::text)
   order by 1, 2 limit $9)
  union
  (select t.type collate "C", x.uri collate "C" from parties.site x cross join unnest($10::text[]) as t (type)
   where ($5::text[] is null or x.uri = any($5) or exists (
       select from unnest($6::text[]) as w (site) where starts_with(w.site, 'urn:zhuisu:site:loc:') and starts_with(x.uri, w.site || '.')))
     and ($1 or x.organisation = $2 or exists (select from unnest($3::text[]) as d (prefix) where starts_with(x.division, d.prefix)))
     and (t.type collate "C", x.uri collate "C") > ($7::text, $8::text)
   order by 1, 2 limit $9)
  union
  (select $11::text collate "C", ($12 || o.uscc) collate "C" from parties.organisation o
   where $11 <> '' and ($5::text[] is null or $12 || o.uscc = any($5))
     and epcis.hears($1, $2, $3::text[], o.id)
     and ($11::text collate "C", ($12 || o.uscc) collate "C") > ($7::text, $8::text)
   order by 1, 2 limit $9)
  union
  (select $13::text collate "C", p.code collate "C" from products.product p
   where $13 <> '' and ($5::text[] is null or p.code = any($5))
     and ($13::text collate "C", p.code collate "C") > ($7::text, $8::text)
   order by 1, 2 limit $9)
)
select a.type, a.uri,
  array(select s.id from epcis.subject s
        where s.uri = a.uri and s.type = a.type and epcis.hears($1, $2, $3::text[], s.party)) as heard,
  array(select s.id from epcis.subject s
        where s.uri = a.uri and s.type = a.type and not epcis.hears($1, $2, $3::text[], s.party)) as others,
  exists (select from parties.site x where x.uri = a.uri and a.type = any($10::text[])
            and ($1 or x.organisation = $2 or exists (select from unnest($3::text[]) as d (prefix) where starts_with(x.division, d.prefix))))
  or (a.type = $11 and exists (select from parties.organisation o where $12 || o.uscc = a.uri and epcis.hears($1, $2, $3::text[], o.id)))
  or (a.type = $13 and exists (select from products.product p where p.code = a.uri)) as registered
from asked a
order by a.type, a.uri
limit $9
