-- name: add_job
-- A document was captured; the same document again is the same job.
insert into epcis.capture (id, party, created, finished, events)
values ($1, $2, $3, $3, $4)
on conflict (id) do nothing

-- name: job
-- A capture by its id.
select id, party, created, finished, events from epcis.capture where id = $1

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
