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
-- Events by which goods came about and that cite a certificate, under their eventIDs.
select n.h, e.doc
from ledger.name n join ledger.event e on e.id = n.ev
where n.h = any($1::uuid[]) and not e.declared and e.doc like '%"certificationInfo"%'

-- name: transformed
-- Of these events, under their eventIDs, the transformations.
select n.h, e.doc
from ledger.name n join ledger.event e on e.id = n.ev
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
      )
      and not exists (select from ledger.touch e where e.code = d.code and e.role = 3 and e.ev > i.ev)
    order by i.ev desc
    limit 1
  ) h
  where d.depth < 4
)
select d.root, c.uri from down d join ledger.code c on c.id = d.code where d.depth > 0

-- name: add_job
-- A document was captured; the same document again is the same job.
insert into scan.capture (id, party, created, finished, events)
values ($1, $2, $3, $3, $4)
on conflict (id) do nothing

-- name: job
-- A capture by its id.
select id, party, created, finished, events from scan.capture where id = $1

-- name: own_places
-- Places that are sites of an organisation, or lie in one of the divisions that begin so.
select p.id
from parties.site s join ledger.place p on p.uri = s.uri
where s.organisation = $1 or exists (select from unnest($2::text[]) as d (prefix) where starts_with(s.division, d.prefix))

-- name: ids_up
-- Event ids after one and before another, upwards.
select id from ledger.event where id > $1 and id < $2 order by id limit $3

-- name: ids_down
-- Event ids after one and before another, downwards.
select id from ledger.event where id > $1 and id < $2 order by id desc limit $3

-- name: ids_of_codes
-- Ids of the events that name one of these codes themselves.
select ev as id from ledger.touch where code = any($1::bigint[]) and role <> 9
union
select ev from ledger.hold where child = any($1::bigint[]) and op <> 9

-- name: ids_of_names
-- Ids of the events under these eventIDs, declarations among them.
select ev as id from ledger.name where h = any($1::uuid[])

-- name: rows
-- Events by id, those left whose columns fit; null asks for nothing.
select e.id, e.name, e.party, e.loc, e.doc
from ledger.event e
where e.id = any($1::uuid[])
  and ($2::smallint[] is null or e.kind = any($2))
  and ($3::smallint[] is null or e.action = any($3))
  and ($4::text[] is null or e.step = any($4))
  and ($5::text[] is null or e.disposition = any($5))

-- name: held
-- When each code, or what it stood in at the time, was last named at one of these places or captured by this organisation.
select r.code, own.ev
from unnest($1::bigint[]) as r (code)
cross join lateral (
  select m.ev
  from ledger.windows(r.code, 'ffffffff-ffff-ffff-ffff-ffffffffffff') w
  cross join lateral (
    select t.ev, t.loc from ledger.touch t where t.code = w.code and t.ev >= w.lo and t.ev <= w.hi and t.role < 9
    union all
    select h.ev, h.loc from ledger.hold h where h.child = w.code and h.ev >= w.lo and h.ev <= w.hi and h.op < 9
    offset 0
  ) m
  where m.loc = any($2::int[]) or exists (select from ledger.event e where e.id = m.ev and e.party = $3)
  order by m.ev desc
  limit 1
) own
