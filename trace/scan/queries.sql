-- name: lock
-- Hold these codes until the transaction ends: of two scans of one code the second sees what the first recorded.
select pg_advisory_xact_lock($1, bucket) from unnest($2::int[]) as b (bucket)

-- name: begin_intake
-- Log a scan; no row when this very request was answered before.
insert into scan.intake (request, party, person, site, step, at, rec)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (request) do nothing
returning id

-- name: add_lines
-- What was said of each code of a scan.
insert into scan.line (intake, n, text, canonical, verdict, found, event)
select $1, * from unnest($2::smallint[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[])

-- name: answered
-- What was said when this very request came first.
select l.text, l.canonical, l.verdict, l.found, l.event
from scan.intake i join scan.line l on l.intake = i.id
where i.request = $1
order by l.n

-- name: made
-- Events by which goods came about and that cite a certificate, under their eventIDs and who captured them.
select n.h, e.party, e.doc
from ledger.name n join ledger.event e on e.id = n.ev and e.party = n.party
where n.h = any($1::uuid[]) and not e.declared and e.doc like '%"certificationInfo"%'

-- name: transformed
-- Of these events, under their eventIDs and who captured them, the transformations.
select n.h, e.party, e.doc
from ledger.name n join ledger.event e on e.id = n.ev and e.party = n.party
where n.h = any($1::uuid[]) and not e.declared and e.kind = $2

-- name: contents
-- Of each container one way down, one thing that is still in at each level: what a case of one product is full of.
with recursive down (root, code, depth) as (
  select c, c, 0 from unnest($1::bigint[]) as u (c)
  union all
  select d.root, h.child, d.depth + 1
  from down d
  cross join lateral (
    select i.child
    from (
      select child, ev from ledger.hold where parent = d.code and op in (1, 6) order by ev desc limit 20
    ) i
    where not exists (
        select from ledger.hold o
        where o.child = i.child and (
          (o.ev > i.ev and (o.op = 1 or (o.op in (2, 7) and o.parent = d.code))) or (o.ev = i.ev and o.op = 9)
        )
          and (o.op = 9 or not exists (select from ledger.hold v where v.child = o.child and v.ev = o.ev and v.op = 9))
      )
      and not exists (
        select from ledger.touch e
        where e.code = d.code and e.role = 3 and e.ev > i.ev
          and not exists (select from ledger.touch v where v.code = e.code and v.ev = e.ev and v.role = 9)
      )
    order by i.ev desc
    limit 1
  ) h
  where d.depth < 4
)
select d.root, c.uri from down d join ledger.code c on c.id = d.code where d.depth > 0
