-- name: own_places
-- Places that are sites of an organisation, or lie in one of the divisions that begin so.
select p.id
from parties.site s join ledger.place p on p.uri = s.uri
where s.organisation = $1 or exists (select from unnest($2::text[]) as d (prefix) where starts_with(s.division, d.prefix))

-- name: place_ids
-- Places by their URIs, and those that lie in sites: extensions of a GLN, sites of an organisation.
select id from ledger.place
where uri = any($1::text[])
  or exists (
    select from unnest($2::text[]) as w (site)
    where uri = w.site or starts_with(uri, w.site || '/254/')
      or (starts_with(w.site, 'urn:zhuisu:site:loc:') and starts_with(uri, w.site || '.'))
  )

-- name: ids_up
-- Event ids after one and before another, upwards.
select id from ledger.event where id > $1 and id < $2 order by id limit $3

-- name: ids_down
-- Event ids after one and before another, downwards.
select id from ledger.event where id > $1 and id < $2 order by id desc limit $3

-- name: recorded_up
-- Event ids in the order of recording, after one. Only transactions before which none is under way: nothing can come in between.
select e.id from ledger.event e
where (e.xid, e.id) > (coalesce((select xid from ledger.event where id = $1), '0'::xid8), $1::uuid)
  and e.xid < pg_snapshot_xmin(pg_current_snapshot())
order by e.xid, e.id limit $2

-- name: recorded_down
-- Event ids against the order of recording, before one, or all when there is none of this id.
select e.id from ledger.event e
where (not exists (select from ledger.event where id = $1)
       or (e.xid, e.id) < ((select xid from ledger.event where id = $1), $1::uuid))
  and e.xid < pg_snapshot_xmin(pg_current_snapshot())
order by e.xid desc, e.id desc limit $2

-- name: in_order_of_recording
-- These events in the order of recording.
select id from ledger.event
where id = any($1::uuid[]) and xid < pg_snapshot_xmin(pg_current_snapshot())
order by xid, id

-- name: ids_of_codes
-- Ids of the events that name one of these codes themselves.
select ev as id from ledger.touch where code = any($1::bigint[]) and role <> 9
union
select ev from ledger.hold where child = any($1::bigint[]) and op <> 9

-- name: codes_of_classes
-- Ids of the codes of these classes, up to a number: they lie side by side in the dictionary.
select k.id
from ledger.salt s
cross join unnest($1::text[]) as c (class)
cross join lateral (select encode(substr(sha256(s.bytes || convert_to(c.class, 'UTF8')), 1, 6), 'hex') as h offset 0) h
join ledger.code_key k
  on k.h >= (h.h || repeat('0', 20))::uuid and k.h <= (h.h || repeat('f', 20))::uuid
limit $2

-- name: ids_of_names
-- Ids of the events under these eventIDs, declarations among them.
select ev as id from ledger.name where h = any($1::uuid[])

-- name: rows
-- Events by id, those left whose columns fit (null asks for nothing), and whether each is the caller's own: it captured it,
-- or it happened at a place of its own.
select e.id, e.name, e.rec, e.doc, $9::boolean or e.party = $10::integer or e.loc = any($11::integer[]) as own
from ledger.event e
where e.id = any($1::uuid[])
  and ($2::smallint[] is null or e.kind = any($2))
  and ($3::smallint[] is null or e.action = any($3))
  and ($4::text[] is null or e.step = any($4))
  and ($5::text[] is null or e.disposition = any($5))
  and ($6::integer[] is null or e.loc = any($6))
  and ($7::timestamptz is null or e.rec >= $7)
  and ($8::timestamptz is null or e.rec < $8)

-- name: of_goods_held
-- Of (event, code it names, whether that is a lot) the events that the caller may see, because the code, or what it stood in
-- at the time, was named at one of its places or captured by it: an instance for ever, a lot until the last time.
with held as materialized (
  select r.code, own.ev
  from (select distinct code from unnest($2::bigint[]) as u (code)) r
  cross join lateral (
    select m.ev
    from ledger.windows(r.code, 'ffffffff-ffff-ffff-ffff-ffffffffffff') w
    cross join lateral (
      select t.ev, t.loc from ledger.touch t where t.code = w.code and t.ev >= w.lo and t.ev <= w.hi and t.role < 9
      union all
      select h.ev, h.loc from ledger.hold h where h.child = w.code and h.ev >= w.lo and h.ev <= w.hi and h.op < 9
      offset 0
    ) m
    where m.loc = any($4::integer[]) or exists (select from ledger.event e where e.id = m.ev and e.party = $5::integer)
    order by m.ev desc
    limit 1
  ) own
)
select distinct a.ev as id
from unnest($1::uuid[], $2::bigint[], $3::boolean[]) as a (ev, code, lot)
join held h on h.code = a.code
where not a.lot or a.ev <= h.ev

-- name: words
-- The words of one column in the events that the caller captured or that happened at its places, after one, in their order.
select distinct e.word
from (
  select case $1::text when 'step' then step when 'disposition' then disposition end as word
  from ledger.event
  where $2::boolean or party = $3::integer or loc = any($4::integer[])
) e
where e.word > $5 and e.word <> ''
order by e.word
limit $6

-- name: kinds
-- The event types among the events that the caller captured or that happened at its places.
select distinct kind from ledger.event where $1::boolean or party = $2::integer or loc = any($3::integer[])

-- name: named_places
-- What documents name as readPoint or bizLocation in the events that the caller captured or that happened at its places.
select distinct doc::json -> $1::text ->> 'id' as uri
from ledger.event
where ($2::boolean or party = $3::integer or loc = any($4::integer[])) and loc <> 0

-- name: codes_after
-- Codes after one, as they were first named.
select id, uri from ledger.code where id > $1 order by id limit $2

-- name: codes_held
-- Of these codes those that the caller may see: named, other than as certificate or transformation, in an event of its own,
-- or as part of what it held.
select c.code
from unnest($1::bigint[]) as c (code)
where exists (
  select
  from ledger.windows(c.code, 'ffffffff-ffff-ffff-ffff-ffffffffffff') w
  cross join lateral (
    select t.ev, t.loc from ledger.touch t
    where t.code = w.code and t.ev >= w.lo and t.ev <= w.hi and t.role not in (5, 8, 9)
    union all
    select h.ev, h.loc from ledger.hold h where h.child = w.code and h.ev >= w.lo and h.ev <= w.hi and h.op <> 9
    offset 0
  ) m
  where $2::boolean or m.loc = any($4::integer[])
    or exists (select from ledger.event e where e.id = m.ev and e.party = $3::integer)
)
