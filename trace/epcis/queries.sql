-- Everything here is read as zhuisu_reader for one caller (zhuisu.ledger.rights): of ledger.event it sees that caller's events,
-- and the functions are those of migration 0009. No condition below is one of rights.

-- name: places
-- Places by their URIs, and those that lie in sites.
select ledger.places_at($1::text[], $2::text[]) as id

-- name: places_of
-- Places by their URIs, and parts of them.
select ledger.places_of($1::text[]) as id

-- name: ids_between
-- Event ids after one and before another, upwards or downwards.
select ledger.ids_between($1::uuid, $2::uuid, $3::boolean, $4::integer) as id

-- name: ids_at
-- The same of the events that may be at these locations, or at these read points.
select ledger.ids_at($5::integer[], $6::integer[], $1::uuid, $2::uuid, $3::boolean, $4::integer) as id

-- name: ids_recorded
-- Event ids in the order of recording after one, or against it.
select ledger.ids_recorded($1::uuid, $2::boolean, $3::integer) as id

-- name: in_order_of_recording
-- These events in the order of recording.
select ledger.in_order_of_recording($1::uuid[]) as id

-- name: ids_of_names
-- Ids of the events under these eventIDs, declarations among them.
select ledger.ids_of_names($1::uuid[]) as id

-- name: ids_of_codes
-- Ids of the events that name one of these codes, or any of these whole classes; null when those have too many codes.
select ledger.ids_of_codes($1::text[], $2::text[], $3::text[], $4::integer)

-- name: admit
-- Let the reader see those of the events that the caller may see for the goods' sake.
select ledger.admit(
  $1::uuid[], $2::smallint[], $3::smallint[], $4::text[], $5::text[], $6::integer[], $7::integer[],
  $8::timestamptz, $9::timestamptz
)

-- name: rows
-- Events by id, those left whose columns fit (null asks for nothing).
select e.id, e.name, e.rec, e.doc
from ledger.event e
where e.id = any($1::uuid[])
  and ($2::smallint[] is null or e.kind = any($2))
  and ($3::smallint[] is null or e.action = any($3))
  and ($4::text[] is null or e.step = any($4))
  and ($5::text[] is null or e.disposition = any($5))
  and ($6::integer[] is null or (e.biz and e.loc = any($6)))
  and ($7::integer[] is null or e.read_point = any($7))
  and ($8::timestamptz is null or e.rec >= $8)
  and ($9::timestamptz is null or e.rec < $9)

-- name: words
-- The words of one column in the events that the caller captured or that happened at its places, after one, in their order.
-- In three parts, each by its index; of the last nothing is read unless the caller sees all.
with own as (
  select step, disposition from ledger.event where party = (select ledger.own_party())
  union
  select step, disposition from ledger.event where loc = any((select ledger.own_places())::integer[])
  union
  select step, disposition from ledger.event where (select ledger.sees_all())
)
select distinct w.word
from own cross join lateral (
  select case $1::text when 'step' then step when 'disposition' then disposition end as word
) w
where w.word > $2 and w.word <> ''
order by w.word
limit $3

-- name: kinds
-- The event types among the same; those of others ($1) as they are written, and the context that says what that means. What
-- the caller captured, or everything, is asked of ledger.facets: only the events of others' types are read.
with own (kind, doc) as (
  select f.kind, x.doc
  from (select distinct party, kind from ledger.facets()) f
  cross join lateral (
    select null::json as doc where f.kind <> $1
    union all
    select e.doc::json from ledger.event e where f.kind = $1 and e.party = f.party and e.kind = f.kind
  ) x
  union all
  select kind, case kind when $1 then doc::json end from ledger.event
  where loc = any((select ledger.own_places())::integer[])
)
select distinct kind, doc ->> 'type' as type, (doc -> '@context')::text as context from own

-- name: locations
-- The places that the same name as bizLocation.
select ledger.place_uri(f.place) as uri
from (
  select loc as place from ledger.facets() where biz
  union
  select loc from ledger.event where loc = any((select ledger.own_places())::integer[]) and biz
) f

-- name: read_points
-- The places that the same name as readPoint.
select ledger.place_uri(f.place) as uri
from (
  select read_point as place from ledger.facets()
  union
  select read_point from ledger.event where loc = any((select ledger.own_places())::integer[])
) f
where f.place <> 0

-- name: codes_seen
-- Codes after one that the caller may see, and a row without a URI where the look ended though there are more.
select code, uri from ledger.codes_seen($1, $2)
