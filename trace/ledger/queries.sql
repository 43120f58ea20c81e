-- name: alone
-- Wait for every writer that is binding eventIDs, and let none begin before this transaction ends.
select ledger.alone()

-- name: places
-- The ids of locations, known or new, in the order given.
select ledger.locate($1::text[])

-- name: record
-- Few plain events at once: those that were here, or null when there is more to it.
select ledger.record(
  $1::text[], $2::text[], $3::ledger.event[], $4::uuid[],
  $5::ledger.touch[], $6::ledger.hold[], $7::ledger.part[], $8::ledger.about[]
)

-- name: add_events
-- The gate: an event that is already here comes back nowhere, and leaves no links.
insert into ledger.event
  (id, digest, t, rec, kind, action, step, disposition, loc, read_point, party, biz, name, declared, doc)
select id, digest, t, rec, kind, action, step, disposition, loc, read_point, party, biz, name, declared, doc
from unnest($1::ledger.event[])
on conflict (id) do nothing
returning id

-- name: insert_events
-- The same for events of which none is here: without the price of looking out for that, row by row.
insert into ledger.event
  (id, digest, t, rec, kind, action, step, disposition, loc, read_point, party, biz, name, declared, doc)
select id, digest, t, rec, kind, action, step, disposition, loc, read_point, party, biz, name, declared, doc
from unnest($1::ledger.event[])

-- name: digests
-- What is stored under ids that were offered again, and who was first with it.
select id, digest, party from ledger.event where id = any($1::uuid[])

-- name: add_witnesses
-- Who captured what another had captured before; those that had not done so yet.
insert into ledger.witness (ev, party, rec)
select ev, party, $3::timestamptz from unnest($1::uuid[], $2::integer[]) as u (ev, party) order by ev, party
on conflict do nothing
returning ev, party

-- name: bind_names
-- Bind eventIDs of parties to events; what is bound already stays. How many were new, and beside that all that had been bound
-- to these eventIDs before, by anybody, declarations too.
with added as (
  insert into ledger.name (h, declared, party, ev)
  select * from unnest($1::uuid[], $2::timestamptz[], $3::integer[], $4::uuid[]) as u (h, declared, party, ev)
  order by h, declared, party
  on conflict do nothing
  returning 1
)
select null::uuid as h, null::timestamptz as declared, null::integer as party, null::uuid as ev,
  (select count(*) from added) as added
union all
select h, declared, party, ev, 0 from ledger.name where h = any($1::uuid[])

-- name: other_names
-- What else is bound to eventIDs of these events.
select n.h, n.declared, n.party, n.ev
from unnest($1::uuid[], $2::uuid[]) as u (h, ev) join ledger.name n on n.h = u.h and n.ev <> u.ev

-- name: names
-- To which event each eventID is bound, originals and declarations.
select h, declared, party, ev from ledger.name where h = any($1::uuid[])

-- name: find_codes
-- The ids of those codes that are known. The offset keeps the key from being made twice.
select c.uri, k.id
from ledger.salt s
cross join unnest($1::text[], $2::text[]) as c (class, uri)
cross join lateral (select ledger.key(s.bytes, c.class, c.uri) as h offset 0) h
join ledger.code_key k on k.h = h.h

-- name: intern_codes
-- The ids of codes, known or new, in the order given.
select ledger.intern($1::text[], $2::text[])

-- name: void_touches
-- The event is declared wrong: these codes were not named in it.
insert into ledger.touch (code, ev, loc, role) select c, $2::uuid, 0, 9 from unnest($1::bigint[]) as u (c) on conflict do nothing

-- name: void_holds
-- The event is declared wrong: these children did not move in or out.
insert into ledger.hold (child, ev, parent, loc, op)
select c, $3::uuid, p, 0, 9 from unnest($1::bigint[], $2::bigint[]) as u (c, p)
on conflict do nothing

-- name: events
-- Events by id, in their order.
select e.id, e.t, e.rec, e.kind, e.action, e.step, e.disposition, e.party, e.name, e.doc, p.uri as place
from ledger.event e left join ledger.place p on p.id = e.loc
where e.id = any($1::uuid[])
order by e.id

-- name: uris
-- The text of codes.
select id, uri from ledger.code where id = any($1::bigint[])

-- name: paths
-- What happened to each root before till, itself or in what it travelled: event, the code it came through, and how.
select root, w.code as via, w.depth, m.ev, m.how
from unnest($1::bigint[], $2::uuid[]) as r (root, till)
cross join lateral ledger.windows(r.root, r.till) w
cross join lateral (
  select t.ev, t.role as how from ledger.touch t
  where t.code = w.code and t.ev >= w.lo and t.ev <= w.hi and t.ev < r.till and t.role < 9
    and (select count(*) from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9) = 0
  union all
  select h.ev, (100 + h.op)::smallint from ledger.hold h
  where h.child = w.code and h.ev >= w.lo and h.ev <= w.hi and h.ev < r.till and h.op < 9
    and (select count(*) from ledger.hold v where v.child = h.child and v.ev = h.ev and v.op = 9) = 0
  offset 0
) m

-- name: windows
-- In what each root stood, and when: bounds are event ids.
select root, w.code, w.lo, w.hi, w.depth
from unnest($1::bigint[], $2::uuid[]) as r (root, till) cross join lateral ledger.windows(r.root, r.till) w
where w.depth > 0

-- name: lots_of
-- The lots that instances are members of.
select child, parent from ledger.hold h
where child = any($1::bigint[]) and op = 5
  and (select count(*) from ledger.hold v where v.child = h.child and v.ev = h.ev and v.op = 9) = 0

-- name: transformations
-- What went in (6) and came out (7) of transformations; several events under one transformationID (8) are one.
with asked as (select unnest($1::uuid[]) as ev),
joined as (
  select a.ev as asked, t.ev
  from asked a
  join ledger.part p on p.ev = a.ev and p.role = 8
  join ledger.touch t on t.code = p.code and t.role = 8
  where (select count(*) from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9) = 0
  union
  select ev, ev from asked
)
select distinct j.asked, p.role, p.code from joined j join ledger.part p on p.ev = j.ev and p.role in (6, 7)

-- name: used
-- The transformations that codes went into before $2.
select t.code, t.ev from ledger.touch t
where t.code = any($1::bigint[]) and t.role = 6 and t.ev < $2::uuid
  and (select count(*) from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9) = 0

-- name: children
-- What was ever packed into, associated with, or a member of these codes, up to a number.
select distinct h.parent, h.child, h.op from ledger.hold h
where h.parent = any($1::bigint[]) and h.op in (1, 3, 5, 6) and h.ev < $2::uuid
  and (select count(*) from ledger.hold v where v.child = h.child and v.ev = h.ev and v.op = 9) = 0
limit $3

-- name: last
-- Where each code stands before till: its last own event, its last way in or out, and what it was last packed into, unless
-- it was taken out of there, or that was emptied, since. Taken out of something else it is where it was.
select u.code, t.ev as touched, h.ev as held,
  case when not exists (
    select from ledger.hold x where x.child = u.code and x.op = 2 and x.parent = p.parent and x.ev > p.ev and x.ev < $2::uuid
      and (select count(*) from ledger.hold v where v.child = x.child and v.ev = x.ev and v.op = 9) = 0
  ) and not exists (
    select from ledger.touch x where x.code = p.parent and x.role = 3 and x.ev > p.ev and x.ev < $2::uuid
      and (select count(*) from ledger.touch v where v.code = x.code and v.ev = x.ev and v.role = 9) = 0
  ) then p.parent end as parent
from unnest($1::bigint[]) as u (code)
left join lateral (
  select a.ev from ledger.touch a where a.code = u.code and a.role < 9 and a.ev < $2::uuid
    and (select count(*) from ledger.touch v where v.code = a.code and v.ev = a.ev and v.role = 9) = 0
  order by a.ev desc limit 1
) t on true
left join lateral (
  select a.ev from ledger.hold a where a.child = u.code and a.op < 9 and a.op <> 5 and a.ev < $2::uuid
    and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0
  order by a.ev desc limit 1
) h on true
left join lateral (
  select a.ev, a.parent from ledger.hold a where a.child = u.code and a.op = 1 and a.ev < $2::uuid
    and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0
  order by a.ev desc limit 1
) p on true
